/** Network addresses in the spellings that sockets, SIP headers and traces want [RFC 3261 §25.1]. */
import { isIP, isIPv6 } from 'node:net';

/** IPv4 addresses of dual-stack sockets in their own form, and IPv6 without its zone. */
export function plainAddress(address: string): string {
  const withoutZone = address.split('%', 1)[0] ?? address;
  const mapped = /^::ffff:([0-9.]+)$/i.exec(withoutZone)?.[1];
  return mapped !== undefined && isIP(mapped) === 4 ? mapped : withoutZone;
}

/** A host as sockets want it: IPv6 without brackets. */
export const unbracketed = (host: string): string =>
  host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;

export const peerName = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;

/** An address as URIs and Via write it: IPv6 in brackets. */
export const bracketed = (address: string): string => (isIPv6(address) ? `[${address}]` : address);
