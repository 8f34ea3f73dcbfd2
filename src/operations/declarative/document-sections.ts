/**
 * The `spec` of a file: its sections, objects and settings with their places, in the store's spelling. Unknown names, wrong
 * kinds of values and what is there twice are mistakes; what the values may be is for the schema of the store to say.
 */
import { type CertificateUsage, certificateUsages as usages } from '../../config/configuration.ts';
import { certificateSettings, isClearable, secretSettings, settingsOf } from '../../config/file-schema.ts';
import { type FileSection, fileSections } from '../../config/file-sections.ts';
import { type LocatedEntry, type LocatedValue, type Place, plainValue } from '../../primitives/yaml-document.ts';
import { nearNames } from '../near-names.ts';
import { type DocumentPath, DocumentPlaces, type Mistake, placeIn, wordFor } from './document-places.ts';
import { isMapSection, single } from './sections.ts';
import { spelledIdentity, spelledValue } from './setting-spelling.ts';

/** A secret that the file names and does not hold. */
export interface DeclaredSecret {
  readonly section: FileSection;
  readonly identity: string;
  /** As the file says it: beside the file, unless it is absolute. */
  readonly fromFile: string;
  /** The file that says so. */
  readonly file: string;
}

export interface WantedCertificate {
  readonly name: string;
  readonly type: CertificateUsage;
  readonly request: Readonly<Record<string, unknown>>;
}

const otherSections = ['certificates', 'dns'] as const;

interface Where {
  readonly file: string;
  readonly section: FileSection;
  readonly identity: string;
}

/** What several files say together. */
export class DocumentSections {
  readonly mistakes: Mistake[] = [];
  readonly places = new DocumentPlaces();
  readonly secrets: DeclaredSecret[] = [];
  readonly certificates: WantedCertificate[] = [];
  /** By section and identity. */
  readonly objects = new Map<FileSection, Map<string, Map<string, unknown>>>();
  readonly #identities = new Map<string, string>();

  read(file: string, spec: LocatedValue): void {
    for (const entry of this.entriesOf(file, spec, 'spec')) {
      const section = fileSections.find((name) => name === entry.name);
      if (section !== undefined) this.#readSection(file, section, entry);
      else if (entry.name === 'certificates') this.#readCertificates(file, entry);
      else if (entry.name === 'dns') this.#readDns(file, entry);
      else this.unknown(file, entry, [...fileSections, ...otherSections], 'section');
    }
  }

  add(file: string, place: Place, sentence: string): void {
    this.mistakes.push({ ...placeIn(file, place), sentence });
  }

  /** The names and values of a map; nothing where there is nothing. */
  entriesOf(file: string, value: LocatedValue, name: string): readonly LocatedEntry[] {
    if (value.kind === 'map') return value.entries;
    if (value.kind === 'scalar' && value.value === null) return [];
    this.add(file, value, `${name} is ${wordFor(value)}, not a map of names and values`);
    return [];
  }

