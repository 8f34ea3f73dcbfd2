/** From the JSON of `store.json` to a Configuration, or every problem at once: which field, what is there, what is allowed. */
import validate, { type SchemaFault } from '#configuration-validator';

import { ok, type Result, refuse } from '../primitives/result.ts';
import { visibleText } from '../primitives/visible-text.ts';
import type { Configuration } from './configuration.ts';
import { brokenInvariants } from './configuration-invariants.ts';
import { maxItems, patternMeanings } from './configuration-schema.ts';
import type { FederatedPartner } from './federated-partner.ts';

export interface Problem {
  /** Where: `federatedPartners/fabrikam.com/tlsNegotiation`; empty for the whole file. */
  readonly field: string;
  /** The names of `field`, one by one. */
  readonly path: readonly string[];
  /** What is wrong there, as a clause after the field. */
  readonly message: string;
  /** The words that may stand there, when they can be listed. */
  readonly allowed?: readonly string[];
}

/** More than anybody reads; a file that is not ours at all has thousands. */
const maxProblems = 50;
/** Characters of a wrong value that a message shows. */
const maxShown = 80;

/** What `parseConfiguration` checks by: a configuration that was valid by the same rules is valid. */
export const configurationRules = validate.rules;

export function parseConfiguration(json: unknown): Result<Configuration, readonly Problem[]> {
  if (!validate(json)) {
    const problems = (validate.errors ?? []).flatMap((fault) => problemOf(fault, json));
    return refuse(problems.slice(0, maxProblems));
  }
  const broken = brokenInvariants(json).map(({ field, message }) => ({ ...placeOf(field), message }));
  return broken.length === 0 ? ok(json) : refuse(broken.slice(0, maxProblems));
}

/**
 * The same for what a change made of a valid configuration: users and partners that it left alone, the same objects as before,
 * are not looked at again unless they could contradict one that it touched.
 */
export function parseChanged(before: Configuration, after: Configuration): Result<Configuration, readonly Problem[]> {
  const isSame = (map: 'sipDomains' | 'externalAccessPolicies'): boolean => after[map] === before[map];
  const hasRoom = [after.federatedPartners, after.users].every((map) => Object.keys(map).length <= maxItems);
  if (!hasRoom || !isSame('sipDomains') || !isSame('externalAccessPolicies')) return parseConfiguration(after);
  const users = changedObjects(before.users, after.users);
  const federatedPartners = changedObjects(before.federatedPartners, after.federatedPartners);
  const part = { ...after, users, federatedPartners };
  if (!validate(part)) return parseConfiguration(after);
  const touched = withSharersOf(federatedPartners, after.federatedPartners);
  return brokenInvariants({ ...part, federatedPartners: touched }).length === 0 ? ok(after) : parseConfiguration(after);
}

type Objects<T> = Readonly<Record<string, T>>;

const changedObjects = <T>(before: Objects<T>, after: Objects<T>): Objects<T> =>
  Object.fromEntries(Object.entries(after).filter(([key, object]) => object !== before[key]));

/** With all partners that have a domain of one of these. */
function withSharersOf(partners: Objects<FederatedPartner>, all: Objects<FederatedPartner>): Objects<FederatedPartner> {
  const domains = new Set(Object.values(partners).flatMap((one) => [one.identity, ...one.additionalDomains]));
  const shares = ({ identity, additionalDomains }: FederatedPartner): boolean =>
    domains.has(identity) || additionalDomains.some((domain) => domains.has(domain));
  return Object.fromEntries(Object.entries(all).filter(([, partner]) => shares(partner)));
}

/** `federatedPartners/fabrikam.com/tlsNegotiation is "Maybe"; allowed are Required, Optional, NotSupported` */
export function printProblem({ field, message, allowed }: Problem): string {
  const words = allowed === undefined ? '' : `; allowed are ${allowed.join(', ')}`;
  return `${field === '' ? 'the file' : field} ${message}${words}`;
}

function problemOf(fault: SchemaFault, json: unknown): Problem[] {
  const names = fault.instancePath.split('/').slice(1).map(unescapePointer);
  const value = valueAt(json, names);
  // A wrong key is reported twice: as a `propertyNames` fault, and as a fault of the map itself, which says nothing.
  if (typeof value === 'object' && (fault.keyword === 'pattern' || fault.keyword === 'maxLength')) return [];
  const { params } = fault;
  if (fault.keyword === 'required') {
    return [{ ...placeOf([...names, String(params['missingProperty'])]), message: 'is missing' }];
  }
  if (fault.keyword === 'additionalProperties') {
    return [{ ...placeOf([...names, String(params['additionalProperty'])]), message: 'is not a known setting' }];
  }
  const allowed = params['allowedValues'];
  const message = messageOf(fault, shown(value));
  return [{ ...placeOf(names), message, ...(Array.isArray(allowed) ? { allowed: allowed.map(String) } : {}) }];
}

const tooLong = ({ limit }: SchemaFault['params']): string => `is too long; the limit is ${String(limit)}`;

const sentences = new Map<string, (params: SchemaFault['params'], value: string) => string>([
  ['type', ({ type }, value) => `is ${value}, not of type ${String(type)}`],
  [
    'pattern',
    ({ pattern }, value) => `is ${value}, not ${patternMeanings.get(String(pattern)) ?? 'of the right form'}`,
  ],
  ['propertyNames', ({ propertyName }) => `holds the name ${shown(propertyName)}, which cannot stand there`],
  ['minimum', ({ limit }, value) => `is ${value}; the least is ${String(limit)}`],
  ['maximum', ({ limit }, value) => `is ${value}; the most is ${String(limit)}`],
  ['minLength', () => 'is empty'],
  ['minItems', () => 'is empty'],
  ['maxLength', tooLong],
  ['maxItems', tooLong],
  ['maxProperties', tooLong],
  ['uniqueItems', () => 'holds the same item twice'],
  ['const', ({ allowedValue }, value) => `is ${value}; it must be ${String(allowedValue)}`],
]);

function messageOf({ keyword, params }: SchemaFault, value: string): string {
  return sentences.get(keyword)?.(params, value) ?? `is ${value}`;
}

const shown = (value: unknown): string =>
  value === undefined ? 'absent' : visibleText(JSON.stringify(value)).slice(0, maxShown);

const placeOf = (path: readonly string[]): Pick<Problem, 'field' | 'path'> => ({
  field: visibleText(path.join('/')).slice(0, 4 * maxShown),
  path,
});

const unescapePointer = (name: string): string => name.replaceAll('~1', '/').replaceAll('~0', '~');

function valueAt(json: unknown, names: readonly string[]): unknown {
  let value = json;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
