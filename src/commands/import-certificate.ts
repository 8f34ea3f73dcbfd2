/** Import-Certificate: the certificate that an authority returned, matched to its private key, and assigned when asked. */
import type { CertificateBundle } from '../certificates/certificate-bundle.ts';
import { withDueAssignments } from '../config/certificate-assignment.ts';
import { openCertificateFile } from '../operations/certificates/certificate-file.ts';
import { certificateObject } from '../operations/certificates/certificate-object.ts';
import { holdsAuthoritiesOnly } from '../operations/certificates/import-authorities.ts';
import {
  addImported,
  type ImportPlan,
  keepImported,
  keyToEncrypt,
  planImport,
} from '../operations/certificates/import-certificate.ts';
import { importWarnings } from '../operations/certificates/import-warnings.ts';
import { keepKey } from '../operations/certificates/keep-key.ts';
import { ownAnchors } from '../operations/certificates/own-anchors.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { openKeyStore } from '../store/key-store.ts';
import { checkRoll, rollParameters, warnAboutGap } from './certificate/certificate-roll.ts';
import { certificateUsage } from './certificate/certificate-values.ts';
import { importAuthorities } from './certificate/imported-authorities.ts';
import {
  filePasswordParameters,
  hintAboutPassphrase,
  keyPassphraseParameters,
  newKeyPassphrase,
  passwordSource,
} from './certificate/key-passwords.ts';
import { certificateOutput } from './get-certificate.ts';
import { type CmdletContext, type Committed, defineCmdlet, type Values } from './host/cmdlet.ts';
import { bool, listOf, mandatory, optional, path } from './host/parameters.ts';

const parameters = {
  Path: mandatory(path, 'The file; - reads standard input.', { position: 0, pipeline: 'both' }),
  Type: optional(listOf(certificateUsage), 'Assigns the certificate, at once or from -EffectiveDate on.'),
  ...rollParameters,
  Chain: optional(listOf(path), 'Further files with intermediate certificates.'),
  PrivateKeyExportable: optional(bool, 'Whether export-certificate may give the private key away.', {
    defaultText: 'as requested; true for a key that comes along',
  }),
  ...filePasswordParameters,
  ...keyPassphraseParameters,
};

export default defineCmdlet({
  name: 'Import-Certificate',
  aliases: ['Import-CsCertificate', 'ipcert'],
  synopsis: 'Takes a certificate into the store, with its chain.',
  description:
    'The file may be PEM, DER, base64, PKCS#7 (p7b) or PKCS#12 (pfx, p12): its content decides, not its name. The private key is the one that request-certificate made, or it stands in the same file. Intermediate certificates belong in the same file; the root is left out. A file of authorities only completes the chains of certificates in the store, and its roots are trusted for all partners once that is confirmed. A PKCS#12 file without a MAC is taken with -Force only.',
  parameters,
  examples: [
    { command: 'import-certificate edge.cer', shows: 'Completes the pending request that has the key.' },
    { command: 'import-certificate edge.p7b -Type ExternalEdge', shows: 'With its chain, and in use at once.' },
    {
      command: 'import-certificate fullchain-and-key.pem -Type ExternalEdge',
      shows: 'Certificate and key from elsewhere.',
    },
    {
      command:
        'import-certificate edge.cer -Chain intermediate.cer -Type ExternalEdge -Roll -EffectiveDate 2027-01-10T03:00',
      shows: 'The intermediate from a file of its own; partners see it from that time on.',
    },
    { command: 'import-certificate corporate-root.cer', shows: 'Trusts an authority, after a question.' },
    { command: 'import-certificate edge.pfx -PasswordFile password.txt', shows: 'A PFX from a Windows server.' },
  ],
  impact: 'Medium',
  output: certificateOutput,

  async run(values, context) {
    checkTimes(values);
    const bundle = await openFiles(values, context);
    if (holdsAuthoritiesOnly(bundle) && (await importAuthorities(bundle, values.Path, context))) return;
    await importOwn(bundle, values, context);
  },
});

