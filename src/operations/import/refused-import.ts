/** What an administrator reads of objects that are not imported: the place, the name and the reason of each. */
import { CodedError } from '../../primitives/errors.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { maxNamedObjects } from './import-limits.ts';
import type { Refusal } from './imported-object.ts';

/** `line 12: partner fabrikam.com: TlsNegotiation: "Maybe" is none of Required, Optional, NotSupported` */
export const printRefusal = ({ place, name, reason }: Refusal): string => visibleText(`${place}: ${name}: ${reason}`);

export interface RefusedImport {
  readonly file: string;
  readonly refusals: readonly Refusal[];
  /** Objects that could be imported. */
  readonly accepted: number;
  /** The command that leaves them out; absent: there is none. */
  readonly fix?: string | undefined;
  /** Each refusal has been told already. */
  readonly areNamed?: boolean;
}

/** All or nothing: the one is the other's reason. */
export const importRefused = ({ file, refusals, accepted, fix, areNamed }: RefusedImport): CodedError =>
  new CodedError(
    'ImportRefused',
    `${refusedOf(refusals.length, accepted)} of ${file} cannot be imported; nothing was changed.`,
    {
      excerpt: areNamed === true ? [] : refusalLines(refusals),
      ...(fix === undefined || accepted === 0 ? {} : { fix }),
      target: file,
    },
  );

export const partlyImported = ({ file, refusals, accepted }: RefusedImport): CodedError =>
  new CodedError(
    'PartialFailure',
    `${refusedOf(refusals.length, accepted)} of ${file} were left out; the others are imported.`,
    {
      excerpt: refusalLines(refusals),
      target: file,
    },
  );

const refusedOf = (refused: number, accepted: number): string => `${refused} of ${refused + accepted} objects`;

function refusalLines(refusals: readonly Refusal[]): readonly string[] {
  const lines = refusals.slice(0, maxNamedObjects).map((each) => `  ${printRefusal(each)}`);
  return refusals.length > maxNamedObjects ? [...lines, `  and ${refusals.length - maxNamedObjects} more`] : lines;
}
