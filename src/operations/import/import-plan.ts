/**
 * An import as a change of the store: what it makes of a configuration, what it refuses, and what an administrator should know.
 * All of it is one revision. Pure, but for the reading of YAML.
 */
import type { Configuration } from '../../config/configuration.ts';
import { emptyConfiguration } from '../../config/defaults.ts';
import { userOf } from '../../config/user-lookup.ts';
import { CodedError } from '../../primitives/errors.ts';
import { readConfigurationDocument } from '../declarative/configuration-document.ts';
import { type ImportMode, withDesired } from '../declarative/desired-configuration.ts';
import { documentError } from '../declarative/document-error.ts';
import { type DesiredConfiguration, isMapSection, type Section } from '../declarative/sections.ts';
import { refuseInvalidConfiguration } from '../declarative/synced-configuration.ts';
import type { ImportFault } from './foreign-object.ts';
import type { ImportFormat } from './import-format.ts';
import { judged } from './import-rules.ts';
import { type ImportedObject, inOrder, type Refusal } from './imported-object.ts';
import { importedObjects } from './imported-objects.ts';
import { readForeignFile } from './read-foreign-objects.ts';

export interface ImportFile {
  readonly bytes: Uint8Array;
  /** As messages call it. */
  readonly file: string;
  readonly format?: ImportFormat | undefined;
}

export interface ImportPlan {
  /** Objects of the file that are not refused. */
  readonly count: number;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  /** Pure; leaves out what is refused, judged anew. @throws CodedError `InvalidValue` when the whole would not be valid */
  apply(current: Configuration): Configuration;
}

/**
 * @param current - The store, by which the refusals are found.
 * @throws CodedError `FileNotValid`
 */
export async function importPlan(given: ImportFile, current: Configuration, mode: ImportMode): Promise<ImportPlan> {
  const { file } = given;
  const read = await readForeignFile(given.bytes, file, given.format);
  if (!read.ok) throw fileFault(file, read.error);
  if (read.value.form === 'document') return await documentPlan(read.value.text, file, current, mode);
  const { objects, refusals, warnings } = importedObjects(read.value.objects);
  const { accepted, refusals: unfit } = judged(current, objects, mode);
  return {
    count: accepted.length,
    refusals: inOrder([...refusals, ...unfit]),
    warnings,
    apply: (now) => checked(withDesired(now, desiredOf(judged(now, objects, mode).accepted, now), mode)),
  };
}

export function fileFault(file: string, { sentence, line, column }: ImportFault): CodedError {
  const place = [line, column].filter((each) => each !== undefined).map((each) => `:${each}`);
  return new CodedError('FileNotValid', `${file}${place.join('')}: ${sentence}.`, { target: file });
}

/** A mistake refuses the document as a whole: it is ours, and says line and column. */
async function documentPlan(text: string, file: string, current: Configuration, mode: ImportMode): Promise<ImportPlan> {
  const sources = [{ file, text }];
  const merged = await readConfigurationDocument(sources, current);
  // What is replaced cannot be in the way of what replaces it.
  const read = merged.ok || mode === 'merge' ? merged : await readConfigurationDocument(sources, emptyConfiguration);
  if (!read.ok) throw documentError(read.error, sources);
  const { desired, secrets, certificates } = read.value;
  const count = Object.entries(desired).reduce((sum, [section, said]) => {
    return sum + (isMapSection(section as Section) ? Object.keys(said as object).length : 1);
  }, 0);
  return {
    count,
    refusals: [],
    warnings: [
      ...(secrets.length === 0 ? [] : ['secrets are not imported; sync-configuration reads their files.']),
      ...(certificates.length === 0 ? [] : ['certificates are not imported; sync-configuration sees to them.']),
    ],
    apply: (now) => checked(withDesired(now, desired, mode)),
  };
}

/** By section and identity; who is moved already is not moved back by a file of before. */
export function desiredOf(objects: readonly ImportedObject[], current: Configuration): DesiredConfiguration {
  const sections = new Map<Section, Record<string, unknown>>();
  for (const { section, identity, fields, isForeign } of objects) {
    const said = section === 'users' && isForeign ? userFields(identity, fields, current) : fields;
    if (!isMapSection(section)) sections.set(section, said);
    else sections.set(section, Object.assign(sections.get(section) ?? {}, { [identity]: said }));
  }
  return Object.fromEntries(sections) as DesiredConfiguration;
}

/** Lync's users are at home there until they are moved. */
export function userFields(
  identity: string,
  fields: ImportedObject['fields'],
  current: Configuration,
): ImportedObject['fields'] {
  const existing = userOf(current, identity);
  const isMoved = existing !== undefined && existing.deployment !== 'Legacy';
  if (!isMoved) return { deployment: 'Legacy', ...fields };
  const { homeServer: _pool, ...others } = fields;
  return existing.homeServer === undefined ? others : { ...others, homeServer: existing.homeServer };
}

function checked(after: Configuration): Configuration {
  refuseInvalidConfiguration(after);
  return after;
}
