/** Initialize-Gateway: everything a first message needs on this side, in one cmdlet that can be typed twice. */
import type { CertificateRecord } from '../config/configuration.ts';
import type { RequestPlan } from '../operations/certificates/request-certificate.ts';
import { firstCertificate, initialised, withAssigned } from '../operations/initialize-gateway.ts';
import { type DomainName, parseDomainName } from '../primitives/domain-name.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { domainName, mandatory, optional } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Initialize-Gateway',
  synopsis:
    'Sets a new gateway up: SIP domain, access edge name, open policies, and a certificate of the local test CA.',
  description:
    'AllowFederatedUsers and, in the Global policy, EnableFederationAccess and EnableXmppAccess become True. A certificate that is assigned already stays. Partners will not trust the local test CA: replace its certificate with request-certificate and import-certificate.',
  parameters: {
    SipDomain: mandatory(domainName, 'Your own domain, the part behind the @ of your users.', {
      position: 0,
      aliases: ['Identity', 'Domain'],
    }),
    AccessEdgeFqdn: optional(domainName, 'The host name that partners reach this gateway by.', {
      defaultText: 'sip.<SipDomain>',
    }),
  },
  examples: [
    { command: 'initialize-gateway contoso.com', shows: 'A gateway that is ready for its first partner.' },
    { command: 'initialize-gateway contoso.com -WhatIf', shows: 'What it would change.' },
  ],
  impact: 'Medium',
  output: { kind: 'GatewayInitialization', table: ['SipDomain', 'AccessEdgeFqdn', 'CertificateThumbprint', 'Changed'] },

  async run({ SipDomain, AccessEdgeFqdn }, context) {
    const run = { sipDomain: SipDomain, accessEdgeFqdn: AccessEdgeFqdn ?? (await askEdge(SipDomain, context)) };
    const plan = firstCertificate(context.store.read(), run, context.now());
    const issued = plan === undefined || context.whatIf ? undefined : await issue(plan, context);
    const committed = await context.commit({
      target: SipDomain,
      apply(current) {
        const next = initialised(current, run);
        return issued === undefined ? next : withAssigned(next, issued);
      },
      consequences: () =>
        plan === undefined
          ? []
          : [`a certificate of the LOCAL TEST CA for ${plan.certificate.names.length} names is issued and assigned`],
    });
    if (committed.withheld) return;
    const { gateway, revision } = committed.after;
    context.done(
      committed.changed ? `${SipDomain} is set up. Revision ${revision}.` : `${SipDomain} is set up already.`,
    );
    if (issued !== undefined) context.warn('The certificate is of the LOCAL TEST CA: partners will not trust it.');
    context.hint('xgw new-xmppfederatedpartner fabrikam.com -PartnerType Federated');
    context.hint('xgw start-service');
    if (!context.passThru) return;
    const { accessEdgeFqdn } = gateway;
    context.write({
      SipDomain,
      AccessEdgeFqdn: accessEdgeFqdn,
      CertificateThumbprint: issued?.thumbprint ?? null,
      Changed: committed.changed,
    });
  },
});

/** The first run on a terminal asks for the name that goes into the certificate; everywhere else the default counts. */
async function askEdge(sipDomain: DomainName, context: CmdletContext): Promise<DomainName | undefined> {
  if (!context.interactive || context.store.read().gateway.accessEdgeFqdn !== undefined) return undefined;
  const message = 'Host name that partners reach this gateway by (-AccessEdgeFqdn)';
  const answer = await context.ask({ message, initial: `sip.${sipDomain}`, refuse: problemOfDomain });
  const parsed = parseDomainName(answer ?? '');
  return parsed.ok ? parsed.value : undefined;
}

function problemOfDomain(text: string): string | undefined {
  const parsed = parseDomainName(text);
  return parsed.ok ? undefined : parsed.error;
}

/** Key and certificate are durable before the configuration names them. */
async function issue(plan: RequestPlan, context: CmdletContext): Promise<CertificateRecord> {
  const [{ issueLocally }, { openKeyStore }] = await Promise.all([
    import('../operations/certificates/local-ca.ts'),
    import('../store/key-store.ts'),
  ]);
  const { record } = await issueLocally(plan, openKeyStore(context.store.folder), context.now());
  return record;
}
