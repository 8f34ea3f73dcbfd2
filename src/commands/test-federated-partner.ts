/** Test-FederatedPartner: whether the SIP servers that own the users of a domain can be reached, are who they say, and answer. */
import { testFederatedPartner } from '../operations/test-federated-partner.ts';
import { defineCmdlet, type OutputObject } from './host/cmdlet.ts';
import { domainName, mandatory, optional, text } from './host/parameters.ts';
import { failedHops } from './reports/failed-hops.ts';
import { tested, testFormats, testReport } from './reports/test-report.ts';
import { sipNextHop } from './settings/value-types.ts';

/** Milliseconds for all servers together: they are asked at the same time. Source: the cmdlet catalogue. */
const defaultTimeoutMs = 30_000;

export default defineCmdlet({
  name: 'Test-FederatedPartner',
  aliases: ['Test-CsFederatedPartner'],
  synopsis:
    'Tests the SIP side: the next hops of one of your SIP domains, each by name, connection, identity and answer.',
  description:
    'The hops are Route, Service, and for each next hop DNS, TCP, TLS and OPTIONS; what its transport does not have is left out. The running gateway asks as it asks for messages, with its own certificate. No user sees anything of it. Exit code 21 when a next hop fails. The way to an XMPP domain is tested by test-federationroute.',
  parameters: {
    TargetFqdn: optional(text, 'The gateway to test; this one.', { position: 0, aliases: ['t'] }),
    Domain: mandatory(domainName, 'One of your SIP domains.', {
      position: 1,
      pipeline: 'property',
      aliases: ['d', 'Identity'],
    }),
    ProxyFqdn: optional(sipNextHop, 'A next hop to ask in place of those of the route.', {
      aliases: ['pe'],
      defaultText: 'the next hops of the route',
    }),
    Report: testReport,
  },
  examples: [
    {
      command: 'test-federatedpartner -Domain contoso.com',
      shows: 'Whether its pool can be reached, and if not, why.',
    },
    {
      command: "test-federatedpartner -Domain contoso.com -ProxyFqdn 'fe02.contoso.com:5061;transport=tls'",
      shows: 'Whether another server could take its place.',
    },
    { command: 'get-siproute | xgw test-federatedpartner -', shows: 'All routes.' },
  ],
  output: {
    kind: 'SipTestHop',
    table: ['Order', 'Name', 'Result', 'LatencyMs', 'NextHop', 'Target', 'Detail', 'Cause'],
  },
  accepts: ['SipRoute', 'SipDomain'],
  formats: testFormats,

  async run({ TargetFqdn, Domain, ProxyFqdn, Report }, context) {
    const test = {
      storeFolder: context.store.folder,
      configuration: context.store.read(),
      domain: Domain,
      proxy: ProxyFqdn,
      timeoutMs: context.timeoutMs ?? defaultTimeoutMs,
    };
    await tested({ report: Report, caseOf }, context, async (recording) => {
      const hops = await testFederatedPartner(test);
      for (const hop of hops) recording.write(TargetFqdn === undefined ? hop : { ...hop, TargetFqdn });
      const failures = hops.filter(({ Result }) => Result === 'Failure');
      if (failures.length > 0) throw failedHops('The way to the SIP servers ends', failures);
    });
  },
});

/** Several next hops have hops of one name. */
const caseOf = ({ Order, Name, NextHop }: OutputObject) => ({
  name: [Order, Name, NextHop ?? ''].map(String).join(' ').trim(),
});
