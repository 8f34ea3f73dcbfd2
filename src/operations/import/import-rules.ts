/**
 * Which objects of an import fit the store: each is judged by itself, so that all refusals are known at once, with their places.
 * What only the whole can answer for is left to the store's own check. Pure; linear in the number of objects.
 */
import type { Configuration } from '../../config/configuration.ts';
import type { FederatedPartner } from '../../config/federated-partner.ts';
import { negotiationOutcome, negotiationRemarks } from '../../config/negotiation.ts';
import { userDomain } from '../../config/user-identity.ts';
import { freshObject, type ImportMode, withFields } from '../declarative/desired-configuration.ts';
import { type ImportedObject, nameOf, type Refusal } from './imported-object.ts';
import type { ImportSection } from './kinds.ts';

export interface Judged {
  readonly accepted: readonly ImportedObject[];
  readonly refusals: readonly Refusal[];
}

/** What others refer to first. */
const order: readonly ImportSection[] = [
  'sipDomains',
  'externalAccessPolicies',
  'accessEdge',
  'gateway',
  'federatedPartners',
  'users',
];

/** What is there, and what the import has brought so far. */
interface Known {
  readonly current: Configuration;
  readonly mode: ImportMode;
  readonly sipDomains: Set<string>;
  /** Names of `tag:` policies in lower case, as they are spelled. */
  readonly policies: Map<string, string>;
  /** Domain to the partner that has it. */
  readonly owners: Map<string, string>;
}

export function judged(current: Configuration, objects: readonly ImportedObject[], mode: ImportMode): Judged {
  const known = knownFrom(current, objects, mode);
  const accepted: ImportedObject[] = [];
  const refusals: Refusal[] = [];
  for (const section of order) {
    for (const object of objects) {
      if (object.section !== section) continue;
      const outcome = judgements[section](object, known);
      if (typeof outcome === 'string') refusals.push({ place: object.place, name: nameOf(object), reason: outcome });
      else accepted.push(outcome);
    }
  }
  return { accepted, refusals };
}

function knownFrom(current: Configuration, objects: readonly ImportedObject[], mode: ImportMode): Known {
  const stays = (section: ImportSection): boolean =>
    mode === 'merge' || !objects.some((each) => each.section === section);
  const imported = new Set(
    objects.filter(({ section }) => section === 'federatedPartners').map(({ identity }) => identity),
  );
  // Partners that the file has too are judged by what the file makes of them.
  const partners = Object.values(current.federatedPartners).filter(({ identity }) => !imported.has(identity));
  const kept = stays('federatedPartners') ? partners : [];
  const policies = stays('externalAccessPolicies') ? Object.keys(current.externalAccessPolicies) : [];
  return {
    current,
    mode,
    sipDomains: new Set(stays('sipDomains') ? Object.keys(current.sipDomains) : []),
    policies: new Map(policies.map((identity) => [identity.toLowerCase(), identity])),
    owners: new Map(kept.flatMap((each) => domainsOf(each).map((domain) => [domain, each.identity] as const))),
  };
}

const domainsOf = ({ identity, additionalDomains }: FederatedPartner): readonly string[] => [
  identity,
  ...additionalDomains,
];

/** @returns The object, or why not. */
type Judgement = (object: ImportedObject, known: Known) => ImportedObject | string;

const judgements: Readonly<Record<ImportSection, Judgement>> = {
  sipDomains(object, { sipDomains, owners }) {
    const owner = owners.get(object.identity);
    if (owner !== undefined) return `it is a domain of partner ${owner}`;
    sipDomains.add(object.identity);
    return object;
  },
  externalAccessPolicies(object, { policies }) {
    policies.set(object.identity.toLowerCase(), object.identity);
    return object;
  },
  accessEdge: (object) => object,
  gateway: (object) => object,
  federatedPartners: partnerJudgement,
  users: userJudgement,
};

function partnerJudgement(
  object: ImportedObject,
  { current, mode, sipDomains, owners }: Known,
): ImportedObject | string {
  const existing = Object.hasOwn(current.federatedPartners, object.identity)
    ? current.federatedPartners[object.identity]
    : undefined;
  const base = mode === 'merge' ? existing : undefined;
  const fields = base ?? freshObject('federatedPartners', object.identity, undefined);
  const partner = withFields('federatedPartners', { ...fields }, object.fields) as unknown as FederatedPartner;
  const domains = domainsOf(partner);
  const local = domains.find((domain) => sipDomains.has(domain));
  if (local !== undefined) return `${local} is one of your own SIP domains`;
  if (partner.additionalDomains.includes(partner.identity)) return 'its own domain is among its additional domains';
  const taken = domains.find((domain) => owners.has(domain));
  if (taken !== undefined) return `${taken} belongs to partner ${owners.get(taken)}`;
  const { remark, class: kind } = negotiationOutcome(partner);
  if (kind === 'Invalid' && remark !== undefined)
    return `${combinationOf(partner)} is not valid: ${negotiationRemarks[remark]}`;
  for (const domain of domains) owners.set(domain, partner.identity);
  return object;
}

const combinationOf = (partner: FederatedPartner): string =>
  `TLS ${partner.tlsNegotiation} + SASL ${partner.saslNegotiation} + dialback ${partner.supportDialbackNegotiation ? 'True' : 'False'}`;

/** Policies are found in any case, and kept as they are spelled. */
function userJudgement(object: ImportedObject, { sipDomains, policies }: Known): ImportedObject | string {
  const domain = userDomain(object.identity);
  if (!sipDomains.has(domain)) return `${domain} is no SIP domain of this gateway`;
  const { externalAccessPolicy: policy } = object.fields;
  if (typeof policy !== 'string') return object;
  const found = policies.get(`tag:${policy.toLowerCase()}`);
  if (found === undefined) return `there is no policy tag:${policy}`;
  return { ...object, fields: { ...object.fields, externalAccessPolicy: found.slice('tag:'.length) } };
}
