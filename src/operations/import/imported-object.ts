/** One object of an import as the store would have it, and one that is refused: both say where in the file they stand. */
import type { Fields } from '../declarative/sections.ts';
import type { ImportSection } from './kinds.ts';
import { propertyTables } from './property-tables.ts';

export interface ImportedObject {
  readonly section: ImportSection;
  readonly identity: string;
  /** What the file says, as the store spells it; `null`: none. */
  readonly fields: Fields;
  /** `line 12` */
  readonly place: string;
  readonly isForeign: boolean;
}

/** An object that is not imported. */
export interface Refusal {
  readonly place: string;
  /** `partner fabrikam.com`, as far as it is known. */
  readonly name: string;
  /** One clause. */
  readonly reason: string;
}

export const nameOf = ({ section, identity }: Pick<ImportedObject, 'section' | 'identity'>): string =>
  `${propertyTables[section].words} ${identity}`;

/** In the order of the file. */
export const inOrder = (refusals: readonly Refusal[]): readonly Refusal[] => {
  const number = ({ place }: Refusal): number => Number(/\d+$/.exec(place)?.[0] ?? 0);
  return refusals.toSorted((a, b) => number(a) - number(b));
};
