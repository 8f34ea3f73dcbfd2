/**
 * The names in the store, read without a lock and without the checks that a cmdlet makes: a damaged store completes to
 * nothing. Only identities and what stands beside them in a table leave this file; the store holds no secrets.
 */
import { readFileSync, statSync } from 'node:fs';

import { storeFile } from '../../store/store-folder.ts';
import type { Candidate } from './candidate.ts';
import type { NameKind } from './name-kinds.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** Bytes. Ten times 10,000 partners; parsing more would make a person wait. */
const maxFileBytes = 64 * 1024 * 1024;
/** Characters of a name; none that a cmdlet takes is longer. */
const maxName = 1024;

const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** @param folder - Of the store. @returns Nothing when the store cannot be read. */
export function storedNames(kind: NameKind, folder: string): readonly Candidate[] {
  return (readers.get(kind)?.(storeIn(folder)) ?? []).filter(({ text }) => isName(text));
}

function storeIn(folder: string): JsonObject {
  const file = storeFile(folder);
  try {
    return statSync(file).size > maxFileBytes ? {} : objectOf(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return {};
  }
}

/** A hand that edited the file may have put anything there. */
const isName = (text: string): boolean => text.length <= maxName && /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(text);

const named =
  (map: string, aboutProperty: string) =>
  (store: JsonObject): Candidate[] =>
    Object.entries(objectOf(store[map])).map(([text, one]) => ({ text, about: textOf(objectOf(one)[aboutProperty]) }));

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const partners = named('federatedPartners', 'description');
const policies = named('externalAccessPolicies', 'description');

const additionalDomains = ({ federatedPartners }: JsonObject): Candidate[] =>
  Object.entries(objectOf(federatedPartners)).flatMap(([partner, one]) => {
    const domains = objectOf(one)['additionalDomains'];
    return Array.isArray(domains) ? domains.map((domain) => ({ text: textOf(domain), about: `of ${partner}` })) : [];
  });

const readers = new Map<NameKind, (store: JsonObject) => Candidate[]>([
  ['partner', partners],
  ['partnerDomain', (store) => [...partners(store), ...additionalDomains(store)]],
  ['sipDomain', named('sipDomains', 'description')],
  ['sipRoute', named('sipRoutes', 'description')],
  ['user', (store) => named('users', 'displayName')(store).map(withoutScheme)],
  ['policy', (store) => policies(store).map(withoutTag)],
  // Only policies with a tag are granted.
  [
    'policyName',
    (store) =>
      policies(store)
        .filter(({ text }) => text.startsWith('tag:'))
        .map(withoutTag),
  ],
  ['certificate', named('certificates', 'friendlyName')],
  ['certificateRequest', named('certificateRequests', 'friendlyName')],
]);

const withoutScheme = (user: Candidate): Candidate => ({ ...user, also: user.text.replace(/^sip:/, '') });

/** A policy with a tag is called by its name alone. */
const withoutTag = ({ text, about }: Candidate): Candidate => ({ text: text.replace(/^tag:/, ''), about, also: text });
