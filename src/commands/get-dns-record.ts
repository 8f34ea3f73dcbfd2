/** Get-DnsRecord: what DNS must say so that partners find this gateway. */
import { dnsPurposes, expectedRecords, isWanted, recordObject } from '../operations/dns/expected-records.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { sipDomainKind } from '../operations/sip-domains.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { oneOf, optional, pattern } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Get-DnsRecord',
  synopsis: 'Shows the DNS records that your domains need, so that partners find this gateway.',
  description:
    'An SRV record of each service for each SIP domain, and the address of AccessEdgeFqdn. Ports are those of the gateway; where a firewall translates them, publish the outer ones. Nothing is asked of DNS and nothing is written to it.',
  parameters: {
    Domain: optional(pattern, 'A SIP domain; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Identity'],
      wildcard: true,
      defaultText: 'all SIP domains',
    }),
    Purpose: optional(oneOf(dnsPurposes, 'DnsPurpose'), 'Only the records for this.', { defaultText: 'all' }),
  },
  examples: [
    { command: 'get-dnsrecord', shows: 'The records of all domains.' },
    { command: 'get-dnsrecord contoso.com -ExpandProperty ZoneLine', shows: 'The same as lines of a zone file.' },
  ],
  output: { kind: 'DnsRecord', table: ['Name', 'Type', 'Data', 'Purpose'] },
  accepts: ['SipDomain'],

  async run({ Domain, Purpose }, context) {
    const configuration = context.store.read();
    const selected = selectNamed(configuration.sipDomains, { Identity: Domain }, sipDomainKind);
    const domains = selected.map(({ identity }) => identity);
    for (const record of expectedRecords(configuration, domains)) {
      if (isWanted(record) && (Purpose === undefined || record.purpose === Purpose))
        context.write(recordObject(record));
    }
  },
});
