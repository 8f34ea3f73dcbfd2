/** What the values of a configuration say about each other. The schema has been checked before; all breaches are listed. */
import type { Result } from '../primitives/result.ts';
import type { Configuration } from './configuration.ts';
import { parseContactAddress } from './contact-address.ts';
import { globalPolicy } from './effective-policy.ts';
import type { FederatedPartner } from './federated-partner.ts';
import { negotiationOutcome, negotiationRemarks } from './negotiation.ts';
import {
  parseDnsServer,
  parseHost,
  parseHostWithPort,
  parseListenAddress,
  parseSipNextHop,
} from './network-address.ts';
import { userDomain } from './user-identity.ts';

export interface Breach {
  readonly field: readonly string[];
  readonly message: string;
}

export function brokenInvariants(configuration: Configuration): readonly Breach[] {
  return [
    ...keyBreaches(configuration),
    ...sipDomainBreaches(configuration),
    ...routeBreaches(configuration),
    ...Object.values(configuration.federatedPartners).filter(isDoubtful).flatMap(partnerBreaches),
    ...domainBreaches(configuration),
    ...userBreaches(configuration),
    ...policyBreaches(configuration),
    ...gatewayBreaches(configuration),
    ...certificateBreaches(configuration),
  ];
}

function keyBreaches(configuration: Configuration): Breach[] {
  const { certificates, certificateRequests } = configuration;
  const maps = ['sipDomains', 'sipRoutes', 'federatedPartners', 'users', 'externalAccessPolicies'] as const;
  return [
    ...maps.flatMap((map) => misnamed<{ readonly identity: string }>(map, configuration[map], (one) => one.identity)),
    ...misnamed('certificates', certificates, ({ thumbprint }) => thumbprint),
    ...misnamed('certificateRequests', certificateRequests, ({ requestId }) => String(requestId)),
  ];
}

function misnamed<T>(map: string, objects: Readonly<Record<string, T>>, nameOf: (one: T) => string): Breach[] {
  return Object.keys(objects)
    .filter((key) => nameOf(objects[key] as T) !== key)
    .map((key) => ({ field: [map, key], message: `is kept under another name: ${nameOf(objects[key] as T)}` }));
}

function sipDomainBreaches({ sipDomains }: Configuration): Breach[] {
  const all = Object.values(sipDomains);
  const defaults = all.filter(({ isDefault }) => isDefault).length;
  if (all.length === 0 || defaults === 1) return [];
  return [{ field: ['sipDomains'], message: `has ${defaults} default domains; exactly one isDefault must be true` }];
}

function routeBreaches({ sipRoutes, sipDomains }: Configuration): Breach[] {
  return Object.values(sipRoutes).flatMap(({ identity, nextHops }) => {
    const field = ['sipRoutes', identity];
    const wrong = refusals([...field, 'nextHops'], nextHops.map(parseSipNextHop));
    return Object.hasOwn(sipDomains, identity) ? wrong : [...wrong, { field, message: 'is no SIP domain' }];
  });
}

/** Of 10,000 partners most say nothing that the schema does not answer for: with TLS and SASL there is a method. */
const isDoubtful = ({ tlsNegotiation, saslNegotiation, proxyFqdn, suspended }: FederatedPartner): boolean =>
  tlsNegotiation === 'NotSupported' ||
  saslNegotiation === 'NotSupported' ||
  proxyFqdn !== undefined ||
  suspended !== undefined;

function partnerBreaches(partner: FederatedPartner): Breach[] {
  const field = ['federatedPartners', partner.identity];
  const { remark, class: kind } = negotiationOutcome(partner);
  const breaches: Breach[] = [];
  if (kind === 'Invalid' && remark) breaches.push({ field, message: `is not valid: ${negotiationRemarks[remark]}` });
  if (partner.proxyFqdn !== undefined) {
    breaches.push(...refusals([...field, 'proxyFqdn'], [parseHostWithPort(partner.proxyFqdn)]));
  }
  return [...breaches, ...suspensionBreaches(partner)];
}

