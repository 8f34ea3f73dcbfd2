/** The -New set of Request-Certificate: its parameters, and the way from them to a request file or a local certificate. */
import { printCertificateRequest, requestFormats } from '../../certificates/pkcs10.ts';
import { certificateObject } from '../../operations/certificates/certificate-object.ts';
import { refuseSecondRequest, requestObject } from '../../operations/certificates/certificate-requests.ts';
import { assignCertificate, withCertificate } from '../../operations/certificates/certificates.ts';
import { issueLocally } from '../../operations/certificates/local-ca.ts';
import { plannedRecord, planRequest, type RequestPlan } from '../../operations/certificates/request-certificate.ts';
import { checkOutputFile, writeOutputFile } from '../../operations/output-file.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { BoundValues } from '../host/binding.ts';
import type { CmdletContext, Values } from '../host/cmdlet.ts';
import { bool, domainName, listOf, oneOf, optional, path, switchType, text, textUpTo } from '../host/parameters.ts';
import { checkProvable } from './acme-parameters.ts';
import { certificateName, certificateUsage, keyAlgorithm, onlineAuthority, rsaKeySize } from './certificate-values.ts';
import { commitRequest } from './commit-request.ts';
import { hintAboutPassphrase, keyPassphraseParameters, newKeyPassphrase } from './key-passwords.ts';
import { offlineInstructions } from './offline-instructions.ts';
import { onlineParameters, refuseOnlineParameters, renewalOf, requestOnline } from './online-request.ts';

export const newRequestParameters = {
  Type: optional(listOf(certificateUsage), "What the certificate is for. Lync's names are taken too.", {
    defaultText: 'ExternalEdge',
  }),
  Output: optional(path, 'The request file to make; - is standard output. Not with -CA.', { aliases: ['OutFile'] }),
  FriendlyName: optional(textUpTo(256), 'What you call it.', { defaultText: 'type and date' }),
  KeySize: optional(rsaKeySize, 'Bits of an RSA key.', { defaultText: '2048' }),
  KeyAlg: optional(keyAlgorithm, 'Kind of the key.', { defaultText: 'RSA' }),
  PrivateKeyExportable: optional(bool, 'Whether export-certificate may give the private key away.', {
    defaultText: 'true',
  }),
  Organization: optional(text, 'Organization in the subject.'),
  OU: optional(text, 'Organizational unit. Public authorities leave it out.'),
  City: optional(text, 'City in the subject.'),
  State: optional(text, 'State or province in the subject.'),
  Country: optional(text, 'Country in the subject, two letters.'),
  ComputerFqdn: optional(domainName, 'Host that the certificate is for.', { defaultText: 'AccessEdgeFqdn' }),
  AllSipDomain: optional(switchType, 'Adds sip.<domain> for every SIP domain, not only for the default one.'),
  SipDomain: optional(listOf(domainName), 'Adds sip.<domain> for these SIP domains.'),
  DomainName: optional(listOf(certificateName), 'Further names.'),
  NoDefaultSan: optional(switchType, 'Leaves out the names that are added without being asked for.'),
  ClientEKU: optional(bool, 'Asks for client authentication too. Public authorities refuse it.', {
    defaultText: 'false',
  }),
  XmppSan: optional(switchType, 'Adds SRVName and XmppAddr, which private authorities can certify.'),
  ...keyPassphraseParameters,
  Template: optional(textUpTo(64), 'Template of a Windows authority, such as WebServer.'),
  Format: optional(oneOf(requestFormats, 'RequestFormat'), 'Form of the request file. new is the form of certreq.', {
    defaultText: 'new',
  }),
  CA: optional(
    onlineAuthority,
    'Who signs at once: local, the test CA of this store; acme:<directory URL>; est:<URL>. The certificate is assigned. With acme: you agree to the terms of service of the authority, whose address is shown when the account is made.',
  ),
  ...onlineParameters,
};

type NewRequest = Values<typeof newRequestParameters>;

export async function newCertificateRequest(wanted: NewRequest, context: CmdletContext): Promise<void> {
  const configuration = context.store.read();
  // What was not said comes before what is wrong with the rest.
  const output = wanted.CA === undefined ? outputOf(wanted) : noOutput(wanted.CA, wanted);
  if (wanted.CA === undefined || wanted.CA === 'local') refuseOnlineParameters(wanted.CA, wanted);
  const plan = planOf(wanted, context);
  warnAboutNames(plan, context);
  const keyPassphrase = await newKeyPassphrase(wanted, context);
  if (wanted.CA === 'local') return await issueAtOnce(plan, keyPassphrase, context);
  refuseSecondRequest(configuration, plan.friendlyName, context.force);
  if (wanted.CA !== undefined) {
    const renewal = renewalOf(wanted.CA, wanted);
    checkProvable(renewal, plan, context);
    if (context.whatIf) return await preview(plan, onlineAction(wanted.CA), context);
    return await requestOnline({ plan, renewal, keyPassphrase }, context);
  }
  if (output !== '-') checkOutputFile(output, context.force);
  if (context.whatIf) return await preview(plan, 'Make a private key and a certificate request', context);
  await requestFromAuthority(plan, { output, format: wanted.Format ?? 'new', keyPassphrase }, context);
}

/** The names that a request of these values would ask for, each with its reason. @throws CodedError `RequestInvalid`, `DomainNotLocal` */
export const certificateNames = (values: BoundValues, context: CmdletContext) =>
  plannedRecord(planOf(values as NewRequest, context), context.now()).subjectAlternativeNames;

