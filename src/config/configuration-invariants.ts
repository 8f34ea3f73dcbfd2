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
    ...Object.values(configuration.federatedPartners).flatMap(partnerBreaches),
    ...domainBreaches(configuration),
    ...userBreaches(configuration),
    ...policyBreaches(configuration),
    ...gatewayBreaches(configuration),
    ...certificateBreaches(configuration),
  ];
}

function keyBreaches(configuration: Configuration): Breach[] {
  const named = (['sipDomains', 'sipRoutes', 'federatedPartners', 'users', 'externalAccessPolicies'] as const).flatMap(
    (map) => Object.entries(configuration[map]).map(([key, { identity }]) => ({ map, key, identity })),
  );
  const certificates = Object.entries(configuration.certificates).map(([key, { thumbprint }]) => {
    return { map: 'certificates', key, identity: thumbprint };
  });
  const requests = Object.entries(configuration.certificateRequests).map(([key, { requestId }]) => {
    return { map: 'certificateRequests', key, identity: String(requestId) };
  });
  return [...named, ...certificates, ...requests]
    .filter(({ key, identity }) => key !== identity)
    .map(({ map, key, identity }) => ({ field: [map, key], message: `is kept under another name: ${identity}` }));
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
    for (const domain of [identity, ...additionalDomains]) {
      const field = ['federatedPartners', identity];
      const owner = owners.get(domain);
      if (owner !== undefined) breaches.push({ field, message: `has the domain ${domain}, which ${owner} has too` });
      if (Object.hasOwn(sipDomains, domain)) breaches.push({ field, message: `has the SIP domain ${domain}` });
      owners.set(domain, identity);
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