type ImportValues = Values<typeof parameters>;

/** @throws CodedError `MandatoryParameterMissing` */
function checkTimes({ Path, Type, EffectiveDate, Roll }: ImportValues): void {
  if (Type !== undefined || (EffectiveDate === undefined && Roll !== true)) return;
  throw new CodedError('MandatoryParameterMissing', `${Roll === true ? '-Roll' : '-EffectiveDate'} needs -Type.`, {
    reason: 'only what is assigned takes over at a time',
    fix: `xgw import-certificate ${shellWord(Path)} -Type ExternalEdge${Roll === true ? ' -Roll' : ''} -EffectiveDate 2027-01-10T03:00`,
    target: 'Type',
  });
}

/** The file and those of its chain as one. Only the first may have a password. */
async function openFiles(values: ImportValues, context: CmdletContext): Promise<CertificateBundle> {
  const first = await openCertificateFile(values.Path, passwordSource(values, values.Path), context);
  const certificates = new Map(first.certificates.map((certificate) => [certificate.der.toString('hex'), certificate]));
  for (const file of values.Chain ?? []) {
    const { certificates: more } = await openCertificateFile(file, undefined, context);
    for (const certificate of more) certificates.set(certificate.der.toString('hex'), certificate);
  }
  return { ...first, certificates: [...certificates.values()] };
}

async function importOwn(bundle: CertificateBundle, values: ImportValues, context: CmdletContext): Promise<void> {
  const { Path, Type = [], EffectiveDate: from, Roll } = values;
  const keyPassphrase = await newKeyPassphrase(values, context);
  const keys = openKeyStore(context.store.folder, () => keyPassphrase);
  const configuration = context.store.read();
  const now = context.now();
  const roll = { usages: Type, from, roll: Roll === true, command: `xgw import-certificate ${shellWord(Path)}` };
  checkRoll(configuration, roll, now);
  const plan = planImport(configuration, bundle, keys, {
    usages: Type,
    exportable: values.PrivateKeyExportable,
    encryptsKey: keyPassphrase !== undefined,
    from,
    now,
  });
  warnAboutGap(configuration, roll, context);
  const anchors = ownAnchors(configuration);
  for (const warning of importWarnings(configuration, plan, anchors, now)) context.warn(warning);
  const stored = keyToEncrypt(plan, keys, keyPassphrase);
  if (!context.whatIf) await keepImported(plan, keys, keyPassphrase);
  const { thumbprint } = plan.record;
  const committed = await context.commit({ target: thumbprint, apply: (current) => addImported(current, plan) });
  if (committed.withheld) return;
  if (stored !== undefined) await keepKey(keys, stored, keyPassphrase);
  report(plan, committed, context);
}

function report(plan: ImportPlan, { before, after, changed }: Committed, context: CmdletContext): void {
  const now = context.now();
  const { certificates } = withDueAssignments(after, now);
  const record = certificates[plan.record.thumbprint] ?? plan.record;
  const { thumbprint, assignedTo, planned } = record;
  const isIdle = assignedTo.length === 0 && planned === undefined;
  const uses = [
    ...(isIdle ? ['not assigned'] : []),
    ...(assignedTo.length === 0 ? [] : [`serves ${assignedTo.join(', ')}`]),
    ...(planned === undefined ? [] : [`will serve ${planned.usages.join(', ')} from ${planned.from}`]),
  ].join(' and ');
  const how = changed ? `imported, ${uses}. Revision ${after.revision}` : `unchanged, ${uses}`;
  context.done(`certificate ${thumbprint} ${how}.`);
  if (record.keyEncrypted === true) hintAboutPassphrase(context);
  if (isIdle) context.hint(`xgw set-certificate ${thumbprint} -Type ExternalEdge`);
  const view = { now, anchors: ownAnchors(before), hasPrivateKey: true };
  context.write({ ...certificateObject(record, plan.chain, view), Changed: changed });
}
