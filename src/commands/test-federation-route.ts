/** Test-FederationRoute: walks the way to a partner and back, and names the first hop that is broken. */
import { hopNames } from '../operations/federation-route/route-hop.ts';
import {
  localDomainFor,
  routeDomains,
  type TestHop,
  testFederationRoute,
} from '../operations/test-federation-route.ts';
import { type DomainName, parseDomainName } from '../primitives/domain-name.ts';
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, pattern, sipAddress, switchType } from './host/parameters.ts';
import { failedHops } from './reports/failed-hops.ts';
import { tested, testFormats, testReport } from './reports/test-report.ts';

/** Milliseconds for the dial, and again for the ping. Source: the cmdlet catalogue. */
const defaultTimeoutMs = 30_000;

export default defineCmdlet({
  name: 'Test-FederationRoute',
  aliases: ['Test-XmppFederatedPartner'],
  synopsis: 'Tests every hop between your users and an XMPP domain, and says what to do about the first that fails.',
  description: `The hops are ${hopNames.join(', ')}. The running gateway dials the partner anew and pings its server over the streams of both directions; no user sees anything of it. NextHop asks the SIP servers of your domain; User is there with -User, and says whether a device of that user is registered. Hops after a failure are skipped. -OutputFormat junit is for build servers. Exit code 21 when a hop fails.`,
  parameters: {
    Domain: mandatory(pattern, 'Domain to reach; * ? and [] select several partners.', {
      position: 0,
      pipeline: 'both',
      aliases: ['Identity'],
      wildcard: true,
    }),
    User: optional(sipAddress, 'One of your users, with the policy that applies.', {
      defaultText: 'your users in general',
    }),
    Offline: optional(switchType, 'Only what the store knows: settings, policy and certificate.'),
    StopAtFirstFailure: optional(
      switchType,
      'Leaves out the hops after a failure in place of listing them as skipped.',
    ),
    Report: testReport,
  },
  examples: [
    { command: 'test-federationroute fabrikam.com', shows: 'Where the way to fabrikam.com ends, and why.' },
    {
      command: 'test-federationroute fabrikam.com -User sip:alice@contoso.com -Offline',
      shows: 'Whether settings and policies would let her talk to fabrikam.com.',
    },
    { command: "test-federationroute '*' -StopAtFirstFailure -Timeout 10", shows: 'Every partner, quickly.' },
    {
      command: 'test-federationroute fabrikam.com -User sip:alice@contoso.com -Report route.html',
      shows: 'Why she cannot talk to fabrikam.com, to file away.',
    },
    { command: "test-federationroute '*' -OutputFormat junit > routes.xml", shows: 'For a build server.' },
  ],
  output: { kind: 'TestHop', table: ['Order', 'Name', 'Result', 'LatencyMs', 'Target', 'Detail', 'Cause'] },
  accepts: ['TestHop', 'XmppFederatedPartner'],
  formats: testFormats,

  async run({ Domain, User, Offline, StopAtFirstFailure, Report }, context) {
    const configuration = context.store.read();
    const common = {
      storeFolder: context.store.folder,
      configuration,
      local: localDomainFor(configuration, User),
      user: User,
      now: context.now(),
      timeoutMs: context.timeoutMs ?? defaultTimeoutMs,
    };
    const options = { offline: Offline ?? false, stopAtFirstFailure: StopAtFirstFailure ?? false };
    const failures: TestHop[] = [];
    await tested({ report: Report }, context, async (recording) => {
      for (const name of routeDomains(configuration, Domain)) {
        for await (const hop of testFederationRoute({ ...common, domain: domainOrThrow(name) }, options)) {
          recording.write(hop);
          if (hop.Result === 'Failure') failures.push(hop);
        }
      }
      if (failures.length > 0) throw failedHops('The route ends', failures);
    });
  },
});

/** A pattern reads anything; what is no pattern must be a domain. @throws CodedError `InvalidDomain` */
function domainOrThrow(text: string): DomainName {
  const domain = parseDomainName(text.trim());
  if (domain.ok) return domain.value;
  throw new CodedError('InvalidDomain', domain.error, { target: text });
}
