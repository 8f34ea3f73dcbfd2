/** Addresses an administrator writes down: hosts with ports, listen addresses, the SIP next hop, names of SIP peers. */
import { isIP } from 'node:net';

import { parseDomainName } from '../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';

export interface HostWithPort {
  /** A domain name as A-labels, or an address without brackets. */
  readonly host: string;
  readonly port?: number;
}

/** `xmpp.fabrikam.com`, `192.0.2.1:5269`, `[2001:db8::1]:5269`. An IPv6 address with a port needs its brackets. */
export function parseHostWithPort(text: string): Result<HostWithPort, string> {
  if (isIP(text) === 6) return ok({ host: text });
  const [, bracketed, plain, digits] = /^(?:\[([^\]]{1,64})\]|([^:[\]]{1,253}))(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const named = bracketed === undefined ? parseHost(plain ?? '') : parseBracketed(bracketed);
  if (!named.ok) return refuse(`"${text}" is not a host with an optional port, such as xmpp.contoso.com:5269.`);
  if (digits === undefined) return ok({ host: named.value });
  const port = Number(digits);
  return port >= 1 && port <= 65_535 ? ok({ host: named.value, port }) : refuse(`${digits} is not a port.`);
}

const parseBracketed = (text: string): Result<string, string> =>
  isIP(text) === 6 ? ok(text) : refuse(`"${text}" is not an IPv6 address.`);

/** A domain name or an address, without a port. */
export function parseHost(text: string): Result<string, string> {
  return isIP(text) > 0 ? ok(text) : parseDomainName(text);
}

/** An address of this machine to listen on: `0.0.0.0`, `127.0.0.1`, `::`. Names are refused: they may mean several addresses. */
export function parseListenAddress(text: string): Result<string, string> {
  return isIP(text) > 0 ? ok(text) : refuse(`"${text}" is not an IPv4 or IPv6 address.`);
}

/** A resolver: an address, with a port where it is not 53. */
export function parseDnsServer(text: string): Result<string, string> {
  const parsed = parseHostWithPort(text);
  const isAddress = parsed.ok && isIP(parsed.value.host) > 0;
  return isAddress ? ok(text) : refuse(`"${text}" is not an address with an optional port, such as 192.0.2.53.`);
}

const sipTransports = ['tls', 'tcp', 'udp'] as const;
export type SipTransport = (typeof sipTransports)[number];

export interface SipNextHop {
  readonly host: string;
  readonly port: number;
  readonly transport: SipTransport;
}

/** `host:port;transport=tls|tcp|udp`; transport tls and its port 5061, else 5060, when they are left out. [RFC 3263 §4] */
export function parseSipNextHop(text: string): Result<SipNextHop, string> {
  const [where = '', parameter, ...more] = text.split(';');
  const [, word = 'tls'] = /^transport=(.+)$/i.exec(parameter ?? 'transport=tls') ?? [undefined, ''];
  const transport = sipTransports.find((each) => each === word.toLowerCase());
  const parsed = parseHostWithPort(where);
  if (!parsed.ok || transport === undefined || more.length > 0) {
    return refuse(`"${text}" is not a next hop such as pool.contoso.com:5061;transport=tls (tls, tcp or udp).`);
  }
  const { host, port = transport === 'tls' ? 5061 : 5060 } = parsed.value;
  return ok({ host, port, transport });
}
