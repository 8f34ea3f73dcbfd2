/**
 * What a file, an import or a plan changes, as objects that a person and a program can read: one for each setting, and one for
 * each object that goes. New objects come in the order in which things refer to each other, removals last and backwards. Pure.
 */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../../config/configuration.ts';
import { configurationDiff, type FieldChange, hasObject } from '../../config/configuration-diff.ts';
import { fileSections, sectionKinds } from '../../config/file-sections.ts';
import { effectiveMethods } from '../../config/negotiation.ts';
import { pascalCase } from '../../config/property-difference.ts';
import { policyWarnings } from '../external-access-policies.ts';
import { partnerWarnings } from '../federated-partners.ts';
import { gatewayWarnings } from '../gateway-settings.ts';
import { routeConsequences, routeWarnings } from '../sip-routes.ts';
import { sectionDefaults } from './sections.ts';

/** The object that cmdlets emit. */
export interface ConfigurationChange {
  readonly Action: 'Add' | 'Change' | 'Remove';
  readonly TargetKind: string;
  readonly Identity: string;
  /** Null: the object as a whole. */
  readonly Property: string | null;
  readonly Before: unknown;
  readonly After: unknown;
  /** Clauses; those of an object stand with the first of its changes. */
  readonly Consequence: readonly string[];
}

/** Secrets have times and file names, which say nothing to a person. */
const masked = new Map([
  ['Credential', 'Password'],
  ['DialbackPassphraseTime', 'DialbackPassphrase'],
]);
const mask = '********';

const order = fileSections.map((section) => sectionKinds[section]);

export function configurationChanges(before: Configuration, after: Configuration): readonly ConfigurationChange[] {
  const objects = new Map<string, FieldChange[]>();
  for (const each of configurationDiff(before, after)) {
    const name = `${each.kind} ${each.identity}`;
    objects.set(name, [...(objects.get(name) ?? []), each]);
  }
  const all = [...objects.values()];
  const [kept, removed] = [
    all.filter((changes) => !changes.some(isRemoval)),
    all.filter((changes) => changes.some(isRemoval)),
  ];
  return [
    ...kept.toSorted((a, b) => rankOf(a) - rankOf(b)),
    ...removed.toReversed().toSorted((a, b) => rankOf(b) - rankOf(a)),
  ].flatMap((changes) => objectChanges(before, after, changes));
}

function rankOf([first]: readonly FieldChange[]): number {
  const rank = order.indexOf(first?.kind ?? '');
  return rank === -1 ? order.length : rank;
}

/** @param changes - Of one object. One that is new comes as a whole first, then with what is not its default. */
function objectChanges(before: Configuration, after: Configuration, changes: readonly FieldChange[]) {
  const [first] = changes;
  if (first === undefined) return [];
  const { kind, identity } = first;
  const isNew = !hasObject(before, kind, identity);
  const whole: readonly FieldChange[] = isNew ? [{ action: 'Add', kind, identity }] : [];
  // Whose a new object is goes without saying: its file's.
  const said = isNew ? changes.filter((each) => each.property !== 'Owner' && !isDefault(each)) : changes;
  const consequence = consequencesOf(before, after, first);
  return [...whole, ...said].map((each, index) => changeOf(each, index === 0 ? consequence : []));
}

function isDefault({ kind, property = '', after }: FieldChange): boolean {
  const section = fileSections.find((name) => sectionKinds[name] === kind);
  if (section === undefined) return false;
  const [, value] = Object.entries(sectionDefaults[section]).find(([name]) => pascalCase(name) === property) ?? [];
  return isDeepStrictEqual(value, after);
}

const isRemoval = ({ action, property }: FieldChange): boolean => action === 'Remove' && property === undefined;

function changeOf({ action, kind, identity, property, before, after }: FieldChange, consequence: readonly string[]) {
  const secret = masked.get(property ?? '');
  const shown = (value: unknown): unknown => (secret === undefined || value === undefined ? (value ?? null) : mask);
  return {
    Action: action,
    TargetKind: kind,
    Identity: identity,
    Property: secret ?? property ?? null,
    Before: shown(before),
    After: shown(after),
    Consequence: consequence,
  };
}

const own = <T>(objects: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(objects, name) ? objects[name] : undefined;

function consequencesOf(before: Configuration, after: Configuration, { kind, identity }: FieldChange) {
  const [old, now] = [warningsOf(before, kind, identity), warningsOf(after, kind, identity)];
  return [
    ...(kind === 'XmppFederatedPartner' ? partnerConsequences(before, after, identity) : []),
    ...(kind === 'SipRoute' ? routeConsequences(before, after, identity) : []),
    ...now.filter((warning) => !old.includes(warning)),
  ];
}

function warningsOf(configuration: Configuration, kind: string, identity: string): readonly string[] {
  const { federatedPartners, sipRoutes, externalAccessPolicies, gateway } = configuration;
  const of = <T>(object: T | undefined, warnings: (one: T) => readonly string[]): readonly string[] =>
    object === undefined ? [] : warnings(object);
  switch (kind) {
    case 'XmppFederatedPartner':
      return of(own(federatedPartners, identity), (partner) => partnerWarnings(partner, true));
    case 'SipRoute':
      return of(own(sipRoutes, identity), routeWarnings);
    case 'ExternalAccessPolicy':
      return of(own(externalAccessPolicies, identity), policyWarnings);
    case 'XmppGatewayConfiguration':
      return gatewayWarnings(gateway);
    default:
      return [];
  }
}

function partnerConsequences(before: Configuration, after: Configuration, identity: string): readonly string[] {
  const [old, now] = [own(before.federatedPartners, identity), own(after.federatedPartners, identity)];
  if (old === undefined) return [];
  if (now === undefined) return ['its streams are closed, and its domains are unknown from then on'];
  const methods = effectiveMethods(now);
  const lost = effectiveMethods(old).filter((method) => !methods.includes(method));
  return lost.length === 0 ? [] : [`no longer possible: ${lost.join(', ')}; what remains is ${methods.join(', ')}`];
}

export interface ChangeCount {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** Objects, not settings. */
export function countChanges(changes: readonly ConfigurationChange[]): ChangeCount {
  const objects = new Set(changes.map(({ TargetKind, Identity }) => `${TargetKind} ${Identity}`)).size;
  const whole = changes.filter(({ Property }) => Property === null);
  const removed = whole.filter(({ Action }) => Action === 'Remove').length;
  const added = whole.length - removed;
  return { added, removed, changed: objects - added - removed };
}

/** `2 to add, 1 to change, 0 to delete` */
export const printCount = ({ added, changed, removed }: ChangeCount): string =>
  `${added} to add, ${changed} to change, ${removed} to delete`;
