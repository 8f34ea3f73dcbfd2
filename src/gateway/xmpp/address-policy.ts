/** Where streams may be opened to. DNS of a partner is written by the partner: it must not point us at ourselves. */
import { BlockList, isIP } from 'node:net';

/** Source: RFC 6890. */
const loopback = blockList([
  ['127.0.0.0', 8],
  ['::1', 128],
  // "This host": systems connect it to themselves.
  ['0.0.0.0', 8],
  ['::', 128],
]);

/** Link-local (where clouds keep their metadata service), multicast, reserved. */
const never = blockList([
  ['169.254.0.0', 16],
  ['fe80::', 10],
  ['224.0.0.0', 3],
  ['ff00::', 8],
]);

function blockList(subnets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, familyOf(net));
  return list;
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Why the address is refused; nothing when it may be dialled. IPv4 in IPv6 is judged as the IPv4 it is. */
export function addressProblem(address: string, allowLoopback: boolean): string | undefined {
  const family = familyOf(address);
  if (never.check(address, family)) return `${address} is not an address of a server`;
  if (!allowLoopback && loopback.check(address, family)) return `${address} is a loopback address`;
  return undefined;
}
