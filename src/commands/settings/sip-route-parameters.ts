/** The settings of a SIP route as parameters of new- and set-, and the words of the command line as settings. */
import { sipRouteDefaults } from '../../config/defaults.ts';
import { sipSessionModes } from '../../config/gateway-configuration.ts';
import { globalRoute } from '../../config/route-in-force.ts';
import { dnsLookups, type SipRoute } from '../../config/sip-route.ts';
import { normalHop } from '../../operations/sip-routes.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { ok } from '../../primitives/result.ts';
import type { ValueType } from '../host/cmdlet.ts';
import { clearable, domainName, listChange, listOf, oneOf, optional } from '../host/parameters.ts';

const fromPipe = { pipeline: 'property' } as const;

/** `Global` is let through, so that the refusal can say what makes it. */
export const routeIdentity: ValueType<DomainName | typeof globalRoute> = {
  ...domainName,
  parse: (text) => (text.trim().toLowerCase() === 'global' ? ok(globalRoute) : domainName.parse(text)),
};

/** Stands for the semicolon of a next hop, where one would end the item of a list. */
const shield = '\u0001';
const shielded = (text: string): string => text.replaceAll(/;\s*(?=transport=)/gi, shield);

const nextHop: ValueType<string> = {
  name: 'Host:Port;transport=tls|tcp|udp',
  kind: 'value',
  refusal: () => 'InvalidValue',
  parse: (text) => normalHop(text.trim().replaceAll(shield, ';')),
};

/** A list whose items may have `;transport=` in them. */
const ofHops = <T>(list: ValueType<T>): ValueType<T> => ({
  ...list,
  parse: (text) => list.parse(shielded(text)),
  refusal: (text) => list.refusal?.(shielded(text)) ?? 'InvalidValue',
});

export const nextHops = ofHops(listOf(nextHop));
export const nextHopChange = ofHops(listChange(nextHop));

/** Beside the next hops themselves. `null` clears a setting that can be absent. */
export const routeSettings = {
  DnsLookup: optional(
    oneOf(dnsLookups, 'DnsLookup'),
    'What DNS is asked about a next hop. Host: its addresses. Sip: NAPTR and SRV before them, unless it names a port. SipFederation: the SRV records _sipfederationtls._tcp of a domain.',
    { ...fromPipe, defaultText: sipRouteDefaults.dnsLookup },
  ),
  TlsName: optional(
    clearable(domainName),
    'The name that the certificate of each next hop must prove, such as that of its pool.',
    { ...fromPipe, defaultText: 'the host of the next hop' },
  ),
  SessionMode: optional(
    oneOf(sipSessionModes, 'SipSessionMode'),
    'How messages reach the users. Pager: MESSAGE alone. Session: MESSAGE inside an INVITE dialog, as Lync does it. Auto: a session, and pages where the next hop refuses sessions.',
    { ...fromPipe, defaultText: sipRouteDefaults.sessionMode },
  ),
};

interface GivenRouteSettings {
  readonly DnsLookup: SipRoute['dnsLookup'] | undefined;
  readonly TlsName: DomainName | null | undefined;
  readonly SessionMode: SipRoute['sessionMode'] | undefined;
}

export function withRouteSettings(route: SipRoute, given: GivenRouteSettings): SipRoute {
  const { tlsName: before, ...rest } = route;
  const tlsName = given.TlsName === undefined ? before : (given.TlsName ?? undefined);
  return {
    ...rest,
    dnsLookup: given.DnsLookup ?? route.dnsLookup,
    ...(tlsName === undefined ? {} : { tlsName }),
    sessionMode: given.SessionMode ?? route.sessionMode,
  };
}
