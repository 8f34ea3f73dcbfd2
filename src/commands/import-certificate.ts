/** Import-Certificate: the certificate that an authority returned, matched to its private key, and assigned when asked. */
import { type CertificateBundle, readCertificateBundle } from '../certificates/certificate-bundle.ts';
import { certificateObject } from '../operations/certificates.ts';
import { addImported, importWarnings, keepImported, planImport } from '../operations/import-certificate.ts';
import { shellWord } from '../operations/named-objects.ts';
import { ownAnchors } from '../operations/own-anchors.ts';
import { CodedError } from '../primitives/errors.ts';
import { Secret } from '../primitives/secret.ts';
import { openKeyStore } from '../store/key-store.ts';
import { certificateOutput } from './get-certificate.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { bool, listOf, mandatory, optional, path } from './host/parameters.ts';
import { certificateUsage } from './settings/certificate-values.ts';

export default defineCmdlet({
  name: 'Import-Certificate',
  aliases: ['Import-CsCertificate', 'ipcert'],
  synopsis: 'Takes a certificate into the store, with its chain.',
  description:
    'The file may be PEM, DER, base64 or PKCS#7. The private key is the one that request-certificate made, or it stands in the same PEM file. Intermediate certificates belong in the same file; the root is left out.',
  parameters: {
    Path: mandatory(path, 'The file; - reads standard input.', { position: 0, pipeline: 'both' }),
    Type: optional(listOf(certificateUsage), 'Assigns the certificate at once.'),
    PrivateKeyExportable: optional(bool, 'Whether export-certificate may give the private key away.', {
      defaultText: 'as requested; true for a key that comes along',
    }),
    PasswordFile: optional(path, 'File with the passphrase of an encrypted private key.'),
  },
  examples: [
    { command: 'import-certificate edge.cer', shows: 'Completes the pending request that has the key.' },
    { command: 'import-certificate edge.p7b -Type ExternalEdge', shows: 'With its chain, and in use at once.' },
    {
      command: 'import-certificate fullchain-and-key.pem -Type ExternalEdge',
      shows: 'Certificate and key from elsewhere.',
    },
  ],
  impact: 'Medium',
  output: certificateOutput,

  async run({ Path, Type, PrivateKeyExportable, PasswordFile }, context) {
    const bundle = await readBundle(Path, PasswordFile, context);
    const keys = openKeyStore(context.store.folder);
    const configuration = context.store.read();
    const now = context.now();
    const plan = planImport(configuration, bundle, keys, {
      usages: Type ?? [],
      exportable: PrivateKeyExportable,
      now,
    });
    const anchors = ownAnchors(configuration);
    for (const warning of importWarnings(configuration, plan, anchors, now)) context.warn(warning);
    if (!context.whatIf) keepImported(plan, keys);
    const { thumbprint } = plan.record;
    const committed = await context.commit({ target: thumbprint, apply: (current) => addImported(current, plan) });
    if (committed.withheld) return;
    const record = committed.after.certificates[thumbprint] ?? plan.record;
    const use = record.assignedTo.length === 0 ? 'not assigned' : `serves ${record.assignedTo.join(', ')}`;
    const how = committed.changed ? `imported, ${use}. Revision ${committed.after.revision}` : `unchanged, ${use}`;
    context.done(`certificate ${thumbprint} ${how}.`);
    if (record.assignedTo.length === 0) context.hint(`xgw set-certificate ${thumbprint} -Type ExternalEdge`);
    const view = { now, anchors, hasPrivateKey: true };
    context.write({ ...certificateObject(record, plan.chain, view), Changed: committed.changed });
  },
});

async function readBundle(
  file: string,
  passwordFile: string | undefined,
  context: CmdletContext,
): Promise<CertificateBundle> {
  // Editors end the last line; the line end is no part of the passphrase.
  const passphrase =
    passwordFile === undefined
      ? undefined
      : new Secret((await context.readInput(passwordFile)).toString('utf8').replace(/\r?\n$/, ''));
  const bundle = readCertificateBundle(await context.readInput(file), passphrase);
  if (bundle.ok) return bundle.value;
  throw new CodedError('CertificateUnreadable', `${file} cannot be imported.`, {
    reason: bundle.error,
    fix: `openssl x509 -in ${shellWord(file)} -noout -text`,
    target: file,
  });
}
