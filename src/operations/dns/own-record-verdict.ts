/** What an answer of DNS about one of our records is worth to a partner that looks for us. Pure: the first rule that applies tells. */
import type { SrvRecord } from 'node:dns';

import { type AddressPolicy, addressProblem, isRefusedAsPrivate } from '../../gateway/xmpp/address-policy.ts';
import type { Answer, Verdict } from './dns-test.ts';
import { type ExpectedAddress, type ExpectedService, zoneLine } from './expected-records.ts';

type Rule = (answer: Answer<SrvRecord>, expected: ExpectedService) => Verdict | undefined;

const noAnswer = (failure: string): Verdict => ({
  result: 'Failure',
  detail: `DNS gave no answer (${failure})`,
  fix: 'xgw test-dnsrecord -Server 192.0.2.53',
});

const publish = (expected: ExpectedService | ExpectedAddress): string => `publish: ${zoneLine(expected)}`;

export const srvText = ({ priority, weight, port, name }: SrvRecord): string =>
  `${priority} ${weight} ${port} ${name === '' ? '.' : name}`;

const unanswered: Rule = ({ failure }) => (failure === undefined ? undefined : noAnswer(failure));

const notOffered: Rule = ({ records }, { port, purpose, name }) => {
  if (port !== 0) return undefined;
  if (records.length === 0) return { result: 'Success', detail: 'not offered, and not in DNS' };
  const setting = purpose === 'XmppDirectTls' ? '-XmppDirectTlsPort 5270' : '-XmppPort 5269';
  return {
    result: 'Failure',
    detail: 'partners are sent to a service that is switched off here',
    fix: `remove ${name} from DNS, or: xgw set-xmppgatewayconfiguration ${setting}`,
  };
};

const absent: Rule = ({ records }, expected) => {
  if (records.length > 0) return undefined;
  const fix = publish(expected);
  if (expected.purpose === 'XmppDirectTls')
    return { result: 'Warning', detail: 'not in DNS: partners begin in clear, with STARTTLS', fix };
  // [RFC 6120 §3.2.2]
  const detail = `not in DNS: partners try the address of ${expected.domain} itself, port 5269`;
  return { result: 'Failure', detail, fix };
};

/** [RFC 2782]: the target `.` says that there is no such service. */
const denied: Rule = ({ records }, expected) =>
  records.every(({ name }) => name === '' || name === '.')
    ? { result: 'Failure', detail: 'the target "." tells partners that there is no XMPP here', fix: publish(expected) }
    : undefined;

/** The record that names this host, in lower case, and this port. */
export const isOurs =
  ({ target, port }: Pick<ExpectedService, 'target' | 'port'>) =>
  (record: SrvRecord): boolean =>
    record.name.toLowerCase() === target && record.port === port;

const elsewhere: Rule = ({ records }, expected) => {
  if (records.some(isOurs(expected))) return undefined;
  const [sameHost] = records.filter(({ name }) => name.toLowerCase() === expected.target);
  const detail =
    sameHost === undefined
      ? `points to ${records.map(({ name }) => name).join(', ')}, which is not AccessEdgeFqdn`
      : `points to port ${sameHost.port}, and the gateway listens on ${expected.port}`;
  return { result: 'Failure', detail, fix: publish(expected) };
};

const amongOthers: Rule = ({ records }, expected) => {
  const others = records.filter((record) => !isOurs(expected)(record));
  if (others.length === 0) return undefined;
  return {
    result: 'Warning',
    detail: `partners may be sent to ${others.map(({ name, port }) => `${name}:${port}`).join(', ')} as well`,
    fix: `keep only: ${zoneLine(expected)}`,
  };
};

const rules = [unanswered, notOffered, absent, denied, elsewhere, amongOthers];

export function serviceVerdict(answer: Answer<SrvRecord>, expected: ExpectedService): Verdict {
  for (const rule of rules) {
    const verdict = rule(answer, expected);
    if (verdict !== undefined) return verdict;
  }
  return { result: 'Success', detail: 'points to this gateway' };
}

/** @param policy - Whether loopback is good enough: only where the partners are on the same machine. */
export function addressVerdict(
  { records, failure }: Answer<string>,
  expected: ExpectedAddress,
  policy: AddressPolicy,
): Verdict {
  if (records.length === 0 && failure !== undefined) return noAnswer(failure);
  if (records.length === 0) return { result: 'Failure', detail: 'the name has no address', fix: publish(expected) };
  const unreachable = records.flatMap((address) => addressProblem({ address, port: 0 }, policy) ?? []);
  const fix = publish(expected);
  if (unreachable.length > 0)
    return { result: 'Failure', detail: `no partner reaches it: ${unreachable.join('; ')}`, fix };
  const strict = { ...policy, allowPrivatePeers: () => false };
  const inside = records.filter((address) => isRefusedAsPrivate(address, strict));
  if (inside.length === 0) return { result: 'Success', detail: 'it has an address' };
  return { result: 'Warning', detail: `${inside.join(', ')}: only partners on the same network reach it`, fix };
}