  unknown(file: string, { name, place }: LocatedEntry, known: readonly string[], what: string): void {
    const near = nearNames(name, known);
    const words = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${known.join(', ')}`;
    this.add(file, place, `${JSON.stringify(name)} is not a known ${what}; ${words}`);
  }

  #readSection(file: string, section: FileSection, entry: LocatedEntry): void {
    this.places.set([section], spotOf(file, entry, section));
    if (!this.objects.has(section)) this.objects.set(section, new Map());
    if (!isMapSection(section)) return this.#readObject({ file, section, identity: single }, entry);
    for (const object of this.entriesOf(file, entry.value, section)) {
      const identity = spelledIdentity(section, object.name);
      if (!identity.ok) this.add(file, object.place, withoutStop(identity.error));
      else this.#readObject({ file, section, identity: identity.value }, object);
    }
  }

  #readObject({ file, section, identity: given }: Where, entry: LocatedEntry): void {
    // Names that differ in case only are one object, as they are to the cmdlets.
    const key = JSON.stringify([section, given.toLowerCase()]);
    const identity = this.#identities.get(key) ?? given;
    this.#identities.set(key, identity);
    const objects = this.objects.get(section) ?? new Map<string, Map<string, unknown>>();
    const path = pathOf(section, identity);
    const earlier = objects.get(identity);
    if (earlier !== undefined && isMapSection(section)) return this.#twice(file, entry.place, given, path);
    if (isMapSection(section)) this.places.set(path, spotOf(file, entry, entry.name));
    const fields = earlier ?? new Map<string, unknown>();
    objects.set(identity, fields);
    for (const field of this.entriesOf(file, entry.value, identity)) {
      this.#readField({ file, section, identity }, field, fields);
    }
  }

  #twice(file: string, place: Place, name: string, path: DocumentPath): void {
    const first = this.places.nameOf(path);
    const where = first === undefined ? '' : `, at ${first.file}:${first.line}:${first.column} first`;
    this.add(file, place, `${name} is there twice${where}`);
  }

  #readField(where: Where, field: LocatedEntry, fields: Map<string, unknown>): void {
    const { file, section, identity } = where;
    const { name, place, value } = field;
    if (!settingsOf(section).includes(name)) return this.unknown(file, field, settingsOf(section), 'setting');
    const path = [...pathOf(section, identity), name];
    if (this.places.has(path)) return this.#twice(file, place, name, path);
    this.places.set(path, spotOf(file, field, name));
    if (secretSettings[section] === name) return this.#readSecret(where, field);
    const plain = plainValue(value);
    if (plain === null && !isClearable(section, name)) return this.add(file, value, `${name} is empty`);
    const before = this.mistakes.length;
    const spelled = this.#spelled(file, section, field);
    if (this.mistakes.length === before) fields.set(name, spelled);
  }

  #spelled(file: string, section: FileSection, { name, value }: LocatedEntry): unknown {
    if (value.kind === 'list') return value.items.map((item) => this.#spelled(file, section, itemOf(name, item)));
    const plain = plainValue(value);
    if (typeof plain !== 'string') return plain;
    const spelled = spelledValue(section, name, plain);
    if (spelled.ok) return spelled.value;
    this.add(file, value, `${name}: ${withoutStop(spelled.error)}`);
    return plain;
  }

  #readSecret({ file, section, identity }: Where, { name, value }: LocatedEntry): void {
    const [reference, ...others] = value.kind === 'map' ? value.entries : [];
    const path = reference === undefined ? undefined : plainValue(reference.value);
    const isGood = reference?.name === 'fromFile' && others.length === 0 && typeof path === 'string' && path !== '';
    if (isGood) return void this.secrets.push({ section, identity, fromFile: path, file });
    this.add(file, value, `${name} is never in the file itself; write  ${name}: { fromFile: path }`);
  }

  #readCertificates(file: string, { value }: LocatedEntry): void {
    for (const { name, value: certificate } of this.entriesOf(file, value, 'certificates')) {
      const fields = this.entriesOf(file, certificate, name);
      for (const field of fields)
        if (!/^(?:type|request)$/.test(field.name)) this.unknown(file, field, ['type', 'request'], 'setting');
      const [type, request] = ['type', 'request'].map((wanted) => fields.find((field) => field.name === wanted));
      for (const field of request === undefined ? [] : this.entriesOf(file, request.value, 'request')) {
        if (!certificateSettings.includes(field.name)) this.unknown(file, field, certificateSettings, 'setting');
      }
      const usage = type === undefined ? undefined : plainValue(type.value);
      const isKnown = usages.find((each) => each === usage);
      if (isKnown === undefined)
        this.add(file, type?.value ?? certificate, `type of ${name} is one of ${usages.join(', ')}`);
      else this.certificates.push({ name, type: isKnown, request: mapOf(request?.value) });
    }
  }

  /** What test-dnsrecord expects follows from the SIP domains; nothing is written to DNS. */
  #readDns(file: string, { value }: LocatedEntry): void {
    for (const field of this.entriesOf(file, value, 'dns')) {
      if (field.name !== 'expect') this.unknown(file, field, ['expect'], 'setting');
      else if (typeof plainValue(field.value) !== 'boolean') {
        this.add(file, field.value, `expect is ${wordFor(field.value)}, not true or false`);
      }
    }
  }
}

const pathOf = (section: FileSection, identity: string): DocumentPath =>
  isMapSection(section) ? [section, identity] : [section];

const spotOf = (file: string, { place, value }: LocatedEntry, written: string) => ({
  name: placeIn(file, place),
  value: placeIn(file, value),
  written,
});

const itemOf = (name: string, value: LocatedValue): LocatedEntry => ({ name, place: value, value });

const mapOf = (value: LocatedValue | undefined): Readonly<Record<string, unknown>> =>
  value?.kind === 'map' ? (plainValue(value) as Readonly<Record<string, unknown>>) : {};

const withoutStop = (sentence: string): string => sentence.replace(/\.$/, '');
