/** Publish-DnsRecord: the records of your domains written to their name server, signed; or taken away again. */
import { suggestedTtl } from '../operations/dns/expected-records.ts';
import { type ChangeRequest, performChanges, plannedChanges } from '../operations/dns/publish-records.ts';
import { recordSets } from '../operations/dns/record-sets.ts';
import { isChanged, type SetChange } from '../operations/dns/update-message.ts';
import { selectNamed } from '../operations/named-objects.ts';
import { sipDomainKind } from '../operations/sip-domains.ts';
import { type CmdletContext, defineCmdlet, type Values } from './host/cmdlet.ts';
import { domainName, listOf, mandatory, optional, path, pattern, switchType, wholeNumber } from './host/parameters.ts';
import { dnsTarget } from './settings/dns-target.ts';
import { listenAddress, nameServer } from './settings/value-types.ts';

/** Seconds [RFC 2181 §8]. */
const maxTtl = 2_147_483_647;

const parameters = {
  Domain: optional(pattern, 'A SIP domain; * ? and [] select several.', {
    position: 0,
    pipeline: 'both',
    aliases: ['Identity'],
    wildcard: true,
    defaultText: 'all SIP domains',
  }),
  Server: mandatory(nameServer, 'The primary name server of the zone.'),
  TsigKeyFile: mandatory(path, 'The key that the server knows, as tsig-keygen writes it; nobody else may read it.'),
  Address: optional(listOf(listenAddress), 'The public IPv4 and IPv6 addresses of AccessEdgeFqdn.', {
    defaultText: 'none: the address of the edge is left as it is',
  }),
  Zone: optional(domainName, 'The zone that all records are in.', {
    defaultText: 'for each record the one that the server names',
  }),
  Ttl: optional(wholeNumber(0, maxTtl), 'Seconds for which others may keep what is added.', {
    defaultText: String(suggestedTtl),
  }),
  Remove: optional(switchType, 'Takes exactly these records away, and no others.'),
};

export default defineCmdlet({
  name: 'Publish-DnsRecord',
  synopsis: 'Writes the DNS records of your domains to their name server, by a signed update (RFC 2136).',
  description:
    'What is there is read and shown first, and the server makes the change only if it is still so. Records that point elsewhere are a conflict; -Force replaces them. The objects say what was there in Before. A zone changes whole or not at all; afterwards the server is asked whether it is so. A record that is right already keeps its TTL. -Remove goes back: it takes away what this gateway published.',
  parameters,
  examples: [
    {
      command: 'publish-dnsrecord -Server 192.0.2.53 -TsigKeyFile ns.key -WhatIf',
      shows: 'What would change in DNS. Nothing is written.',
    },
    {
      command:
        'publish-dnsrecord contoso.com -Server 192.0.2.53 -TsigKeyFile ns.key -Address 192.0.2.10 -Ttl 300 -Confirm:false',
      shows: 'The records of one domain and the address of the edge, without a question.',
    },
    {
      command: 'publish-dnsrecord contoso.com -Server 192.0.2.53 -TsigKeyFile ns.key -Remove -Confirm:false',
      shows: 'The way back.',
    },
  ],
  output: { kind: 'PublishedDnsRecord', table: ['Action', 'Name', 'Type', 'Before', 'After', 'Zone'] },
  accepts: ['SipDomain'],
  impact: 'High',

  async run(values, context) {
    const { Server, TsigKeyFile, Ttl = suggestedTtl } = values;
    const target = await dnsTarget({ server: Server, keyFile: TsigKeyFile, ttl: Ttl }, context);
    const changes = await plannedChanges(requestOf(values, context), target);
    const different = changes.filter(isChanged);
    if (different.length > 0) {
      const whole = different.map(described).join('; ');
      if (!(await context.shouldProcess(whole, `Update DNS at ${values.Server}`))) return;
    }
    await performChanges(changes, target, (done) =>
      done.forEach((change) => context.write(changeObject(change, values.Server))),
    );
    context.done(different.length === 0 ? 'DNS is so already.' : `${different.length} sets of records changed.`);
    context.hint('xgw test-dnsrecord');
  },
});

/** @throws CodedError `AccessEdgeMissing`, `ObjectNotFound`, `InvalidValue` */
function requestOf(
  { Domain, Address = [], Zone, Remove }: Values<typeof parameters>,
  { store, force }: CmdletContext,
): ChangeRequest {
  const configuration = store.read();
  const domains = selectNamed(configuration.sipDomains, { Identity: Domain }, sipDomainKind);
  const identities = domains.map(({ identity }) => identity);
  const sets = recordSets(configuration, identities, { addresses: Address, zone: Zone });
  return { sets, act: Remove === true ? 'Remove' : 'Publish', hasZone: Zone !== undefined, force };
}

const listed = (data: readonly string[]): string => (data.length === 0 ? 'nothing' : data.join(', '));

const described = ({ name, type, before, data }: SetChange): string =>
  `${name} ${type}: ${listed(before)} -> ${listed(data)}`;

const changeObject = (change: SetChange, server: string) => ({
  Action: actionOf(change),
  Zone: change.zone,
  Name: change.name,
  Type: change.type,
  Before: change.before,
  After: change.data,
  Server: server,
  Changed: isChanged(change),
});

function actionOf(change: SetChange): 'None' | 'Added' | 'Removed' | 'Replaced' {
  if (!isChanged(change)) return 'None';
  if (change.before.length === 0) return 'Added';
  return change.data.length === 0 ? 'Removed' : 'Replaced';
}
