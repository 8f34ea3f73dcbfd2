/**
 * The certificate that the next hops are shown, as a pool of Lync or Skype for Business Server looks at it: the name in the
 * subject, no wildcard, both purposes. Only the certificate is read, never its key.
 */
import type { Certificate } from '../../certificates/certificate.ts';
import { commonNameOf } from '../../certificates/distinguished-name.ts';
import { oid } from '../../certificates/object-identifiers.ts';
import { certificateInForce } from '../../config/certificate-assignment.ts';
import type { CertificateRecord, CertificateUsage, Configuration } from '../../config/configuration.ts';
import { parseDomainName } from '../../primitives/domain-name.ts';
import { CodedError } from '../../primitives/errors.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { readChainOf } from '../certificates/certificates.ts';
import { namesDomain, sipUsages } from '../certificates/shown-certificates.ts';

export interface HopCertificate {
  readonly record: CertificateRecord;
  readonly leaf: Certificate;
}

/** The first, in the order of the usages, that names AccessEdgeFqdn; where none does, the first. */
export function hopCertificate(configuration: Configuration, keys: KeyStore, now: Date): HopCertificate | undefined {
  const host = configuration.gateway.accessEdgeFqdn;
  const all = sipUsages(configuration).flatMap((usage): readonly HopCertificate[] => {
    const record = certificateInForce(configuration, usage, now);
    const leaf = record === undefined ? undefined : readChainOf(record, keys).chain[0];
    return record === undefined || leaf === undefined ? [] : [{ record, leaf }];
  });
  return all.find(({ leaf }) => host !== undefined && namesDomain(leaf, host)) ?? all[0];
}

/**
 * The name by which the next hops know this gateway: AccessEdgeFqdn where the certificate has it, else the host that the
 * certificate names. The name of a SIP domain is none: it means the domain's own servers.
 *
 * @throws CodedError `AccessEdgeMissing`
 */
export function ownFqdn({ gateway, sipDomains }: Configuration, shown: HopCertificate | undefined): string {
  const edge = gateway.accessEdgeFqdn;
  if (edge !== undefined && (shown === undefined || namesDomain(shown.leaf, edge))) return edge;
  const names = shown === undefined ? [] : namesOf(shown.leaf).flatMap(asDomain);
  const host = names.find((name) => !Object.hasOwn(sipDomains, name)) ?? edge;
  if (host !== undefined) return host;
  throw new CodedError('AccessEdgeMissing', 'AccessEdgeFqdn is not set.', {
    reason: 'the SIP servers must know the name of this gateway, and no certificate has one',
    fix: 'xgw set-xmppgatewayconfiguration -AccessEdgeFqdn sip.contoso.com',
  });
}

/** Subject first. */
function namesOf({ subject, extensions }: Certificate): readonly string[] {
  const dns = extensions.subjectAlternativeNames.flatMap((name) => (name.kind === 'dns' ? [name.name] : []));
  return [commonNameOf(subject) ?? '', ...dns];
}

const asDomain = (name: string): readonly string[] => {
  const parsed = parseDomainName(name);
  return parsed.ok ? [parsed.value] : [];
};

const isSame = (left: string | undefined, right: string): boolean => left?.toLowerCase() === right;

/**
 * What such a pool would refuse, one sentence each, with what to type.
 *
 * @param usage - What a certificate must be assigned to, to be shown in the place of this one.
 */
export function certificateDoubts(
  shown: HopCertificate | undefined,
  { fqdn, usage }: { readonly fqdn: string; readonly usage: CertificateUsage },
): readonly string[] {
  const request = `xgw request-certificate -New -Type ${usage} -ComputerFqdn ${fqdn} -ClientEKU true -Output internal.csr`;
  if (shown === undefined) return [`No certificate is assigned, so there is no TLS: ${request}`];
  const { leaf, record } = shown;
  const subject = commonNameOf(leaf.subject);
  const wildcard = namesOf(leaf).find((name) => name.startsWith('*.'));
  const { extendedKeyUsage } = leaf.extensions;
  const called = `The certificate ${record.thumbprint}`;
  return [
    ...(isSame(subject, fqdn)
      ? []
      : [
          `${called} has the subject ${visibleText(subject ?? '')}, and a pool takes the name of a peer from there: ${request}`,
        ]),
    ...(wildcard === undefined
      ? []
      : [`${called} has the wildcard ${visibleText(wildcard)}, which a pool does not take: ${request}`]),
    ...(extendedKeyUsage === undefined || extendedKeyUsage.includes(oid.clientAuth)
      ? []
      : [`${called} is not for client authentication, and a pool asks for both purposes: ${request}`]),
    ...(record.localTestCa
      ? [`${called} is from the local test CA, whose root the pool must trust: xgw export-certificate -CA local`]
      : []),
  ];
}
