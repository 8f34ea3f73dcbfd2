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
]);

/** Below it are the services of the system; a partner's SRV record has no business there, but for direct TLS behind HTTPS. */
const firstPort = 1024;
const httpsPort = 443;

export interface AddressPolicy {
  /** Whether a peer may live on a loopback address. */
  allowLoopbackPeers(): boolean;
  /** Where this process accepts connections itself. */
  ownListeners?(): readonly ListenerAddress[];
}

/** Why no stream is opened to the address; nothing when it may be dialled. IPv4 in IPv6 is judged as the IPv4 it is. */
export function addressProblem(
  { address, port }: { readonly address: string; readonly port: number },
  policy: AddressPolicy,
): string | undefined {
  const family = familyOf(address);
  if (loopback.check(address, family)) {
    if (!policy.allowLoopbackPeers()) return `${address} is a loopback address`;
  } else if (never.check(address, family)) return `${address} is not an address of a server`;
  const own = policy.ownListeners?.().some((listener) => port === listener.port && reaches(listener.address, address));
  return own === true ? `${address} port ${port} is this gateway itself` : undefined;
}

/** Why a port that a SRV record names is not dialled. */
export function portProblem(port: number): string | undefined {
  return port < firstPort && port !== httpsPort ? `port ${port} is not one for XMPP` : undefined;
}

/** Whether a connection to `address` ends at a listener on `bound`. */
function reaches(bound: string, address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (bound === plain) return true;
  if (bound !== '' && bound !== '::' && bound !== '0.0.0.0') return false;
  return loopback.check(address, familyOf(address)) || machineAddresses().includes(plain);
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
