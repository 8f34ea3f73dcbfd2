/**
 * The configuration without one of its changes, and with all that came later: field by field, what the change made of it goes
 * back to what was before. Where a later change has touched the same field, or the field's key or certificate is gone, nothing is
 * undone. Pure but for the question whether a file of the key store is there.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../config/configuration.ts';
import type { KeyStore } from '../store/key-store.ts';

/** One field of one object, or a whole object that is there or not. */
export interface TouchedField {
  readonly section: keyof Configuration;
  /** Undefined for what there is but one of. */
  readonly key: string | undefined;
  /** Undefined: the object itself appears or goes. */
  readonly field: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const maps = [
  'sipDomains',
  'sipRoutes',
  'federatedPartners',
  'users',
  'externalAccessPolicies',
  'certificates',
  'certificateRequests',
] as const satisfies readonly (keyof Configuration)[];
const singles = ['gateway', 'accessEdge'] as const satisfies readonly (keyof Configuration)[];

/** What differs, stamps left out. */
export function touchedFields(before: Configuration, after: Configuration): readonly TouchedField[] {
  const inMaps = maps.flatMap((section): readonly TouchedField[] => {
    const [old, now] = [objectsOf(before, section), objectsOf(after, section)];
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return keys.flatMap((key): readonly TouchedField[] => {
      const [was, is] = [own(old, key), own(now, key)];
      if ((was === undefined) !== (is === undefined)) return [{ section, key, field: undefined }];
      return fieldsIn(was ?? {}, is ?? {}).map((field) => ({ section, key, field }));
    });
  });
  const inSingles = singles.flatMap((section) =>
    fieldsIn({ ...before[section] }, { ...after[section] }).map((field) => ({ section, key: undefined, field })),
  );
  return [...inMaps, ...inSingles];
}

/** @param current - In which every touched field has the value of `after`. */
export function withoutChange(
  current: Configuration,
  before: Configuration,
  touched: readonly TouchedField[],
): Configuration {
  const sections = new Set(touched.map(({ section }) => section));
  const undone = [...sections].map((section) => {
    const fields = touched.filter((each) => each.section === section);
    const [now, old] = [objectsOf(current, section), objectsOf(before, section)];
    const isSingle = singles.some((single) => single === section);
    return [section, isSingle ? undoneSingle({ ...now }, { ...old }, fields) : undoneMap(now, old, fields)] as const;
  });
  return { ...current, ...Object.fromEntries(undone) };
}

/** Of the touched fields those that are no longer as `after` left them. */
export const changedSince = (
  touched: readonly TouchedField[],
  after: Configuration,
  current: Configuration,
): readonly TouchedField[] =>
  touched.filter((each) => !isDeepStrictEqual(valueAt(after, each), valueAt(current, each)));

/** Whether two sets of fields meet: the same field, or an object and something in it. */
export const meets = (left: TouchedField, right: TouchedField): boolean =>
  left.section === right.section &&
  left.key === right.key &&
  (left.field === right.field || left.field === undefined || right.field === undefined);

/** `fabrikam.com: TlsNegotiation` */
export function printField({ section, key, field }: TouchedField): string {
  const name = key ?? (section === 'gateway' ? 'XmppGatewayConfiguration' : 'AccessEdgeConfiguration');
  return field === undefined ? name : `${name}: ${field.charAt(0).toUpperCase()}${field.slice(1)}`;
}

function valueAt(configuration: Configuration, { section, key, field }: TouchedField): unknown {
  const object =
    key === undefined ? { ...(configuration[section] as object) } : own(objectsOf(configuration, section), key);
  if (field === undefined) return object === undefined ? undefined : withoutStamp(object);
  return object === undefined ? undefined : own<unknown>(object, field);
}

const undoneSingle = (now: Fields, old: Fields, fields: readonly TouchedField[]): Fields =>
  fields.reduce((object, { field }) => copied(object, old, field), now);

/** In the order of the names, as the store keeps them. */
function undoneMap(
  now: Readonly<Record<string, Fields>>,
  old: Readonly<Record<string, Fields>>,
  fields: readonly TouchedField[],
): Readonly<Record<string, Fields>> {
  const objects = new Map(Object.entries(now));
  for (const { key = '', field } of fields) {
    const was = own(old, key);
    if (field !== undefined) objects.set(key, copied(objects.get(key) ?? {}, was ?? {}, field));
    else if (was === undefined) objects.delete(key);
    else objects.set(key, was);
  }
  return Object.fromEntries([...objects].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The object with one property as it is in the other, or without it. */
function copied(into: Fields, from: Fields, name = ''): Fields {
  const { [name]: _, ...rest } = into;
  if (!Object.hasOwn(from, name)) return rest;
  return Object.hasOwn(into, name) ? { ...into, [name]: from[name] } : { ...rest, [name]: from[name] };
}

const objectsOf = (configuration: Configuration, section: keyof Configuration): Readonly<Record<string, Fields>> =>
  configuration[section] as unknown as Readonly<Record<string, Fields>>;

const own = <T>(objects: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(objects, key) ? objects[key] : undefined;

const fieldsIn = (before: Fields, after: Fields): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => name !== 'changed' && !isDeepStrictEqual(before[name], after[name]),
  );

function withoutStamp(object: Fields): Fields {
  const { changed: _, ...rest } = object;
  return rest;
}

/** Passwords, certificates and keys that the undone configuration needs and the store no longer has, one clause each. */
export function missingFiles(
  undone: Configuration,
  touched: readonly TouchedField[],
  keys: KeyStore,
): readonly string[] {
  const names = new Set(keys.keyNames());
  return touched.flatMap(({ section, key = '', field }) => {
    if (section === 'gateway' && field === 'dialbackPassphraseTime')
      return ['the dialback secret of before is kept nowhere'];
    if (section === 'users' && (field === undefined || field === 'credential'))
      return missingPassword(undone, key, keys);
    if (section === 'certificates' && field === undefined) return missingCertificate(undone, key, keys, names);
    if (section === 'certificateRequests') return missingRequestKey(undone, key, names);
    return [];
  });
}

function missingPassword({ users }: Configuration, key: string, keys: KeyStore): readonly string[] {
  const credential = own(users, key)?.credential;
  return credential === undefined || keys.readCredential(credential) !== undefined
    ? []
    : [`the password of ${key} of before is kept nowhere`];
}

function missingCertificate(
  { certificates }: Configuration,
  key: string,
  keys: KeyStore,
  names: ReadonlySet<string>,
): readonly string[] {
  const record = own(certificates, key);
  if (record === undefined) return [];
  return [
    ...(keys.readChain(key) === undefined ? [`certificate ${key} is no longer in the key store`] : []),
    ...(names.has(record.publicKeySha256)
      ? []
      : [`the private key of certificate ${key} is no longer in the key store`]),
  ];
}

function missingRequestKey(
  { certificateRequests }: Configuration,
  key: string,
  names: ReadonlySet<string>,
): readonly string[] {
  const request = own(certificateRequests, key);
  const isWaiting = request?.status === 'Pending';
  return !isWaiting || names.has(request.publicKeySha256)
    ? []
    : [`the private key of request ${key} is no longer in the key store`];
}
