/** What differs between two configurations, object by object and field by field, under the names that cmdlets use. */
import type { Configuration } from '../../config/configuration.ts';

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

/** Revision and stamps are left out: they follow from the change. */
export function configurationDiff(before: Configuration, after: Configuration): readonly FieldChange[] {
  const maps = Object.entries(kinds).flatMap(([section, kind]) => {
    const [old, now] = [before, after].map(
      (each) => each[section as keyof typeof kinds] as unknown as Record<string, Fields>,
    );
    const names = [...new Set([...Object.keys(old ?? {}), ...Object.keys(now ?? {})])];
    return names.flatMap((identity) => objectDiff({ kind, identity }, old?.[identity], now?.[identity]));
  });
  const singles = Object.entries(single).flatMap(([section, kind]) => {
    const [old, now] = [before, after].map((each) => each[section as keyof typeof single] as unknown as Fields);
    return objectDiff({ kind, identity: 'Global' }, old, now);
  });
  return [...maps, ...singles];
}

/** How many objects of a kind there are; 0 of a kind that has but one. */
export function objectsOfKind(configuration: Configuration, kind: string): number {
  const section = Object.entries(kinds).find(([, name]) => name === kind)?.[0];
  return section === undefined ? 0 : Object.keys(configuration[section as keyof typeof kinds]).length;
}

type Named = Pick<FieldChange, 'kind' | 'identity'>;

function objectDiff(named: Named, before: Fields | undefined, after: Fields | undefined): readonly FieldChange[] {
  if (!after) return before ? [{ action: 'Remove', ...named }] : [];
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after)])];
  return names
    .filter((name) => name !== 'identity' && name !== 'changed')
    .flatMap((name) => fieldDiff({ ...named, property: pascal(name) }, before?.[name], after[name]));
}

function fieldDiff(named: Omit<FieldChange, 'action'>, before: unknown, after: unknown): readonly FieldChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
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

const isEmpty = (value: unknown): boolean => value === '' || (Array.isArray(value) && value.length === 0);

const contains = (items: readonly unknown[], item: unknown): boolean =>
  items.some((each) => JSON.stringify(each) === JSON.stringify(item));

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
