/** Export-Certificate: a certificate with its chain as PEM, its private key when that is permitted, or the root of the test CA. */
import { printEncryptedPrivateKey, printPrivateKey } from '../certificates/key-pair.ts';
import { printCertificates } from '../certificates/pem.ts';
import type { CertificateRecord } from '../config/configuration.ts';
import { chainOf, selectCertificates } from '../operations/certificates.ts';
import { checkOutputFile, writeOutputFile } from '../operations/output-file.ts';
import { CodedError } from '../primitives/errors.ts';
import { Secret } from '../primitives/secret.ts';
import { type KeyStore, openKeyStore } from '../store/key-store.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { optional, path, switchType, text } from './host/parameters.ts';
import { certificateAuthority } from './settings/certificate-values.ts';

export default defineCmdlet({
  name: 'Export-Certificate',
  aliases: ['Export-CsCertificate', 'epcert'],
  synopsis: 'Writes a certificate and its chain as PEM.',
  parameters: {
    Thumbprint: optional(text, 'Thumbprint of the certificate.', { position: 0, pipeline: 'both' }),
    CA: optional(
      certificateAuthority,
      'In place of a certificate, the root of the local test CA, for lab peers to trust.',
    ),
    Path: optional(path, 'The file to make; without it, standard output.', { aliases: ['Output', 'OutFile'] }),
    IncludePrivateKey: optional(switchType, 'The private key too. It needs -Path and an exportable key.'),
    PasswordFile: optional(path, 'File with a passphrase that encrypts the private key.'),
  },
  examples: [
    { command: 'export-certificate -CA local -Path lab-root.pem', shows: 'What a lab peer must trust.' },
    {
      command: 'export-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2 -Path edge.pem',
      shows: 'Certificate and chain.',
    },
    {
      command:
        'export-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2 -IncludePrivateKey -PasswordFile p -Path edge-key.pem',
      shows: 'For a second gateway that has the same name.',
    },
  ],
  impact: 'Low',

  async run(values, context) {
    const keys = openKeyStore(context.store.folder);
    if (values.Path !== undefined && values.Path !== '-') checkOutputFile(values.Path, context.force);
    const withKey = values.IncludePrivateKey === true;
    if (withKey && (values.Path === undefined || values.Path === '-')) throw keyNeedsFile();
    if (values.CA === 'local') return deliver(localRoot(keys), values.Path, context);
    const record = recordOf(values.Thumbprint, context);
    const chain = printCertificates(chainOf(record, keys).map(({ der }) => der));
    if (!withKey) return deliver(chain, values.Path, context);
    const passphrase = values.PasswordFile === undefined ? undefined : await passphraseIn(values.PasswordFile, context);
    await deliver(privateKeyOf(record, keys, passphrase) + chain, values.Path, context);
  },
});

function recordOf(thumbprint: string | undefined, context: CmdletContext): CertificateRecord {
  const configuration = context.store.read();
  const [record, ...others] = selectCertificates(configuration, thumbprint);
  if (record !== undefined && others.length === 0) return record;
  throw new CodedError('MandatoryParameterMissing', 'Which certificate?', {
    reason: `-Thumbprint is missing or fits ${others.length + (record === undefined ? 0 : 1)} certificates`,
    fix: ['xgw get-certificate', 'xgw export-certificate -CA local'],
  });
}

const keyNeedsFile = (): CodedError =>
  new CodedError('ParameterConflict', 'A private key is written to a file only.', {
    reason: 'standard output ends up in logs and terminal histories; give -Path',
    fix: 'xgw get-help export-certificate',
  });

function localRoot(keys: KeyStore): string {
  const ca = keys.readLocalCa();
  if (ca !== undefined) return printCertificates([ca.certificate.der]);
  throw new CodedError('ObjectNotFound', 'There is no local test CA yet.', {
    reason: 'it is made when the first certificate is requested from it',
    fix: 'xgw request-certificate -New -Type ExternalEdge -CA local',
  });
}

function privateKeyOf(record: CertificateRecord, keys: KeyStore, passphrase: Secret | undefined): string {
  if (!record.privateKeyExportable)
    throw new CodedError('CertificateNotExportable', `The private key of ${record.thumbprint} is not exportable.`, {
      reason: 'it was requested or imported with PrivateKeyExportable false',
      fix: `xgw export-certificate ${record.thumbprint} -Path edge.pem`,
      target: record.thumbprint,
    });
  const key = keys.readKey(record.publicKeySha256);
  if (key === undefined)
    throw new CodedError('CertificateMissing', `The private key of ${record.thumbprint} is not in the store.`, {
      reason: `its file belongs in ${keys.folder}`,
      target: record.thumbprint,
    });
  return passphrase === undefined ? printPrivateKey(key).reveal() : printEncryptedPrivateKey(key, passphrase);
}

async function passphraseIn(file: string, context: CmdletContext): Promise<Secret> {
  const passphrase = (await context.readInput(file)).toString('utf8').replace(/\r?\n$/, '');
  if (passphrase !== '') return new Secret(passphrase);
  throw new CodedError('InvalidValue', `${file} is empty.`, {
    reason: 'an empty passphrase protects nothing',
    target: file,
  });
}

async function deliver(pem: string, file: string | undefined, context: CmdletContext): Promise<void> {
  if (file === undefined || file === '-') return context.writeText(pem);
  if (!(await context.shouldProcess(file, 'Write'))) return;
  writeOutputFile(file, pem, pem.includes('PRIVATE KEY') ? 0o600 : 0o644);
  context.done(`${file} written.`);
}
