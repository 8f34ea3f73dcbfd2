/**
 * The names in the store, read without a lock and without the checks that a cmdlet makes: a damaged store completes to
 * nothing. Only identities and what stands beside them in a table leave this file; the store holds no secrets.
 */
import { readFileSync, statSync } from 'node:fs';

import { storeFile } from '../../store/store-folder.ts';
import { traceNames } from '../../store/trace-folder.ts';
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
  try {
    if (kind === 'trace') return traceNames(folder).map((name) => ({ text: name, about: '' }));
    const text = storeText(folder);
    const candidates = text === undefined ? [] : (readers.get(kind)?.(text) ?? []);
    return candidates.filter((candidate) => isName(candidate.text));
  } catch {
    return [];
  }
}

/** A character for each byte: 5 MB are not decoded for the few names that are shown. */
function storeText(folder: string): string | undefined {
  const file = storeFile(folder);
  return statSync(file).size > maxFileBytes ? undefined : readFileSync(file, 'latin1');
}

/** A hand that edited the file may have put anything there. */
const isName = (text: string): boolean => text.length <= maxName && /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(text);

interface Member {
  readonly key: string;
  /** As JSON. */
  readonly text: string;
}

/**
 * The members of one map of the store. Parsing 10,000 of them takes longer than all the rest, so they are cut out at the lines
 * that begin with two tabs: a line break is never inside of a JSON string, and the store is written with a tab a level. A
 * file that is written in another way is parsed.
 */
function membersOf(store: string, map: string): readonly Member[] {
  const opening = `\n\t"${map}": {\n`;
  const begin = store.indexOf(opening);
  if (begin < 0) return store.includes(`\n\t"${map}": {}`) ? [] : parsedMembers(store, map);
  const section = store.slice(begin + opening.length - 1, store.indexOf('\n\t}', begin));
  const members: Member[] = [];
  for (let at = section.indexOf(keyLine); at >= 0; ) {
    const next = section.indexOf(keyLine, at + 1);
    const colon = section.indexOf('": ', at);
    const end = next < 0 ? section.length : next - 1;
    const text = section.slice(colon + '": '.length, end);
    members.push({ key: String(parsed(section.slice(at + keyLine.length - 1, colon + 1))), text });
    at = next;
  }
  return members;
}

const keyLine = '\n\t\t"';

const parsedMembers = (store: string, map: string): readonly Member[] =>
  Object.entries(objectOf(objectOf(parsed(store))[map])).map(([key, value]) => ({
    key,
    text: Buffer.from(JSON.stringify(value)).toString('latin1'),
  }));

const parsed = (bytes: string): unknown => JSON.parse(Buffer.from(bytes, 'latin1').toString());

const named =
  (map: string, aboutProperty: string) =>
  (store: string): Candidate[] =>
    membersOf(store, map).map(({ key, text }) => ({
      text: key,
      // Only of the few that are shown.
      get about() {
        return textOf(objectOf(parsed(text))[aboutProperty]);
      },
    }));

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const partners = named('federatedPartners', 'description');
const policies = named('externalAccessPolicies', 'description');

function additionalDomains(store: string): Candidate[] {
  const having = membersOf(store, 'federatedPartners').filter(({ text }) => !text.includes('"additionalDomains": []'));
  return having.flatMap(({ key, text }) => {
    const { additionalDomains: domains } = objectOf(parsed(text));
    return Array.isArray(domains) ? domains.map((domain) => ({ text: textOf(domain), about: `of ${key}` })) : [];
  });
}

const readers = new Map<NameKind, (store: string) => Candidate[]>([
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

const withoutScheme = (user: Candidate): Candidate => also(user, user.text, user.text.replace(/^sip:/, ''));

/** A policy with a tag is called by its name alone. */
const withoutTag = (policy: Candidate): Candidate => also(policy, policy.text.replace(/^tag:/, ''), policy.text);

const also = (candidate: Candidate, text: string, other: string): Candidate => ({
  text,
  also: other,
  get about() {
    return candidate.about;
  },
});
