/** SIP routes: which servers own the users of a SIP domain. Every function of a configuration is pure. */
import { isIP } from 'node:net';

import type { Configuration } from '../config/configuration.ts';
import { parseHostWithPort, parseSipNextHop, type SipNextHop } from '../config/network-address.ts';
import { globalRoute } from '../config/route-in-force.ts';
import { maxNextHops, type SipRoute } from '../config/sip-route.ts';
import { userDomain } from '../config/user-identity.ts';
import { CodedError } from '../primitives/errors.ts';
import { ok, type Result } from '../primitives/result.ts';
import { shellWord } from '../primitives/shell-word.ts';
import {
  alreadyExists,
  type IfExists,
  namedOrThrow,
  replacing,
  sameName,
  withNamed,
  withoutNamed,
} from './named-objects.ts';

export const sipRouteKind = { words: 'SIP route', noun: 'SipRoute' } as const;

/** A route of the store, or the one which the settings of the gateway make. */
export type ShownRoute = Omit<SipRoute, 'identity'> & { readonly identity: string };

/** The routes of the store, and `Global` where SipMode is NextHop. */
export function shownRoutes({ gateway, sipRoutes }: Configuration): Readonly<Record<string, ShownRoute>> {
  const { sipMode, sipNextHop, sipSessionMode: sessionMode } = gateway;
  if (sipMode !== 'NextHop' || sipNextHop === undefined) return sipRoutes;
  const global: ShownRoute = { identity: globalRoute, nextHops: [sipNextHop], dnsLookup: 'Host', sessionMode };
  return { ...sipRoutes, [globalRoute]: global };
}

/** The SIP domains whose users a route leads to. */
export const domainsOfRoute = ({ sipDomains, sipRoutes }: Configuration, identity: string): readonly string[] =>
  identity === globalRoute ? Object.keys(sipDomains).filter((domain) => !Object.hasOwn(sipRoutes, domain)) : [identity];

/** @throws CodedError `ObjectAlreadyExists`, `DomainNotLocal`, `InvalidValue` */
export function newSipRoute(configuration: Configuration, route: SipRoute, ifExists: IfExists): Configuration {
  const { sipRoutes } = configuration;
  const existing = Object.hasOwn(sipRoutes, route.identity) ? sipRoutes[route.identity] : undefined;
  if (existing !== undefined && ifExists === 'leave') return configuration;
  if (existing !== undefined && ifExists === 'refuse')
    throw alreadyExists('ObjectAlreadyExists', sipRouteKind, existing, route);
  refuseForeignDomain(configuration, route.identity);
  refuseUnusable(route, 'new');
  return { ...configuration, sipRoutes: withNamed(sipRoutes, replacing(existing, route)) };
}

/** @throws CodedError `ObjectNotFound`, `InvalidValue` */
export function setSipRoute(
  configuration: Configuration,
  identity: string,
  edit: (route: SipRoute) => SipRoute,
): Configuration {
  const route = edit(namedOrThrow(configuration.sipRoutes, identity, sipRouteKind));
  refuseUnusable(route, 'set');
  return { ...configuration, sipRoutes: withNamed(configuration.sipRoutes, route) };
}

/** @throws CodedError `ObjectNotFound` */
export function removeSipRoutes(configuration: Configuration, identities: readonly string[]): Configuration {
  const found = identities.map((identity) => namedOrThrow(configuration.sipRoutes, identity, sipRouteKind).identity);
  return { ...configuration, sipRoutes: withoutNamed(configuration.sipRoutes, found) };
}

/** @throws CodedError `InvalidValue` for Global, which the settings of the gateway make. */
export function refuseGlobal(identity: string): void {
  if (!sameName(identity, globalRoute)) return;
  throw new CodedError('InvalidValue', 'The route Global is made by the settings of the gateway.', {
    reason: 'it is SipNextHop, for the SIP domains that have no route of their own, while SipMode is NextHop',
    fix: "xgw set-xmppgatewayconfiguration -SipNextHop 'pool.contoso.com:5061;transport=tls'",
    target: globalRoute,
  });
}

function refuseForeignDomain({ sipDomains }: Configuration, identity: string): void {
  if (Object.hasOwn(sipDomains, identity)) return;
  const known = Object.keys(sipDomains);
  throw new CodedError('DomainNotLocal', `${identity} is no SIP domain of this gateway.`, {
    reason: known.length === 0 ? 'no SIP domain is configured' : `the SIP domains are ${known.join(', ')}`,
    fix: `xgw new-sipdomain ${shellWord(identity)}`,
    target: identity,
  });
}

