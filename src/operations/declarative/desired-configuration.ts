/**
 * Objects that somebody wants, put into a configuration: merged into what is there, or in place of it. Nobody owns anything
 * here; `declared-configuration.ts` is about files that own what they make. Pure.
 */
import type { Configuration } from '../../config/configuration.ts';
import { fileSections, unsaidFields } from '../../config/file-sections.ts';
import { withDefaultDomain } from './default-domain.ts';
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

/** Merge: what is not said stays. Replace: of each section that is said nothing else stays. */
export type ImportMode = 'merge' | 'replace';

/**
 * The configuration with the wanted objects in it; whether it is valid is for `refuseInvalidConfiguration` to say, and for the
 * store, which refuses the rest. Give it to `commit` as `apply`: then it is one revision, all or nothing.
 */
export const withDesired = (current: Configuration, desired: DesiredConfiguration, mode: ImportMode): Configuration =>
  fileSections.reduce((configuration, section) => {
    const wanted = desiredObjects(desired, section);
    if (wanted === undefined) return configuration;
    const now = objectsOf(configuration, section);
    const objects = Object.entries(wanted).map(([name, fields]) => {
      const identity = storedName(now, name);
      const existing = ownObject(now, identity);
      const base = existing === undefined || mode === 'replace' ? freshObject(section, identity, existing) : existing;
      return [identity, ownedBy(withFields(section, base, fields), fields)] as const;
    });
    const kept = mode === 'merge' ? now : builtIn(section, now);
    const after = withObjects(configuration, section, { ...kept, ...Object.fromEntries(objects) });
    return section === 'sipDomains' ? withDefaultDomain(after, wanted) : after;
  }, current);

/** The name that the store has for it, found in any case, as cmdlets find it; a new name as it is. */
export function storedName(objects: ObjectMap, name: string): string {
  if (Object.hasOwn(objects, name)) return name;
  const names = lowered.get(objects) ?? new Map(Object.keys(objects).map((each) => [each.toLowerCase(), each]));
  lowered.set(objects, names);
  return names.get(name.toLowerCase()) ?? name;
}

/** There may be 100,000 users, and a file may name as many new ones. */
const lowered = new WeakMap<ObjectMap, ReadonlyMap<string, string>>();

export const ownObject = (objects: ObjectMap, name: string): Fields | undefined =>
  Object.hasOwn(objects, name) ? objects[name] : undefined;

export const existingObject = (objects: ObjectMap, name: string): Fields | undefined =>
  ownObject(objects, storedName(objects, name));

/** An object of which nothing is said; what no file can say is as it was. */
export function freshObject(section: Section, identity: string, existing: Fields | undefined): Fields {
  const kept = Object.entries(existing ?? {}).filter(([name]) => unsaidFields.has(name) || name === 'changed');
  const named = section === 'gateway' || section === 'accessEdge' ? {} : { identity };
  return { ...named, ...sectionDefaults[section], ...Object.fromEntries(kept) };
}

/** `null` is the default, or nothing where there is none. */
export function withFields(section: Section, object: Fields, fields: Fields): Fields {
  const said = Object.entries(fields).map(([name, value]) => [name, value ?? sectionDefaults[section][name]] as const);
  const entries = Object.entries({ ...object, ...Object.fromEntries(said) });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** An exported object says whose it is. */
function ownedBy(object: Fields, fields: Fields): Fields {
  if (typeof fields['owner'] !== 'string') return object;
  const declared = Object.keys(fields).filter((name) => name !== 'owner');
  return { ...object, owner: fields['owner'], declared: declared.toSorted() };
}

/** What there always is goes back to what it was on the first day. */
const builtIn = (section: Section, now: ObjectMap): ObjectMap =>
  Object.fromEntries(
    Object.entries(now)
      .filter(([identity]) => isBuiltIn(section, identity))
      .map(([identity, object]) => [identity, freshObject(section, identity, object)]),
  );
