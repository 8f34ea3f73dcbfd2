/** The first run in one step: a SIP domain, the name of the edge, and the three switches that XMPP federation needs. */
import { servingCertificate } from '../config/certificate-assignment.ts';
import type { CertificateRecord, Configuration } from '../config/configuration.ts';
import type { DomainName } from '../primitives/domain-name.ts';
import { setAccessEdge } from './access-edge.ts';
import { assignCertificate, withCertificate } from './certificates/certificates.ts';
import { planRequest, type RequestPlan } from './certificates/request-certificate.ts';
import { setPolicy } from './external-access-policies.ts';
import { setGateway } from './gateway-settings.ts';
import { newSipDomain } from './sip-domains.ts';

export interface FirstRun {
  readonly sipDomain: DomainName;
  /** Absent: what is configured already, else `sip.<domain>`. */
  readonly accessEdgeFqdn: DomainName | undefined;
}

/** Pure, and the same when it is done twice. @throws CodedError `DomainBelongsToPartner` */
export function initialised(configuration: Configuration, { sipDomain, accessEdgeFqdn }: FirstRun): Configuration {
  const edge = accessEdgeFqdn ?? configuration.gateway.accessEdgeFqdn ?? `sip.${sipDomain}`;
  const withDomain = newSipDomain(configuration, { identity: sipDomain, isDefault: false }, 'leave');
  const withEdge = setGateway(withDomain, (gateway) => ({ ...gateway, accessEdgeFqdn: edge }));
  const open = setPolicy(withEdge, 'Global', (policy) => ({
    ...policy,
    enableFederationAccess: true,
    enableXmppAccess: true,
  }));
  return setAccessEdge(open, { ...open.accessEdge, allowFederatedUsers: true });
}

/** The certificate that a first run needs; nothing when one is assigned already. */
export function firstCertificate(configuration: Configuration, run: FirstRun, now: Date): RequestPlan | undefined {
  if (servingCertificate(configuration, now) !== undefined) return undefined;
  const wanted = {
    usages: ['ExternalEdge' as const],
    friendlyName: undefined,
    key: { algorithm: 'RSA', rsaBits: 2048 } as const,
    exportable: true,
    subject: {},
    computerFqdn: undefined,
    sipDomains: 'all' as const,
    domainNames: [],
    defaultNames: true,
    clientEku: false,
    xmppNames: false,
    template: undefined,
  };
  return planRequest(initialised(configuration, run), wanted, now);
}

/** Pure: the certificate serves partners and SIP clients from now on. */
export const withAssigned = (configuration: Configuration, record: CertificateRecord): Configuration =>
  assignCertificate(withCertificate(configuration, record), record.thumbprint, ['ExternalEdge']);