/** @param verb - Of the cmdlet that would do it better. */
function refuseUnusable({ identity, nextHops, dnsLookup }: SipRoute, verb: 'new' | 'set'): void {
  const refuse = (message: string, reason: string, fix: string): CodedError =>
    new CodedError('InvalidValue', message, { reason, fix, target: identity });
  if (nextHops.length === 0)
    throw refuse(
      `The route of ${identity} would have no next hop.`,
      'without a route the settings of the gateway say where its users are',
      verb === 'set' ? `xgw remove-siproute ${identity}` : 'xgw get-help new-siproute -Parameter NextHop',
    );
  if (nextHops.length > maxNextHops)
    throw refuse(
      `The route of ${identity} would have ${nextHops.length} next hops.`,
      `a sender waits for each that is silent, so ${maxNextHops} are the most; one name can stand for several servers`,
      `xgw ${verb}-siproute ${identity} -NextHop pool.contoso.com -DnsLookup Sip`,
    );
  if (dnsLookup !== 'SipFederation') return;
  const other = hopsOf(nextHops).find(({ transport, host }) => transport !== 'tls' || isIP(host) !== 0);
  if (other === undefined) return;
  throw refuse(
    `DnsLookup SipFederation does not go with ${printHop(other)}.`,
    'the records _sipfederationtls._tcp are those of a domain, and name servers that speak TLS',
    `xgw ${verb}-siproute ${identity} -NextHop contoso.com -DnsLookup SipFederation`,
  );
}

/** What an administrator should know about a route, one clause each. */
export function routeWarnings({ nextHops, dnsLookup, tlsName }: ShownRoute): readonly string[] {
  const hops = hopsOf(nextHops);
  const overTls = hops.filter(({ transport }) => transport === 'tls');
  const unprovable = tlsName === undefined ? overTls.filter(({ host }) => isIP(host) !== 0) : [];
  const open = overTls.length === 0 ? [] : hops.filter(({ transport }) => transport !== 'tls');
  const fixed = dnsLookup === 'Sip' ? nextHops.filter(hasPort) : [];
  const texts = hops.map(printHop);
  const twice = [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
  return [
    ...unprovable.map((hop) => `${printHop(hop)} is an address: no certificate proves that over TLS, give -TlsName`),
    ...(tlsName !== undefined && overTls.length === 0
      ? [`TlsName ${tlsName} says nothing, since no next hop is reached over TLS`]
      : []),
    ...open.map((hop) => `${printHop(hop)} is not encrypted, as other next hops of the route are`),
    ...twice.map((text) => `${text} is there twice`),
    ...fixed.map((text) => `${text} names a port, so DnsLookup Sip looks up its addresses only`),
  ];
}

/** What follows for the users when a domain gets, or loses, its route; one clause each. */
export function routeConsequences(before: Configuration, after: Configuration, identity: string): readonly string[] {
  const [had, has] = [before, after].map(({ sipRoutes }) => Object.hasOwn(sipRoutes, identity));
  if (had && !has) {
    const { sipMode, sipNextHop } = after.gateway;
    return [`the users of ${identity} are ${sipMode === 'HomeServer' ? 'at home here' : `behind ${sipNextHop ?? ''}`}`];
  }
  const accounts = Object.values(after.users).filter(
    (user) => userDomain(user.identity) === identity && user.credential,
  );
  if (!has || had || after.gateway.sipMode !== 'HomeServer' || accounts.length === 0) return [];
  const who =
    accounts.length === 1 ? `${accounts[0]?.identity} has an account` : `${accounts.length} users have accounts`;
  return [`${who} here, which the route puts out of use: nobody of ${identity} can register at this gateway`];
}

const hopsOf = (nextHops: readonly string[]): readonly SipNextHop[] =>
  nextHops.flatMap((text) => {
    const parsed = parseSipNextHop(text);
    return parsed.ok ? [parsed.value] : [];
  });

function hasPort(nextHop: string): boolean {
  const parsed = parseHostWithPort(nextHop.split(';')[0] ?? '');
  return parsed.ok && parsed.value.port !== undefined;
}

/** Port and transport written out: two spellings of one server are one text. */
export const printHop = ({ host, port, transport }: SipNextHop): string =>
  `${inBrackets(host)}:${port};transport=${transport}`;

const inBrackets = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** A next hop in one spelling. What was left out stays left out: with DnsLookup Sip it is for DNS to say. */
export function normalHop(text: string): Result<string, string> {
  const parsed = parseSipNextHop(text);
  if (!parsed.ok) return parsed;
  const { host, port, transport } = parsed.value;
  const place = hasPort(text) ? `${inBrackets(host)}:${port}` : inBrackets(host);
  return ok(text.includes(';') ? `${place};transport=${transport}` : place);
}