/** The schema knows digits; whether they are a day of the calendar shows here, or a suspension would never end. */
function suspensionBreaches({ identity, suspended }: FederatedPartner): Breach[] {
  if (suspended === undefined) return [];
  const field = ['federatedPartners', identity, 'suspended'];
  const { since, until = suspended.since } = suspended;
  return Object.entries({ since, until })
    .filter(([, time]) => Number.isNaN(Date.parse(time)))
    .map(([name, time]) => ({ field: [...field, name], message: `is no time: ${time}` }));
}

/** Who a domain belongs to must have one answer, or policy would depend on the order of the file. */
function domainBreaches({ sipDomains, federatedPartners }: Configuration): Breach[] {
  const breaches: Breach[] = [];
  const owners = new Map<string, string>();
  for (const { identity, additionalDomains } of Object.values(federatedPartners)) {
    const domains = additionalDomains.length === 0 ? [identity] : [identity, ...additionalDomains];
    for (const domain of domains) {
      const owner = owners.get(domain);
      owners.set(domain, identity);
      if (owner === undefined && !Object.hasOwn(sipDomains, domain)) continue;
      const field = ['federatedPartners', identity];
      if (owner !== undefined) breaches.push({ field, message: `has the domain ${domain}, which ${owner} has too` });
      if (Object.hasOwn(sipDomains, domain)) breaches.push({ field, message: `has the SIP domain ${domain}` });
    }
  }
  return breaches;
}

function userBreaches({ users, sipDomains, externalAccessPolicies }: Configuration): Breach[] {
  const policies = new Set(Object.keys(externalAccessPolicies));
  return Object.values(users).flatMap(({ identity, externalAccessPolicy: policy }) => {
    const breaches: Breach[] = [];
    if (!Object.hasOwn(sipDomains, userDomain(identity))) {
      breaches.push({ field: ['users', identity], message: 'is in no SIP domain' });
    }
    if (policy !== undefined && !policies.has(`tag:${policy}`)) {
      breaches.push({ field: ['users', identity, 'externalAccessPolicy'], message: `names no policy: tag:${policy}` });
    }
    return breaches;
  });
}

function policyBreaches({ externalAccessPolicies }: Configuration): Breach[] {
  if (Object.hasOwn(externalAccessPolicies, globalPolicy)) return [];
  return [{ field: ['externalAccessPolicies', globalPolicy], message: 'is missing' }];
}

/** A time that is no day of the calendar would never come. */
const certificateBreaches = ({ certificates }: Configuration): Breach[] =>
  Object.values(certificates)
    .filter(({ planned }) => planned !== undefined && Number.isNaN(Date.parse(planned.from)))
    .map(({ thumbprint, planned }) => ({
      field: ['certificates', thumbprint, 'planned', 'from'],
      message: `is no time: ${planned?.from}`,
    }));

function gatewayBreaches({ gateway }: Configuration): Breach[] {
  const of = (name: string, parsed: readonly Result<unknown, string>[]): Breach[] =>
    refusals(['gateway', name], parsed);
  const { xmppListenAddress, sipListenAddress, sipNextHop, sipMode, dnsServers, trustedSipPeers } = gateway;
  return [
    ...of('xmppListenAddress', xmppListenAddress === undefined ? [] : [parseListenAddress(xmppListenAddress)]),
    ...of('sipListenAddress', sipListenAddress === undefined ? [] : [parseListenAddress(sipListenAddress)]),
    ...of('sipNextHop', sipNextHop === undefined ? [] : [parseSipNextHop(sipNextHop)]),
    ...of('dnsServers', dnsServers.map(parseDnsServer)),
    ...of('trustedSipPeers', trustedSipPeers.map(parseHost)),
    ...of('contactAddresses', gateway.contactAddresses.map(parseContactAddress)),
    ...(sipMode === 'NextHop' && sipNextHop === undefined
      ? [{ field: ['gateway', 'sipNextHop'], message: 'is missing, and sipMode is NextHop' }]
      : []),
  ];
}

const refusals = (field: readonly string[], parsed: readonly Result<unknown, string>[]): Breach[] =>
  parsed.flatMap((result) => (result.ok ? [] : [{ field, message: `is wrong: ${result.error}` }]));
