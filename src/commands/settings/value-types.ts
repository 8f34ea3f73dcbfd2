/** Types of values that only the settings of the configuration have. */
import { parseContactAddress } from '../../config/contact-address.ts';
import {
  parseDnsServer,
  parseHost,
  parseHostWithPort,
  parseListenAddress,
  parseSipNextHop,
} from '../../config/network-address.ts';
import { parsePolicyIdentity } from '../../operations/external-access-policies.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { ValueType } from '../host/cmdlet.ts';

/** Text that the parser accepts, kept as written. */
const checked = (name: string, parse: (text: string) => Result<unknown, string>): ValueType<string> => ({
  name,
  kind: 'value',
  refusal: () => 'InvalidValue',
  parse(text) {
    const parsed = parse(text);
    return parsed.ok ? ok(text) : parsed;
  },
});

export const listenAddress = checked('IPAddress', parseListenAddress);
export const dnsServer = checked('IPAddress[:Port]', parseDnsServer);
export const nameServer = checked('Host[:Port]', parseHostWithPort);
export const contactAddress = checked('Kind=Uri', parseContactAddress);
export const sipPeer = checked('Host', parseHost);
export const sipNextHop = checked('Host:Port;transport=tls|tcp|udp', parseSipNextHop);

/** `Global`, `site:name`, `tag:name`, or the bare name of a tag. */
export const policyIdentity: ValueType<string> = {
  name: 'PolicyIdentity',
  kind: 'value',
  refusal: () => 'InvalidValue',
  parse: parsePolicyIdentity,
};

/** SHA-256 of a SubjectPublicKeyInfo in base64; curl's form with `sha256//` before it is taken too. */
export const spkiPin: ValueType<string> = {
  name: 'SpkiSha256',
  kind: 'value',
  refusal: () => 'InvalidValue',
  parse(text) {
    const pin = text.replace(/^sha256\/\//, '');
    return /^[A-Za-z0-9+/]{43}=$/.test(pin) ? ok(pin) : refuse(`"${text}" is not a SHA-256 in base64 (44 characters).`);
  },
};
