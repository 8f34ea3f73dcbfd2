/**
 * The declarative file: what an administrator keeps in git and a gateway shall be. One file, or several that say it together. All
 * mistakes are found at once, each with file, line and column; a file with a mistake says nothing at all.
 */
import type { Configuration } from '../../config/configuration.ts';
import type { FileSection } from '../../config/file-sections.ts';
import { type Problem, parseConfiguration } from '../../config/parse-configuration.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { withDesired } from './desired-configuration.ts';
import { type Head, readFile, type SourceFile } from './document-head.ts';
import { type DocumentPlaces, type FilePlace, inOrder, type Mistake } from './document-places.ts';
import { type DeclaredSecret, DocumentSections, type WantedCertificate } from './document-sections.ts';
import { type DesiredConfiguration, isMapSection, single } from './sections.ts';

export interface ConfigurationDocument {
  readonly name: string | undefined;
  /** Who owns what the file makes. */
  readonly owner: string;
  /** In the spelling of the store. Objects of exported files carry their `owner`. */
  readonly desired: DesiredConfiguration;
  readonly secrets: readonly DeclaredSecret[];
  readonly certificates: readonly WantedCertificate[];
  readonly places: DocumentPlaces;
}

/**
 * @param files - In the order in which they are read, at least one; together they are one document.
 * @param base - The store: what the file leaves open, and what it refers to.
 */
export async function readConfigurationDocument(
  files: readonly SourceFile[],
  base: Configuration,
): Promise<Result<ConfigurationDocument, readonly Mistake[]>> {
  const sections = new DocumentSections();
  const heads: Head[] = [];
  for (const source of files) heads.push(await readFile(source, sections));
  const [head, ...others] = heads;
  for (const other of others) refuseOtherOwner(head, other, sections);
  const desired = desiredOf(sections);
  const names = files.map(({ file }) => file);
  const start: FilePlace = { file: names[0] ?? '', line: 1, column: 1 };
  const mistakes = [...sections.mistakes, ...valueMistakes(desired, sections, base, start)];
  if (mistakes.length > 0) return refuse(inOrder(mistakes, names));
  const { secrets, certificates, places } = sections;
  return ok({ name: head?.name, owner: head?.owner ?? '', desired, secrets, certificates, places });
}

function refuseOtherOwner(
  first: Head | undefined,
  { file, owner, ownerPlace }: Head,
  sections: DocumentSections,
): void {
  if (owner === undefined || first?.owner === undefined || owner === first.owner) return;
  sections.add(file, ownerPlace, `the owner is another one than that of ${first.file}, ${first.owner}`);
}

function desiredOf({ objects }: DocumentSections): DesiredConfiguration {
  const said = [...objects].map(([section, named]) => {
    const entries = [...named].map(([identity, fields]) => [identity, Object.fromEntries(fields)] as const);
    const map = Object.fromEntries(entries);
    return [section, isMapSection(section) ? map : (map[single] ?? {})] as const;
  });
  return Object.fromEntries(said) as DesiredConfiguration;
}

/**
 * What the store would refuse. Values that cannot stand alone are taken out then, so that what the others say about each other is
 * found in the same run.
 */
function valueMistakes(
  desired: DesiredConfiguration,
  { places }: DocumentSections,
  base: Configuration,
  start: FilePlace,
): readonly Mistake[] {
  const alone = problemsOf(withDesired(base, desired, 'merge'));
  const sound = alone.reduce((kept, { path }) => without(kept, path), desired);
  const together = alone.length === 0 ? [] : problemsOf(withDesired(base, sound, 'merge'));
  // A value that was taken out may be the very one that others need.
  const isSaid = (path: readonly string[]): boolean => places.has(path) || places.has(path.slice(0, -1));
  const named = together.filter(({ path }) => isSaid(path) && !alone.some((each) => startsAlike(each.path, path)));
  return [...alone, ...named].map((problem) => mistakeOf(problem, places, start));
}

function problemsOf(configuration: Configuration): readonly Problem[] {
  const parsed = parseConfiguration(JSON.parse(JSON.stringify(configuration)));
  return parsed.ok ? [] : parsed.error;
}

const startsAlike = (left: readonly string[], right: readonly string[]): boolean =>
  left[0] === right[0] && left[1] === right[1];

function mistakeOf({ path, message, allowed }: Problem, places: DocumentPlaces, start: FilePlace): Mistake {
  const words = allowed === undefined ? '' : `; allowed are ${allowed.join(', ')}`;
  const isItem = /^\d+$/.test(path.at(-1) ?? '');
  const named = isItem ? path.slice(0, -1) : path;
  const name = named.length > 2 ? named.slice(2).join('/') : named.slice(1).join('/') || named.join('/');
  const isSetting = named.length > (isMapSection((named[0] ?? '') as FileSection) ? 2 : 1);
  const place = isSetting ? places.valueOf(named) : places.nameOf(named);
  return { ...(place ?? start), sentence: `${name} ${message}${words}` };
}

/** Without one setting, or the whole object where the fault is none of a setting. */
function without(desired: DesiredConfiguration, [section = '', ...rest]: readonly string[]): DesiredConfiguration {
  const { [section]: said, ...others } = desired as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  if (said === undefined) return desired;
  const [name, setting] = rest;
  if (name === undefined) return others;
  const { [name]: value, ...left } = said;
  const isSetting =
    typeof value === 'object' && value !== null && setting !== undefined && Object.hasOwn(value, setting);
  if (!isSetting) return { ...others, [section]: left };
  const { [setting]: _wrong, ...kept } = value as Readonly<Record<string, unknown>>;
  return { ...others, [section]: { ...left, [name]: kept } };
}