function planOf(wanted: NewRequest, context: CmdletContext): RequestPlan {
  const { Organization, OU, City, State, Country } = wanted;
  const request = {
    usages: wanted.Type ?? ['ExternalEdge' as const],
    friendlyName: wanted.FriendlyName,
    key: { algorithm: wanted.KeyAlg ?? 'RSA', rsaBits: wanted.KeySize ?? 2048 } as const,
    exportable: wanted.PrivateKeyExportable ?? true,
    subject: { country: Country, state: State, city: City, organization: Organization, organizationalUnit: OU },
    computerFqdn: wanted.ComputerFqdn,
    sipDomains: wanted.AllSipDomain === true ? ('all' as const) : wanted.SipDomain,
    domainNames: wanted.DomainName ?? [],
    defaultNames: wanted.NoDefaultSan !== true,
    clientEku: wanted.ClientEKU ?? false,
    xmppNames: wanted.XmppSan === true,
    template: wanted.Template,
  };
  return planRequest(context.store.read(), request, context.now());
}

function warnAboutNames({ certificate }: RequestPlan, context: CmdletContext): void {
  const wildcards = certificate.names.flatMap(({ name }) =>
    name.kind === 'dns' && name.name.startsWith('*.') ? [name.name] : [],
  );
  for (const name of wildcards)
    context.warn(
      `${name} covers neither ${name.slice(2)} itself nor two levels below it, and Lync does not take wildcards.`,
    );
}

function noOutput(authority: string, { Output }: NewRequest): string {
  if (Output === undefined) return '-';
  throw new CodedError('ParameterConflict', '-Output and -CA do not go together.', {
    reason: `${authority} issues at once, there is no request file to send`,
    fix: [
      `xgw request-certificate -New -CA ${shellWord(authority)}`,
      `xgw request-certificate -New -Output ${shellWord(Output)}`,
    ],
  });
}

function outputOf({ Output, Format }: NewRequest): string {
  if (Output === undefined)
    throw new CodedError('MandatoryParameterMissing', 'Where is the request to go?', {
      reason: 'neither -Output nor -CA was given',
      fix: ['xgw request-certificate -New -Output edge.csr', 'xgw request-certificate -New -CA local'],
    });
  if (Output === '-' && Format === 'der')
    throw new CodedError('ParameterConflict', 'DER is not text.', {
      reason: '-Format der needs a file',
      fix: 'xgw request-certificate -New -Format der -Output edge.csr',
    });
  return Output;
}

/** Who types -CA acme: agrees; nobody is asked again. [RFC 8555 §7.3] */
const onlineAction = (authority: string): string =>
  `Request a certificate from ${authority}${authority.startsWith('acme:') ? ', agree to its terms of service for a new account,' : ''} and assign it`;

/** Shows subject and names; makes nothing. */
async function preview(plan: RequestPlan, action: string, context: CmdletContext): Promise<void> {
  await context.shouldProcess(plan.friendlyName, action);
  context.write(requestObject(plannedRecord(plan, context.now())));
}

interface RequestFile {
  readonly output: string;
  readonly format: (typeof requestFormats)[number];
  readonly keyPassphrase: Secret | undefined;
}

async function requestFromAuthority(
  plan: RequestPlan,
  { output, format, keyPassphrase }: RequestFile,
  context: CmdletContext,
): Promise<void> {
  context.verbose(`Making a private key, ${plannedRecord(plan, context.now()).keyAlgorithm}.`);
  const made = await commitRequest({ plan, keyPassphrase }, context);
  if (made === undefined) return;
  const { request, der, revision } = made;
  const file = printCertificateRequest(der, format);
  if (output === '-') context.writeText(file.toString());
  else writeOutputFile(output, file, 0o644);
  context.verbose(`${file.length} bytes written to ${output === '-' ? 'standard output' : output}, format ${format}.`);
  context.done(`request ${request.requestId} made. The private key is in the store. Revision ${revision}.`);
  if (keyPassphrase !== undefined) hintAboutPassphrase(context);
  const { usages, certificate } = plan;
  for (const line of offlineInstructions({ output, template: certificate.template, usages })) context.hint(line);
  // Where the request itself goes to standard output, an object beside it would spoil both.
  if (output !== '-') context.write(requestObject(request, output));
}

async function issueAtOnce(
  plan: RequestPlan,
  keyPassphrase: Secret | undefined,
  context: CmdletContext,
): Promise<void> {
  if (context.whatIf) return await preview(plan, 'Issue a certificate of the LOCAL TEST CA and assign it', context);
  const keys = openKeyStore(context.store.folder);
  const now = context.now();
  context.verbose(
    `Making a private key, ${plannedRecord(plan, now).keyAlgorithm}, and signing with the LOCAL TEST CA.`,
  );
  const { record, certificate } = await issueLocally(plan, keys, now, keyPassphrase);
  const { thumbprint } = record;
  const committed = await context.commit({
    target: thumbprint,
    apply: (current) => assignCertificate(withCertificate(current, record), thumbprint, plan.usages, { now }),
  });
  if (committed.withheld) return keys.discardKey(record.publicKeySha256);
  context.warn('The certificate is of the LOCAL TEST CA: partners will not trust it unless they import its root.');
  context.done(`certificate ${thumbprint} issued and assigned. Revision ${committed.after.revision}.`);
  if (keyPassphrase !== undefined) hintAboutPassphrase(context);
  context.hint('xgw export-certificate -CA local -Path lab-root.pem');
  const kept = committed.after.certificates[thumbprint] ?? record;
  const object = certificateObject(kept, [certificate], { now, anchors: [], hasPrivateKey: true });
  context.write({ ...object, Changed: committed.changed, Kind: 'Certificate' });
}
