/**
 * Foreign objects as objects of the store: recognised, their properties read. Nothing is lost silently: what has no place here is
 * told once for each kind, what cannot be read refuses its object, and both say where it stands. Pure.
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import type { Fields } from '../declarative/sections.ts';
import { type ForeignObject, type ForeignValue, isEmpty, propertyNamed, textOf } from './foreign-object.ts';
import { ImportRemarks } from './import-remarks.ts';
import { type ImportedObject, nameOf, type Refusal } from './imported-object.ts';
import { type ImportSection, type Recognised, recognised } from './kinds.ts';
import { bookkeeping, type PropertyTable, propertyTables, stamped } from './property-tables.ts';

export interface ImportedObjects {
  readonly objects: readonly ImportedObject[];
  readonly refusals: readonly Refusal[];
  /** Sentences. */
  readonly warnings: readonly string[];
}

/** @param expected - The only kind there is: what says nothing of its kind is of it, and all else is refused. */
export function importedObjects(foreign: readonly ForeignObject[], expected?: ImportSection): ImportedObjects {
  const remarks = new ImportRemarks();
  const objects: ImportedObject[] = [];
  const refusals: Refusal[] = [];
  const places = new Map<string, string>();
  for (const object of foreign) {
    const read = importedObject(object, expected, remarks);
    if (read === undefined) continue;
    const again = read.ok ? placeBefore(read.value, places) : undefined;
    if (!read.ok) refusals.push(read.error);
    else if (again === undefined) objects.push(read.value);
    else
      refusals.push({
        place: object.place,
        name: nameOf(read.value),
        reason: `it is there twice; ${again} has it too`,
      });
  }
  return { objects, refusals, warnings: remarks.sentences(objects) };
}

function placeBefore({ section, identity, place }: ImportedObject, places: Map<string, string>): string | undefined {
  const key = `${section} ${identity.toLowerCase()}`;
  const before = places.get(key);
  if (before === undefined) places.set(key, place);
  return before;
}

type Read = Result<ImportedObject, Refusal> | undefined;

/** @returns Nothing for an account of the directory that has no SIP address. */
function importedObject(object: ForeignObject, expected: ImportSection | undefined, remarks: ImportRemarks): Read {
  const { place } = object;
  const kind = kindOf(object, expected);
  if (kind === undefined)
    return refuse({ place, name: unknownName(object), reason: 'it is no object that is imported here' });
  if (expected !== undefined && kind.section !== expected) {
    const name = propertyTables[kind.section].words;
    return refuse({ place, name, reason: `it is no ${propertyTables[expected].words}; use import-configuration` });
  }
  if (kind.section === 'users' && kind.isForeign && textOf(propertyNamed(object, 'SipAddress')) === undefined) {
    return remarks.withoutAddress();
  }
  const table = propertyTables[kind.section];
  const identity = table.identityOf(object);
  if (!identity.ok) return refuse({ place, name: table.words, reason: identity.error });
  const named = { section: kind.section, identity: identity.value };
  const fields = fieldsOf(object, kind, named.identity, remarks);
  if (!fields.ok) return refuse({ place, name: nameOf(named), reason: fields.error });
  return ok({ ...named, fields: fields.value, place, isForeign: kind.isForeign });
}

function kindOf(object: ForeignObject, expected: ImportSection | undefined): Recognised | undefined {
  const kind = recognised(object);
  if (kind !== undefined || expected === undefined || object.types.some((type) => /Microsoft\.Rtc/i.test(type)))
    return kind;
  return { section: expected, isForeign: false };
}

function unknownName({ types, properties }: ForeignObject): string {
  const [type] = types;
  const shown = type ?? `an object with ${Object.keys(properties).slice(0, 5).join(', ')}`;
  return visibleText(shown).slice(0, 120);
}

/** All that is wrong with an object is said at once. */
function fieldsOf(
  object: ForeignObject,
  kind: Recognised,
  identity: string,
  remarks: ImportRemarks,
): Result<Fields, string> {
  const table = propertyTables[kind.section];
  const fields = new Map<string, unknown>();
  const wrong: string[] = [];
  for (const { property, setting, value } of settingsIn(object, table)) {
    const read = setting === undefined ? undefined : table.settings[setting]?.(value);
    if (read === undefined || setting === undefined) noteUnread(property, value, kind, remarks);
    else if (!read.ok) wrong.push(`${property}: ${read.error}`);
    else if ('lost' in read.value) remarks.lostList(property, read.value.lost, `${identity} (${object.place})`);
    else if (read.value.value === undefined) remarks.dropped(kind.section, property);
    else {
      fields.set(setting, read.value.value);
      if ('number' in read.value) remarks.numbered(property, read.value.number, read.value.value);
    }
  }
  return wrong.length > 0 ? refuse(wrong.join('; ')) : ok(Object.fromEntries(fields));
}

interface SettingIn {
  readonly property: string;
  readonly setting: string | undefined;
  readonly value: ForeignValue;
}

/** Properties under another name come last: where there are both, they are the better ones. */
function settingsIn({ properties }: ForeignObject, { settings, otherNames = {} }: PropertyTable): readonly SettingIn[] {
  const bySpelling = new Map(Object.keys(settings).map((setting) => [setting.toLowerCase(), setting]));
  const all = Object.entries(properties).map(([property, value]) => {
    const spelled = property.trim().toLowerCase();
    const other = Object.hasOwn(otherNames, spelled) ? otherNames[spelled] : undefined;
    return {
      property: visibleText(property),
      value,
      setting: other ?? bySpelling.get(spelled),
      isOther: other !== undefined,
    };
  });
  return all.toSorted((a, b) => Number(a.isOther) - Number(b.isOther));
}

function noteUnread(property: string, value: ForeignValue, { section }: Recognised, remarks: ImportRemarks): void {
  const name = property.toLowerCase();
  const isTold = stamped.has(name) || propertyTables[section].told.some((each) => each.toLowerCase() === name);
  if (isTold || isEmpty(value) || (name === 'suspended' && textOf(value)?.toLowerCase() === 'false')) return;
  if (bookkeeping.has(name)) remarks.bookkept(section, property);
  else remarks.dropped(section, property);
}
