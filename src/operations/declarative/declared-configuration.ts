/**
 * The configuration as a file wants it that owns what it makes. A setting that the file says is as it says; one that it said last
 * time and says no longer goes back to its default; all others stay. What was made by hand, or by another file, is a conflict and
 * stays, unless ownership is taken. What the file made and has no longer can be pruned. Pure.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../../config/configuration.ts';
import { fileSections, notedFields, unsaidFields } from '../../config/file-sections.ts';
import { demotedDomains, withDefaultDomain } from './default-domain.ts';
import { existingObject, freshObject, ownObject, storedName, withFields } from './desired-configuration.ts';
import {
  type DesiredConfiguration,
  desiredObjects,
  type Fields,
  isBuiltIn,
  type ObjectMap,
  objectsOf,
  type Section,
  sectionDefaults,
  withObjects,
} from './sections.ts';

export interface Declaration {
  /** `metadata.owner` of the file. */
  readonly owner: string;
  readonly desired: DesiredConfiguration;
  /** Objects of other owners and those made by hand become the file's. */
  readonly takeOwnership: boolean;
  /** Objects that the file made and has no longer are removed. */
  readonly prune: boolean;
}

/** An object that somebody else made, and that the file wants otherwise. */
export interface Conflict {
  readonly section: Section;
  readonly identity: string;
  /** Settings that differ. */
  readonly fields: readonly string[];
  /** Another file; undefined: made by hand. */
  readonly owner: string | undefined;
}

export interface Declared {
  /** Objects in conflict are in it as they were. */
  readonly configuration: Configuration;
  readonly conflicts: readonly Conflict[];
}

export function declaredConfiguration(current: Configuration, declaration: Declaration): Declared {
  const { desired, prune } = declaration;
  let configuration = current;
  const conflicts: Conflict[] = [];
  for (const section of fileSections) {
    const wanted = desiredObjects(desired, section);
    if (wanted === undefined) continue;
    const declared = declaredSection(configuration, section, wanted, declaration);
    configuration = declared.configuration;
    conflicts.push(...declared.conflicts);
  }
  return { configuration: prune ? pruned(configuration, declaration) : configuration, conflicts };
}

function declaredSection(
  current: Configuration,
  section: Section,
  wanted: ObjectMap,
  declaration: Declaration,
): Declared {
  const now = objectsOf(current, section);
  const conflicts: Conflict[] = [];
  const entries = Object.entries(wanted).map(([name, fields]) => {
    const identity = storedName(now, name);
    const existing = ownObject(now, identity);
    const outcome = declaredObject({ section, identity, existing, fields }, declaration);
    if (!('fields' in outcome)) return [identity, outcome.object] as const;
    conflicts.push(outcome);
    return [identity, existing ?? {}] as const;
  });
  const after = withObjects(current, section, { ...now, ...Object.fromEntries(entries) });
  if (section !== 'sipDomains') return { configuration: after, conflicts };
  const domains = withDefaultDomain(after, wanted);
  const demoted = demotedDomains(now, objectsOf(domains, section), wanted)
    .filter((name) => !declaration.takeOwnership && now[name]?.['owner'] !== declaration.owner)
    .map((identity) => ({ section, identity, fields: ['isDefault'], owner: ownerOf(now[identity]) }));
  return { configuration: domains, conflicts: [...conflicts, ...demoted] };
}

interface WantedObject {
  readonly section: Section;
  readonly identity: string;
  readonly existing: Fields | undefined;
  readonly fields: Fields;
}

function declaredObject(
  wanted: WantedObject,
  { owner, takeOwnership }: Declaration,
): { readonly object: Fields } | Conflict {
  const { section, identity, existing } = wanted;
  const { owner: _owner, ...fields } = wanted.fields;
  const declared = Object.keys(fields).filter((name) => !unsaidFields.has(name));
  const ours = { owner, declared: declared.toSorted() };
  if (existing === undefined) {
    return { object: { ...withFields(section, freshObject(section, identity, undefined), fields), ...ours } };
  }
  const isOurs = existing['owner'] === owner;
  const after = withFields(section, existing, { ...(isOurs ? forgotten(existing, fields) : {}), ...fields });
  const differing = differingFields(existing, after);
  if (isOurs || takeOwnership) return { object: { ...after, ...ours } };
  if (differing.length === 0) return { object: existing };
  if (isUntouched(wanted, differing)) return { object: { ...after, ...ours } };
  return { section, identity, fields: differing, owner: ownerOf(existing) };
}

/** What the file said when it was last applied, and says no longer: `null`, so back to the default. */
function forgotten(existing: Fields, fields: Fields): Fields {
  const declared = Array.isArray(existing['declared']) ? existing['declared'].map(String) : [];
  return Object.fromEntries(declared.filter((name) => !Object.hasOwn(fields, name)).map((name) => [name, null]));
}

const differingFields = (before: Fields, after: Fields): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !notedFields.has(name) && !isDeepStrictEqual(before[name], after[name]),
  );

/** What is there from the beginning is nobody's as long as its settings are those of the first day. */
const isUntouched = ({ section, identity, existing }: WantedObject, differing: readonly string[]): boolean =>
  isBuiltIn(section, identity) &&
  existing?.['owner'] === undefined &&
  differing.every((name) => isDeepStrictEqual(existing?.[name], sectionDefaults[section][name]));

const ownerOf = (object: Fields | undefined): string | undefined =>
  typeof object?.['owner'] === 'string' ? object['owner'] : undefined;

/** Objects that the file made and has no longer. Of a section that it does not speak of there are none. */
export const prunable = (
  current: Configuration,
  { owner, desired }: Pick<Declaration, 'owner' | 'desired'>,
): readonly { readonly section: Section; readonly identity: string }[] =>
  fileSections.flatMap((section) => {
    const wanted = desiredObjects(desired, section);
    if (wanted === undefined) return [];
    const wantedNames = new Set(Object.keys(wanted).map((name) => name.toLowerCase()));
    return Object.entries(objectsOf(current, section))
      .filter(([identity, object]) => object['owner'] === owner && !wantedNames.has(identity.toLowerCase()))
      .map(([identity]) => ({ section, identity }));
  });

/** The last of the order first, so that nothing is removed that others of the file still refer to. */
function pruned(current: Configuration, declaration: Declaration): Configuration {
  return prunable(current, declaration).reduceRight((configuration, { section, identity }) => {
    const { [identity]: object, ...others } = objectsOf(configuration, section);
    if (!isBuiltIn(section, identity)) return withObjects(configuration, section, others);
    const reset = freshObject(section, identity, object);
    return withObjects(configuration, section, { ...others, [identity]: reset });
  }, current);
}

/** How many of the objects that the file speaks of are not its own. */
export const foreignObjects = (current: Configuration, { owner, desired }: Pick<Declaration, 'owner' | 'desired'>) =>
  fileSections.reduce((count, section) => {
    const now = objectsOf(current, section);
    const names = Object.keys(desiredObjects(desired, section) ?? {});
    return count + names.filter((name) => existingObject(now, name)?.['owner'] !== owner).length;
  }, 0);
