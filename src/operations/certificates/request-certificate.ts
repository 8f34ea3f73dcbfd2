/** A certificate request before anybody knows of it: from what the administrator wants to a plan, and from a plan to a durable key. */
import type { CertificatePlan } from '../../certificates/certificate-profile.ts';
import { serverProfile } from '../../certificates/certificate-profile.ts';
import { printGeneralName } from '../../certificates/general-name.ts';
import { type KeyKind, newKeyPair } from '../../certificates/key-pair.ts';
import { writeCertificateRequest } from '../../certificates/pkcs10.ts';
import { planSubject, printSubject, type SubjectFields } from '../../certificates/subject.ts';
import { type PlannedName, planNames } from '../../certificates/subject-alternative-name.ts';
import type { CertificateRequestRecord, CertificateUsage, Configuration } from '../../config/configuration.ts';
import { type DomainName, parseDomainName } from '../../primitives/domain-name.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { keepKey } from './keep-key.ts';

export interface RequestWanted {
  readonly usages: readonly CertificateUsage[];
  readonly friendlyName: string | undefined;
  readonly key: KeyKind;
  readonly exportable: boolean;
  readonly subject: Omit<SubjectFields, 'commonName'>;
  /** The host the certificate is for; undefined: AccessEdgeFqdn of the gateway. */
  readonly computerFqdn: DomainName | undefined;
  /** Which SIP domains get `sip.<domain>`: all, these, or (undefined) the default one. */
  readonly sipDomains: 'all' | readonly DomainName[] | undefined;
  /** Further names, as `parseCertificateName` gives them. */
  readonly domainNames: readonly string[];
  /** Whether the names that nobody asked for are added: XMPP domains, and `sip.` of the default domain. */
  readonly defaultNames: boolean;
  readonly clientEku: boolean;
  readonly xmppNames: boolean;
  readonly template: string | undefined;
}

export interface RequestPlan {
  readonly usages: readonly CertificateUsage[];
  readonly friendlyName: string;
  readonly key: KeyKind;
  readonly exportable: boolean;
  readonly certificate: CertificatePlan;
}

/** Pure: makes no key. @throws CodedError `RequestInvalid`, `DomainNotLocal` */
export function planRequest(configuration: Configuration, wanted: RequestWanted, now: Date): RequestPlan {
  const names = namesOf(configuration, wanted);
  const [first] = names;
  if (first === undefined) throw withoutNames();
  const subject = planSubject({
    ...wanted.subject,
    commonName: first.name.kind === 'dns' ? first.name.name : undefined,
  });
  if (!subject.ok)
    throw new CodedError('RequestInvalid', 'The subject cannot be requested.', {
      reason: `-${subject.error.parameter} ${subject.error.reason}`,
      fix: `xgw get-help request-certificate -Parameter ${subject.error.parameter}`,
      target: subject.error.parameter,
    });
  return {
    usages: wanted.usages,
    friendlyName: wanted.friendlyName ?? `${wanted.usages.join(' ')} ${now.toISOString().slice(0, 10)}`,
    key: wanted.key,
    exportable: wanted.exportable,
    certificate: {
      subject: subject.value,
      names,
      ...serverProfile(wanted.key.algorithm, wanted.clientEku),
      template: wanted.template,
    },
  };
}

function namesOf(configuration: Configuration, wanted: RequestWanted): readonly PlannedName[] {
  const all = Object.values(configuration.sipDomains);
  const byDefault = all.filter(({ isDefault }) => isDefault).map(({ identity }) => identity);
  // The internal edge has one name, and no partner ever sees it.
  const isForPartners = wanted.defaultNames && wanted.usages.some((usage) => usage !== 'InternalEdge');
  const everyDomain = all.map(({ identity }) => identity);
  const chosen = wanted.sipDomains ?? (isForPartners ? byDefault : []);
  return planNames({
    accessEdgeFqdn: wanted.computerFqdn ?? edgeOf(configuration),
    sipDomains: chosen === 'all' ? everyDomain : chosen.map((domain) => localOrThrow(configuration, domain)),
    xmppDomains: isForPartners ? everyDomain : [],
    extra: wanted.domainNames,
    xmppNames: wanted.xmppNames,
  });
}

function edgeOf({ gateway }: Configuration): DomainName | undefined {
  const parsed = parseDomainName(gateway.accessEdgeFqdn ?? '');
  return parsed.ok ? parsed.value : undefined;
}

function localOrThrow({ sipDomains }: Configuration, domain: DomainName): DomainName {
  if (Object.hasOwn(sipDomains, domain)) return domain;
  throw new CodedError('DomainNotLocal', `${domain} is not one of your SIP domains.`, {
    fix: [`xgw new-sipdomain ${domain}`, `xgw request-certificate -New -DomainName sip.${domain},${domain}`],
    target: domain,
  });
}

const withoutNames = (): CodedError =>
  new CodedError('RequestInvalid', 'The certificate would have no name.', {
    reason: 'no SIP domain, no AccessEdgeFqdn and no -DomainName is known',
    fix: ['xgw new-sipdomain contoso.com', 'xgw set-xmppgatewayconfiguration -AccessEdgeFqdn sip.contoso.com'],
  });

export interface MadeRequest {
  readonly record: CertificateRequestRecord;
  readonly der: Buffer;
}

/** Makes key and request, and keeps both durably in one step before anybody sees the request: one whose key is lost must be impossible. */
export async function makeRequest(
  plan: RequestPlan,
  keys: KeyStore,
  now: Date,
  keyPassphrase?: Secret,
): Promise<MadeRequest> {
  const key = await newKeyPair(plan.key);
  const der = writeCertificateRequest(plan.certificate, key);
  await keepKey(keys, key, keyPassphrase, der);
  return {
    der,
    record: { ...plannedRecord(plan, now), keyAlgorithm: key.description, publicKeySha256: key.publicKeySha256 },
  };
}

/** The record of a request that has no number and no key yet. */
export const plannedRecord = (plan: RequestPlan, now: Date): CertificateRequestRecord => ({
  requestId: 0,
  usages: plan.usages,
  friendlyName: plan.friendlyName,
  subject: printSubject(plan.certificate.subject),
  subjectAlternativeNames: plan.certificate.names.map(({ name, reason }) => ({ name: printGeneralName(name), reason })),
  keyAlgorithm: plan.key.algorithm === 'RSA' ? `RSA ${plan.key.rsaBits}` : plan.key.algorithm,
  publicKeySha256: '',
  privateKeyExportable: plan.exportable,
  created: now.toISOString(),
  status: 'Pending',
});
