/**
 * Where streams may be opened to. DNS of a partner is written by the partner, and a stranger's dialback key makes us dial
 * whom the stranger names: neither may point us at ourselves, at the machine's own network, or at services that are not XMPP.
 */
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

import type { ListenerAddress } from '../../primitives/listener-address.ts';

/** Source: RFC 6890. */
const loopback = blockList([
  ['127.0.0.0', 8],
  ['::1', 128],
  // IPv4 inside NAT64 [RFC 6052 §2.1].
  ['64:ff9b::7f00:0', 104],
]);

/** Private use, shared by carriers, and their like: networks that strangers have no business in. Source: RFC 6890, RFC 8215. */
const privateUse = blockList([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['fc00::', 7],
  ['fec0::', 10],
  ['64:ff9b:1::', 48],
  ['64:ff9b::a00:0', 104],
  ['64:ff9b::6440:0', 106],
  ['64:ff9b::ac10:0', 108],
  ['64:ff9b::c0a8:0', 112],
]);

/** Unspecified, link-local (where clouds keep their metadata service), multicast, reserved; and the same inside NAT64. */
const never = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  // With the IPv4-compatible addresses, which nobody may use any more [RFC 4291 §2.5.5.1].
  ['::', 96],
  ['fe80::', 10],
  ['ff00::', 8],
  ['64:ff9b::', 104],
  ['64:ff9b::a9fe:0', 112],
  ['64:ff9b::e000:0', 99],
  // Metadata services outside link-local: Amazon, Alibaba, Azure.
  ['fd00:ec2::', 32],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
]);

/** Below it are the services of the system; a partner's SRV record has no business there, but for direct TLS behind HTTPS. */
const firstPort = 1024;
const httpsPort = 443;

export interface AddressPolicy {
  /** Whether a peer may live on a loopback address. */
  allowLoopbackPeers(): boolean;
  /** Whether it may live on a private network. Absent: yes, the administrator has named the partner. */
  allowPrivatePeers?(): boolean;
  /** Where this process accepts connections itself. */
  ownListeners?(): readonly ListenerAddress[];
}

/** Why no stream is opened to the address; nothing when it may be dialled. IPv4 in IPv6 is judged as the IPv4 it is. */
export function addressProblem(
  { address, port }: { readonly address: string; readonly port: number },
  policy: AddressPolicy,
): string | undefined {
  const place = placeProblem(address, policy);
  if (place !== undefined) return place;
  const own = policy.ownListeners?.().some((listener) => port === listener.port && reaches(listener.address, address));
  return own === true ? `${address} port ${port} is this gateway itself` : undefined;
}

function placeProblem(address: string, policy: AddressPolicy): string | undefined {
  const family = familyOf(address);
  if (isLoopback(address)) return policy.allowLoopbackPeers() ? undefined : `${address} is a loopback address`;
  if (never.check(address, family)) return `${address} is not an address of a server`;
  return isRefusedAsPrivate(address, policy) ? `${address} is an address of a private network` : undefined;
}

export const isRefusedAsPrivate = (address: string, policy: AddressPolicy): boolean =>
  privateUse.check(address, familyOf(address)) && policy.allowPrivatePeers?.() === false;

export const isLoopback = (address: string): boolean => loopback.check(address, familyOf(address));

/** Why a port that a SRV record names is not dialled. */
export function portProblem(port: number): string | undefined {
  return port < firstPort && port !== httpsPort ? `port ${port} is not one for XMPP` : undefined;
}

/** Whether a connection to `address` ends at a listener on `bound`. */
function reaches(bound: string, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (bound === plain) return true;
  if (bound !== '' && bound !== '::' && bound !== '0.0.0.0') return false;
  return isLoopback(address) || machineAddresses().includes(plain);
}

const machineAddresses = (): readonly string[] =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));

function blockList(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, familyOf(net));
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
