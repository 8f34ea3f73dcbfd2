/** Export-DnsRecord: the records as text for whoever owns DNS. Nothing is written to DNS. */
import { parseHostWithPort } from '../config/network-address.ts';
import { suggestedTtl } from '../operations/dns/expected-records.ts';
import { type RecordSet, recordSets } from '../operations/dns/record-sets.ts';
import { type RecordFormat, recordFormats, recordText } from '../operations/dns/record-texts.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { checkOutputFile, writeOutputFile } from '../operations/output-file.ts';
import { sipDomainKind } from '../operations/sip-domains.ts';
import { type CmdletContext, defineCmdlet, type Values } from './host/cmdlet.ts';
import { domainName, listOf, optional, path, pattern, wholeNumber } from './host/parameters.ts';
import { dnsServer, listenAddress } from './settings/value-types.ts';

/** Seconds [RFC 2181 §8]. */
const maxTtl = 2_147_483_647;

/** Which records. */
const recordSetParameters = {
  Domain: optional(pattern, 'A SIP domain; * ? and [] select several.', {
    position: 0,
    pipeline: 'both',
    aliases: ['Identity'],
    wildcard: true,
    defaultText: 'all SIP domains',
  }),
  Address: optional(listOf(listenAddress), 'The public IPv4 and IPv6 addresses of AccessEdgeFqdn.', {
    defaultText: 'none: the address of the edge is left out',
  }),
  Zone: optional(domainName, 'The zone that all records are in.', {
    defaultText: 'of a service its domain, of the edge the SIP domain around it, else its parent',
  }),
  Ttl: optional(wholeNumber(0, maxTtl), 'Seconds for which others may keep the records.', {
    defaultText: String(suggestedTtl),
  }),
} as const;

const parameters = {
  ...recordSetParameters,
  Server: optional(dnsServer, 'The name server that nsupdate sends to.', {
    defaultText: 'the primary server that DNS names',
  }),
  Path: optional(path, 'The file to make.', { aliases: ['Output', 'OutFile'], defaultText: 'standard output' }),
};

export default defineCmdlet({
  name: 'Export-DnsRecord',
  synopsis: 'Writes the DNS records of your domains as a zone file, or for PowerShell, nsupdate or Terraform.',
  description:
    'Every form replaces what stands at its names: a record that still sends partners to the old gateway is gone with it. -OutputFormat bind, which is the default, writes lines of a zone file; powershell the commands of a Windows DNS server; nsupdate its input; terraform resources of the hashicorp/dns provider. csv, json and the other formats write the records as objects. Nothing is written to DNS.',
  parameters,
  examples: [
    { command: 'export-dnsrecord -Address 192.0.2.10', shows: 'Lines of a zone file, with the address of the edge.' },
    {
      command: 'export-dnsrecord contoso.com -OutputFormat powershell -Path records.ps1',
      shows: 'What to run on a Windows DNS server.',
    },
    {
      command: 'export-dnsrecord -OutputFormat nsupdate -Server 192.0.2.53 -Ttl 300',
      shows: 'What to give nsupdate, for records that others keep for five minutes.',
    },
    { command: 'export-dnsrecord -OutputFormat terraform -Address 192.0.2.10,2001:db8::10', shows: 'Resources.' },
    { command: 'export-dnsrecord -OutputFormat csv', shows: 'A table for a spreadsheet.' },
  ],
  output: { kind: 'DnsRecordSet', table: ['Zone', 'Name', 'Type', 'Data', 'Ttl'] },
  accepts: ['SipDomain'],
  formats: recordFormats,
  impact: 'Low',

  async run(values, context) {
    if (values.Path !== undefined && values.Path !== '-') checkOutputFile(values.Path, context.force);
    const sets = selectedSets(values, context);
    const ttl = values.Ttl ?? suggestedTtl;
    if (context.format !== 'auto' && !isRecordFormat(context.format))
      return sets.forEach(({ zone, name, type, data }) =>
        context.write({ Zone: zone, Name: name, Type: type, Data: data, Ttl: ttl }),
      );
    const format = isRecordFormat(context.format) ? context.format : 'bind';
    const text = recordText(format, sets, { ttl, server: serverOf(values.Server) });
    await deliver(text, values.Path, context);
  },
});

const isRecordFormat = (format: string): format is RecordFormat => recordFormats.some((each) => each === format);

/** @throws CodedError `AccessEdgeMissing`, `ObjectNotFound` */
function selectedSets(
  { Domain, Address = [], Zone }: Values<typeof recordSetParameters>,
  { store, warn }: CmdletContext,
): readonly RecordSet[] {
  const configuration = store.read();
  const domains = selectNamed(configuration.sipDomains, { Identity: Domain }, sipDomainKind);
  const identities = domains.map(({ identity }) => identity);
  if (Address.length === 0)
    warn(`the address of ${configuration.gateway.accessEdgeFqdn ?? 'the edge'} is left out; -Address gives it.`);
  return recordSets(configuration, identities, { addresses: Address, zone: Zone });
}

/** The form was checked when it was bound. */
function serverOf(given: string | undefined): { readonly host: string; readonly port: number } | undefined {
  const parsed = given === undefined ? undefined : parseHostWithPort(given);
  return parsed?.ok === true ? { host: parsed.value.host, port: parsed.value.port ?? 53 } : undefined;
}

async function deliver(text: string, file: string | undefined, context: CmdletContext): Promise<void> {
  if (file === undefined || file === '-') return context.writeText(text);
  if (!(await context.shouldProcess(file, 'Write'))) return;
  writeOutputFile(file, text, 0o644);
  context.done(`${file} written.`);
}
