/** Test-DnsRecord: whether DNS sends partners to this gateway; with -Peer, where it sends the gateway. */
import type { DnsTest } from '../operations/dns/dns-test.ts';
import { testOwnRecords } from '../operations/dns/test-own-records.ts';
import { testPeerRecords } from '../operations/dns/test-peer-records.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { sipDomainKind } from '../operations/sip-domains.ts';
import type { DomainName } from '../primitives/domain-name.ts';
import { CodedError } from '../primitives/errors.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { domainName, listOf, optional, pattern } from './host/parameters.ts';
import { reported, reportFile } from './reports/report-file.ts';
import { dnsServer } from './settings/value-types.ts';

/** Milliseconds for one question. Source: the cmdlet catalogue. */
const defaultTimeoutMs = 5_000;

export default defineCmdlet({
  name: 'Test-DnsRecord',
  aliases: ['Test-XmppDns'],
  synopsis: 'Asks DNS for the records of your domains, or for the servers of a partner, and says what is wrong.',
  description:
    'Each named resolver is asked by itself: an inner and an outer one may well say different things, and partners see the outer one. The hosts file of this machine does not count for your domains. With -Peer the servers of a partner come in the order in which the gateway tries them, and after them what it does not try. Exit code 21 when a record fails, 9 when no resolver answers.',
  parameters: {
    Domain: optional(pattern, 'A SIP domain; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Identity'],
      wildcard: true,
      defaultText: 'all SIP domains',
    }),
    Server: optional(listOf(dnsServer), 'Resolvers to ask, in place of those of the gateway.', {
      defaultText: 'DnsServers of the gateway, else those of the system',
    }),
    Peer: optional(domainName, 'A domain of somebody else, partner or not: its records in place of yours.'),
    Report: optional(reportFile, 'File for a report; it ends in .html, .md or .json.'),
  },
  examples: [
    { command: 'test-dnsrecord', shows: 'Whether partners find all your domains.' },
    {
      command: 'test-dnsrecord contoso.com -Server 192.0.2.53,198.51.100.53:5353',
      shows: 'What two resolvers say, one of them on another port.',
    },
    { command: 'test-dnsrecord -Peer fabrikam.com', shows: 'Where the gateway would connect to, in its order.' },
    { command: 'test-dnsrecord -Report dns.html', shows: 'The same as a page to file away.' },
  ],
  output: { kind: 'DnsTest', table: ['Result', 'Name', 'Type', 'Expected', 'Actual', 'Detail', 'Fix'] },
  accepts: ['SipDomain'],

  async run({ Domain, Server, Peer, Report }, context) {
    if (Peer !== undefined && Domain !== undefined)
      throw new CodedError('ParameterConflict', '-Peer and -Domain exclude each other.', {
        reason: '-Peer is about the records of somebody else, -Domain about yours',
      });
    await reported(Report, context, async (recording) => {
      const configuration = context.store.read();
      const options = { configuration, servers: Server ?? [], timeoutMs: context.timeoutMs ?? defaultTimeoutMs };
      const tests =
        Peer === undefined
          ? await testOwnRecords(ownDomains(recording, Domain), options)
          : await testPeerRecords(Peer, options);
      answer(tests, Peer, recording);
    });
  },
});

function ownDomains({ store }: CmdletContext, domain: string | undefined): readonly DomainName[] {
  return selectNamed(store.read().sipDomains, { Identity: domain }, sipDomainKind).map(({ identity }) => identity);
}

/** @throws CodedError `DnsUnanswered`, `TestFailed` */
function answer(tests: readonly DnsTest[], peer: DomainName | undefined, context: CmdletContext): void {
  for (const { Unanswered: _, ...row } of tests) context.write(row);
  const failed = tests.filter(({ Result }) => Result === 'Failure');
  const again = peer === undefined ? 'test-dnsrecord' : `test-dnsrecord -Peer ${peer}`;
  if (tests.length > 0 && tests.every(({ Unanswered }) => Unanswered))
    throw new CodedError('DnsUnanswered', 'No DNS resolver answered.', {
      reason: [...new Set(tests.map(({ Server, Detail }) => `${Server}: ${Detail}`))].join('; '),
      fix: `xgw ${again} -Server 192.0.2.53`,
    });
  if (failed.length > 0)
    throw new CodedError('TestFailed', `DNS is not as it must be: ${failed.map(({ Name }) => Name).join(', ')}.`, {
      reason: failed.map(({ Detail }) => Detail).join('; '),
      fix: peer === undefined ? 'xgw get-dnsrecord' : failed.flatMap(({ Fix }) => Fix ?? []),
      target: peer ?? failed[0]?.Domain ?? undefined,
    });
  const warnings = tests.filter(({ Result }) => Result === 'Warning').length;
  context.done(warnings === 0 ? 'everything passed.' : `nothing failed, ${warnings} warnings.`);
}
