/** The frame of a declarative file: which format it is, whose it is, and where its `spec` is. */
import { fileApiVersion, fileKind } from '../../config/file-schema.ts';
import {
  type LocatedEntry,
  type LocatedValue,
  type Place,
  plainValue,
  readLocatedYaml,
} from '../../primitives/yaml-document.ts';
import type { DocumentSections } from './document-sections.ts';

export interface SourceFile {
  /** As messages call it. */
  readonly file: string;
  readonly text: string;
}

export interface Head {
  readonly file: string;
  readonly name: string | undefined;
  readonly owner: string | undefined;
  readonly ownerPlace: Place;
}

const topNames = ['apiVersion', 'kind', 'metadata', 'spec'];
const metadataNames = ['name', 'owner'];
/** Characters. */
const maxOwner = 256;

/** Reads one file; what it says goes to `sections`, with its mistakes. */
export async function readFile({ file, text }: SourceFile, sections: DocumentSections): Promise<Head> {
  const nothing = { file, name: undefined, owner: undefined, ownerPlace: { line: 1, column: 1 } };
  const { value, faults } = await readLocatedYaml(text, true);
  for (const { sentence, ...place } of faults) sections.add(file, place, sentence);
  if (value === undefined) return nothing;
  if (value.kind !== 'map') {
    sections.add(file, value, `it is no configuration; it begins with  apiVersion: ${fileApiVersion}`);
    return nothing;
  }
  const frame = new Frame(file, value, sections);
  frame.refuseOther('apiVersion', fileApiVersion);
  frame.refuseOther('kind', fileKind);
  const spec = frame.part('spec');
  if (spec !== undefined) sections.read(file, spec.value);
  return { ...nothing, ...frame.metadata() };
}

class Frame {
  readonly #file: string;
  readonly #top: LocatedValue;
  readonly #sections: DocumentSections;
  readonly #parts: ReadonlyMap<string, LocatedEntry>;

  constructor(file: string, top: LocatedValue, sections: DocumentSections) {
    this.#file = file;
    this.#top = top;
    this.#sections = sections;
    const entries = sections.entriesOf(file, top, 'the file');
    for (const entry of entries) if (!topNames.includes(entry.name)) sections.unknown(file, entry, topNames, 'part');
    this.#parts = new Map(entries.map((entry) => [entry.name, entry]));
  }

  part(name: string): LocatedEntry | undefined {
    const part = this.#parts.get(name);
    if (part === undefined) this.#sections.add(this.#file, this.#top, `${name} is missing`);
    return part;
  }

  refuseOther(name: string, wanted: string): void {
    const part = this.part(name);
    if (part === undefined || plainValue(part.value) === wanted) return;
    this.#sections.add(this.#file, part.value, `${name} is ${wanted}, and nothing else`);
  }

  metadata(): Partial<Head> {
    const part = this.part('metadata');
    if (part === undefined) return {};
    const entries = this.#sections.entriesOf(this.#file, part.value, 'metadata');
    for (const entry of entries) {
      if (!metadataNames.includes(entry.name)) this.#sections.unknown(this.#file, entry, metadataNames, 'name');
    }
    const [name, owner] = metadataNames.map((wanted) => entries.find((entry) => entry.name === wanted));
    if (owner === undefined) {
      this.#sections.add(this.#file, part.place, 'owner is missing: it says who owns what the file makes');
    }
    return {
      name: this.#text(name),
      owner: this.#text(owner),
      ...(owner === undefined ? {} : { ownerPlace: owner.value }),
    };
  }

  #text(entry: LocatedEntry | undefined): string | undefined {
    if (entry === undefined) return undefined;
    const value = plainValue(entry.value);
    if (typeof value === 'string' && value !== '' && value.length <= maxOwner) return value;
    this.#sections.add(this.#file, entry.value, `${entry.name} is a text of at most ${maxOwner} characters`);
    return undefined;
  }
}
