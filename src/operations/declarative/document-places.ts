/** Where in which file something of a document stands, and what is wrong there, so that every mistake has its line and column. */
import type { LocatedValue, Place } from '../../primitives/yaml-document.ts';

export interface FilePlace extends Place {
  readonly file: string;
}

export interface Mistake extends FilePlace {
  /** A clause, without its full stop. */
  readonly sentence: string;
}

/** Names from the top: section, identity, setting. */
export type DocumentPath = readonly string[];

interface Spot {
  readonly name: FilePlace;
  readonly value: FilePlace;
  /** The name as the file spells it. */
  readonly written: string;
}

/** The places of what a document says, by path. */
export class DocumentPlaces {
  readonly #places = new Map<string, Spot>();

  set(path: DocumentPath, spot: Spot): void {
    this.#places.set(keyOf(path), spot);
  }

  /** The path in the file's own spelling; what the file does not say is spelled as it is here. */
  writtenPath(path: DocumentPath): DocumentPath {
    return path.map((name, index) => this.#places.get(keyOf(path.slice(0, index + 1)))?.written ?? name);
  }

  /** Of the name; of the nearest thing around it when the document does not say it. */
  nameOf(path: DocumentPath): FilePlace | undefined {
    return this.#nearest(path)?.name;
  }

  /** Of the value, likewise. What is missing is missing in the thing of which the name is known. */
  valueOf(path: DocumentPath): FilePlace | undefined {
    const found = this.#places.get(keyOf(path));
    return found?.value ?? this.#nearest(path)?.name;
  }

  has(path: DocumentPath): boolean {
    return this.#places.has(keyOf(path));
  }

  #nearest(path: DocumentPath): Spot | undefined {
    for (let length = path.length; length > 0; length -= 1) {
      const found = this.#places.get(keyOf(path.slice(0, length)));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

const keyOf = (path: DocumentPath): string => JSON.stringify(path);

export const placeIn = (file: string, { line, column }: Place): FilePlace => ({ file, line, column });

/** What a value is, in words. */
export function wordFor(value: LocatedValue): string {
  if (value.kind !== 'scalar') return value.kind === 'map' ? 'a map of names and values' : 'a list';
  if (value.value === null) return 'empty';
  return typeof value.value === 'string' ? 'a text' : String(value.value);
}

/** In the order of the files and lines; the same one once. */
export function inOrder(mistakes: readonly Mistake[], files: readonly string[]): readonly Mistake[] {
  const rank = ({ file }: Mistake): number => files.indexOf(file);
  const known = new Set<string>();
  return mistakes
    .toSorted((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column)
    .filter((mistake) => {
      const key = JSON.stringify(mistake);
      return !known.has(key) && known.add(key) !== undefined;
    });
}
