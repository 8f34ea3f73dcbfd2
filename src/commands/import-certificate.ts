/** Import-Certificate: the certificate that an authority returned, matched to its private key, and assigned when asked. */
import { openCertificateFile } from '../operations/certificate-file.ts';
import { certificateObject } from '../operations/certificates.ts';
import {
  addImported,
  importWarnings,
  keepImported,
  keyToEncrypt,
  planImport,
} from '../operations/import-certificate.ts';
import { keepKey } from '../operations/keep-key.ts';
import { ownAnchors } from '../operations/own-anchors.ts';
import { openKeyStore } from '../store/key-store.ts';
import { certificateOutput } from './get-certificate.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { bool, listOf, mandatory, optional, path } from './host/parameters.ts';
import { certificateUsage } from './settings/certificate-values.ts';
import {
  filePasswordParameters,
  givenKeyPassphrase,
  hintAboutPassphrase,
  keyPassphraseFile,
  passwordSource,
} from './settings/key-passwords.ts';

export default defineCmdlet({
  name: 'Import-Certificate',
  aliases: ['Import-CsCertificate', 'ipcert'],
  synopsis: 'Takes a certificate into the store, with its chain.',
  description:
    'The file may be PEM, DER, base64, PKCS#7 (p7b) or PKCS#12 (pfx, p12): its content decides, not its name. The private key is the one that request-certificate made, or it stands in the same file. Intermediate certificates belong in the same file; the root is left out. A PKCS#12 file without a MAC is taken with -Force only.',
  parameters: {
    Path: mandatory(path, 'The file; - reads standard input.', { position: 0, pipeline: 'both' }),
    Type: optional(listOf(certificateUsage), 'Assigns the certificate at once.'),
    PrivateKeyExportable: optional(bool, 'Whether export-certificate may give the private key away.', {
      defaultText: 'as requested; true for a key that comes along',
    }),
    ...filePasswordParameters,
    KeyPassphraseFile: keyPassphraseFile,
  },
  examples: [
    { command: 'import-certificate edge.cer', shows: 'Completes the pending request that has the key.' },
    { command: 'import-certificate edge.p7b -Type ExternalEdge', shows: 'With its chain, and in use at once.' },
    {
      command: 'import-certificate fullchain-and-key.pem -Type ExternalEdge',
      shows: 'Certificate and key from elsewhere.',
    },
    { command: 'import-certificate edge.pfx -PasswordFile password.txt', shows: 'A PFX from a Windows server.' },
  ],
  impact: 'Medium',
  output: certificateOutput,

  async run({ Path, Type, PrivateKeyExportable, KeyPassphraseFile, ...password }, context) {
    const bundle = await openCertificateFile(Path, passwordSource(password, Path), context);
    const keyPassphrase = await givenKeyPassphrase(KeyPassphraseFile, context);
    const keys = openKeyStore(context.store.folder, () => keyPassphrase);
    const configuration = context.store.read();
    const now = context.now();
    const plan = planImport(configuration, bundle, keys, {
      usages: Type ?? [],
      exportable: PrivateKeyExportable,
      encryptsKey: keyPassphrase !== undefined,
      now,
    });
    const anchors = ownAnchors(configuration);
    for (const warning of importWarnings(configuration, plan, anchors, now)) context.warn(warning);
    const stored = keyToEncrypt(plan, keys, keyPassphrase);
    if (!context.whatIf) await keepImported(plan, keys, keyPassphrase);
    const { thumbprint } = plan.record;
    const committed = await context.commit({ target: thumbprint, apply: (current) => addImported(current, plan) });
    if (committed.withheld) return;
    if (stored !== undefined) await keepKey(keys, stored, keyPassphrase);
    const record = committed.after.certificates[thumbprint] ?? plan.record;
    const use = record.assignedTo.length === 0 ? 'not assigned' : `serves ${record.assignedTo.join(', ')}`;
    const how = committed.changed ? `imported, ${use}. Revision ${committed.after.revision}` : `unchanged, ${use}`;
    context.done(`certificate ${thumbprint} ${how}.`);
    if (record.keyEncrypted === true) hintAboutPassphrase(context);
    if (record.assignedTo.length === 0) context.hint(`xgw set-certificate ${thumbprint} -Type ExternalEdge`);
    const view = { now, anchors, hasPrivateKey: true };
    context.write({ ...certificateObject(record, plan.chain, view), Changed: committed.changed });
  },
});
