/** Does DNS send partners to this gateway? Every expected record is asked of every resolver, which may see different zones. */

import type { Configuration } from '../../config/configuration.ts';
import { type DnsPort, dnsResolver, systemServers } from '../../gateway/xmpp/dns-resolver.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { type AliasQuestion, aliasOf, aliasProblem } from './alias.ts';
import { type Answer, answerOf, type DnsTest, isUnanswered, type Verdict } from './dns-test.ts';
import {
  dataOf,
  type ExpectedAddress,
  type ExpectedRecord,
  type ExpectedService,
  expectedRecords,
  isWanted,
} from './expected-records.ts';
import { addressVerdict, serviceVerdict, srvText } from './own-record-verdict.ts';

export interface DnsTestOptions {
  readonly configuration: Configuration;
  /** `address` or `address:port`, each asked by itself; none: those of the configuration, else those of the system. */
  readonly servers: readonly string[];
  /** Milliseconds for one question. */
  readonly timeoutMs: number;
}

/** @throws CodedError `AccessEdgeMissing` */
export async function testOwnRecords(
  domains: readonly DomainName[],
  { configuration, servers, timeoutMs }: DnsTestOptions,
): Promise<readonly DnsTest[]> {
  const expected = expectedRecords(configuration, domains);
  const asked = await Promise.all(
    resolversOf(configuration, servers).map(async ({ server, addresses }) => {
      const dns = dnsResolver(addresses, timeoutMs);
      const where = { configuration, server, dns, question: { servers: addresses, timeoutMs } };
      return await Promise.all(expected.map((record) => testRecord(record, where)));
    }),
  );
  return asked.flat();
}

interface Asked {
  readonly server: string;
  readonly addresses: readonly string[];
}

/** The hosts file of this machine is never asked: partners do not see it. */
function resolversOf({ gateway }: Configuration, servers: readonly string[]): readonly Asked[] {
  if (servers.length > 0) return servers.map((server) => ({ server, addresses: [server] }));
  if (gateway.dnsServers.length > 0) return [{ server: gateway.dnsServers.join(', '), addresses: gateway.dnsServers }];
  return [{ server: 'system', addresses: systemServers() }];
}

interface Where {
  readonly configuration: Configuration;
  readonly server: string;
  readonly dns: DnsPort;
  readonly question: AliasQuestion;
}

const testRecord = async (record: ExpectedRecord, where: Where): Promise<DnsTest> =>
  record.type === 'SRV' ? await testService(record, where) : await testAddress(record, where);

async function testService(expected: ExpectedService, { server, dns }: Where): Promise<DnsTest> {
  const answer = await answerOf(dns.resolveSrv(expected.name));
  const actual = { ...answer, records: answer.records.map(srvText) };
  return rowOf({ expected, actual, server, verdict: serviceVerdict(answer, expected) });
}

async function testAddress(expected: ExpectedAddress, where: Where): Promise<DnsTest> {
  const { server, dns, configuration, question } = where;
  const [four, six, alias] = await Promise.all([
    answerOf(dns.resolve4(expected.name)),
    answerOf(dns.resolve6(expected.name)),
    aliasOf(expected.name, question),
  ]);
  const failure = four.failure ?? six.failure;
  const records = [...four.records, ...six.records].map(({ address }) => address);
  const actual = { records, ...(failure === undefined ? {} : { failure }) };
  const policy = { allowLoopbackPeers: () => configuration.gateway.allowLoopbackPeers };
  return rowOf({
    expected,
    actual,
    server,
    verdict: withAlias(addressVerdict(actual, expected, policy), expected, alias),
  });
}

/** What is wrong anyhow comes first. */
const withAlias = (verdict: Verdict, { name }: ExpectedAddress, alias: string | undefined): Verdict =>
  alias === undefined || verdict.result !== 'Success'
    ? verdict
    : { result: 'Warning', detail: aliasProblem(name, alias), fix: `give ${name} addresses of its own` };

interface Tested {
  readonly expected: ExpectedRecord;
  readonly actual: Answer<string>;
  readonly server: string;
  readonly verdict: Verdict;
}

const rowOf = ({ expected, actual, server, verdict }: Tested): DnsTest => ({
  Domain: expected.type === 'SRV' ? expected.domain : null,
  Name: expected.name,
  Type: expected.type,
  Expected: isWanted(expected) ? dataOf(expected) : null,
  Actual: actual.records,
  Result: verdict.result,
  Detail: verdict.detail,
  Fix: verdict.fix ?? null,
  Server: server,
  Order: null,
  DirectTls: expected.type === 'SRV' ? expected.purpose === 'XmppDirectTls' : null,
  Unanswered: actual.records.length === 0 && isUnanswered(actual),
});
