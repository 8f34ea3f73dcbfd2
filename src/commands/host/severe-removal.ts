/**
 * The rule for what is severe by accident: one command that would remove more than five objects, or more than a fifth of the objects
 * of a kind, takes more than a Y: the count is typed, or -MaximumRemoval says that as many are meant. [clig.dev, "Confirm before
 * doing anything dangerous"]
 */
import type { Configuration } from '../../config/configuration.ts';
import { configurationDiff, objectsOfKind } from '../../config/configuration-diff.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { Question } from './question.ts';

/** Objects that one command removes without further ado. Of a kind that has no more of them a share says nothing. */
const fewObjects = 5;
const largeShare = 0.2;

export interface Removal {
  readonly kind: string;
  readonly count: number;
  /** Objects of the kind before. */
  readonly of: number;
}

/**
 * What a change removes, when that is severe.
 *
 * @param arriving - Objects that the pipe brings to be removed, this one among them; 0 without a pipe.
 */
export function severeRemoval(before: Configuration, after: Configuration, arriving: number): Removal | undefined {
  const removed = configurationDiff(before, after).filter(({ action, property }) => {
    return action === 'Remove' && property === undefined;
  });
  const kinds = [...new Set(removed.map(({ kind }) => kind))];
  const removals = kinds.map((kind): Removal => {
    const ours = removed.filter((each) => each.kind === kind).length;
    return { kind, count: Math.max(ours, arriving), of: objectsOfKind(before, kind) };
  });
  return removals.find(
    ({ count, of }) => count > fewObjects || (of > fewObjects && count > 1 && count > of * largeShare),
  );
}

/** The answer is the number. */
export const countQuestion = ({ kind, count, of }: Removal): Question => ({
  message: `This removes ${count} of ${of} objects of kind ${kind}. Type ${count} to go on`,
  help: `It is more than usual. Type the number, ${count}, when all of them are meant; Enter leaves everything as it is.`,
  initial: '',
});

/** @param command - The command line with -Confirm:false. */
export function tooManyRemoved({ kind, count, of }: Removal, maximum: number | undefined, command: string): CodedError {
  const reason =
    maximum === undefined
      ? `more than ${fewObjects}, or more than a fifth of a kind, take a terminal or -MaximumRemoval`
      : `-MaximumRemoval is ${maximum}`;
  const kept = command.replace(/ -{1,2}Max[a-z-]*(?:[:= ]+)\d+/i, '');
  return new CodedError('RemovalTooLarge', `this would remove ${count} of ${of} objects of kind ${kind}.`, {
    reason,
    fix: `${kept} -MaximumRemoval ${count}`,
  });
}
