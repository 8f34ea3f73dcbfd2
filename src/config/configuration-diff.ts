/** What differs between two configurations, object by object and field by field, under the names that cmdlets use. */
import type { Configuration } from './configuration.ts';

export interface FieldChange {
  readonly action: 'Add' | 'Change' | 'Remove';
  /** The kind of the object, and its name. */
  readonly kind: string;
  readonly identity: string;
  /** PascalCase; undefined when the whole object is removed. */
  readonly property?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

const kinds = {
  sipDomains: 'SipDomain',
  sipRoutes: 'SipRoute',
  federatedPartners: 'XmppFederatedPartner',
  users: 'User',
  externalAccessPolicies: 'ExternalAccessPolicy',
  certificates: 'Certificate',
  certificateRequests: 'CertificateRequest',
} as const satisfies Partial<Record<keyof Configuration, string>>;

const single = { gateway: 'XmppGatewayConfiguration', accessEdge: 'AccessEdgeConfiguration' } as const;

type Fields = Readonly<Record<string, unknown>>;

/** Revision, stamps and what a declarative file said last are left out: they follow from the change. */
export function configurationDiff(before: Configuration, after: Configuration): readonly FieldChange[] {
  const maps = Object.entries(kinds).flatMap(([section, kind]) => {
    const [old, now] = [before, after].map(
      (each) => each[section as keyof typeof kinds] as unknown as Record<string, Fields>,
    );
    return differingNames(old, now).flatMap((identity) =>
      objectDiff({ kind, identity }, old?.[identity], now?.[identity]),
    );
  });
  const singles = Object.entries(single).flatMap(([section, kind]) => {
    const [old, now] = [before, after].map((each) => each[section as keyof typeof single] as unknown as Fields);
    return objectDiff({ kind, identity: 'Global' }, old, now);
  });
  return [...maps, ...singles];
}

/** A change shares what it leaves alone: of ten thousand objects only those that are others are looked into. */
function differingNames(old: Readonly<Record<string, Fields>> = {}, now: Readonly<Record<string, Fields>> = {}) {
  if (old === now) return [];
  const known = Object.keys(old).filter((name) => old[name] !== now[name]);
  return [...known, ...Object.keys(now).filter((name) => !Object.hasOwn(old, name))];
}

/** How many objects of a kind there are; 0 of a kind that has but one. */
export const objectsOfKind = (configuration: Configuration, kind: string): number =>
  Object.keys(namedOfKind(configuration, kind) ?? {}).length;

/** Whether an object is there; what there is but one of always is. */
export function hasObject(configuration: Configuration, kind: string, identity: string): boolean {
  const objects = namedOfKind(configuration, kind);
  return objects === undefined || Object.hasOwn(objects, identity);
}

function namedOfKind(configuration: Configuration, kind: string): object | undefined {
  const section = Object.entries(kinds).find(([, name]) => name === kind)?.[0];
  return section === undefined ? undefined : configuration[section as keyof typeof kinds];
}

type Named = Pick<FieldChange, 'kind' | 'identity'>;

function objectDiff(named: Named, before: Fields | undefined, after: Fields | undefined): readonly FieldChange[] {
  if (!after) return before ? [{ action: 'Remove', ...named }] : [];
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])];
  return names
    .filter((name) => name !== 'identity' && name !== 'changed' && name !== 'declared')
    .flatMap((name) => fieldDiff({ ...named, property: pascal(name) }, before?.[name], after[name]));
}

function fieldDiff(named: Omit<FieldChange, 'action'>, before: unknown, after: unknown): readonly FieldChange[] {
  if (before === after || (isObject(before) && isObject(after) && JSON.stringify(before) === JSON.stringify(after)))
    return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const removed = before.filter((item) => !contains(after, item));
    const added = after.filter((item) => !contains(before, item));
    return [
      ...removed.map((item: unknown): FieldChange => ({ action: 'Remove', ...named, before: item })),
      ...added.map((item: unknown): FieldChange => ({ action: 'Add', ...named, after: item })),
    ];
  }
  if (before === undefined) return isEmpty(after) ? [] : [{ action: 'Add', ...named, after }];
  if (after === undefined) return [{ action: 'Remove', ...named, before }];
  return [{ action: 'Change', ...named, before, after }];
}

const isObject = (value: unknown): boolean => typeof value === 'object';

const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.length === 0);

const contains = (items: readonly unknown[], item: unknown): boolean =>
  items.some((each) => JSON.stringify(each) === JSON.stringify(item));

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
