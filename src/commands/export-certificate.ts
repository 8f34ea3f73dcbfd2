/** Export-Certificate: a certificate with its chain, its private key when that is permitted, or the root of the test CA. */
import { printCertificates } from '../certificates/pem.ts';
import type { CertificateRecord } from '../config/configuration.ts';
import { selectCertificates } from '../operations/certificates/certificates.ts';
import {
  exportedChain,
  exportedPem,
  exportedPfx,
  isPfxName,
  refuseNotExportable,
} from '../operations/certificates/export-certificate.ts';
import { checkOutputFile, writeOutputFile } from '../operations/output-file.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';
import { type KeyStore, openKeyStore } from '../store/key-store.ts';
import { certificateAuthority } from './certificate/certificate-values.ts';
import {
  filePasswordParameters,
  newFilePassword,
  passwordSource,
  storedKeyPassphrase,
} from './certificate/key-passwords.ts';
import { type CmdletContext, defineCmdlet, type Values } from './host/cmdlet.ts';
import { optional, path, switchType, text } from './host/parameters.ts';

const parameters = {
  Thumbprint: optional(text, 'Thumbprint of the certificate.', { position: 0, pipeline: 'both' }),
  CA: optional(
    certificateAuthority,
    'In place of a certificate, the root of the local test CA, for lab peers to trust.',
  ),
  Path: optional(
    path,
    'The file to make, PKCS#12 when it ends in .pfx or .p12, else PEM; without it, standard output.',
    {
      aliases: ['Output', 'OutFile'],
    },
  ),
  IncludePrivateKey: optional(switchType, 'The private key too. It needs -Path and an exportable key.'),
  ...filePasswordParameters,
  LegacyPfx: optional(switchType, 'PKCS#12 with 3DES and SHA-1, for Windows Server 2012 R2 and others before 2016.'),
  KeyPassphraseFile: optional(path, 'File with the passphrase of an encrypted private key in the store.', {
    defaultText: 'where the service finds it',
  }),
};

export default defineCmdlet({
  name: 'Export-Certificate',
  aliases: ['Export-CsCertificate', 'epcert'],
  synopsis: 'Writes a certificate and its chain as PEM or PKCS#12.',
  parameters,
  examples: [
    { command: 'export-certificate -CA local -Path lab-root.pem', shows: 'What a lab peer must trust.' },
    {
      command: 'export-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2 -Path edge.pem',
      shows: 'Certificate and chain.',
    },
    {
      command:
        'export-certificate 5A3F8E1B9C0D4A7766554433221100FFEEDD19C2 -IncludePrivateKey -PasswordFile p -Path edge.pfx',
      shows: 'For a second gateway that has the same name, or for a Windows server.',
    },
  ],
  impact: 'Low',

  async run(values, context) {
    if (values.Path !== undefined && values.Path !== '-') checkOutputFile(values.Path, context.force);
    const wantsPfx = values.LegacyPfx === true || isPfxName(values.Path);
    if (wantsPfx && values.IncludePrivateKey !== true) throw pfxNeedsKey(values);
    if (values.IncludePrivateKey === true) return await exportWithKey(values, wantsPfx, context);
    const keys = openKeyStore(context.store.folder);
    const chain = values.CA === 'local' ? localRoot(keys) : exportedChain(recordOf(values.Thumbprint, context), keys);
    await deliver(chain, values.Path, context);
  },
});

async function exportWithKey(
  values: Values<typeof parameters>,
  wantsPfx: boolean,
  context: CmdletContext,
): Promise<void> {
  if (values.Path === undefined || values.Path === '-' || values.CA === 'local') throw keyNeedsFile();
  const record = recordOf(values.Thumbprint, context);
  refuseNotExportable(record);
  if (!(await context.shouldProcess(values.Path, 'Write'))) return;
  const source = passwordSource(values, undefined);
  const password = await newFilePassword(source, wantsPfx, context);
  const isEncrypted = openKeyStore(context.store.folder).isKeyEncrypted(record.publicKeySha256);
  const passphrase = isEncrypted ? await storedKeyPassphrase(values.KeyPassphraseFile, context) : undefined;
  const keys = openKeyStore(context.store.folder, () => passphrase);
  const profile = values.LegacyPfx === true ? 'legacy' : 'modern';
  const file =
    wantsPfx && password !== undefined
      ? await exportedPfx(record, keys, { password, profile })
      : await exportedPem(record, keys, password);
  writeOutputFile(values.Path, file, 0o600);
  context.done(`${values.Path} written.`);
}

function recordOf(thumbprint: string | undefined, context: CmdletContext): CertificateRecord {
  const configuration = context.store.read();
  const [record, ...others] = selectCertificates(configuration, thumbprint);
  if (record !== undefined && others.length === 0) return record;
  throw new CodedError('MandatoryParameterMissing', 'Which certificate?', {
    reason: `-Thumbprint is missing or fits ${others.length + (record === undefined ? 0 : 1)} certificates`,
    fix: ['xgw get-certificate', 'xgw export-certificate -CA local'],
  });
}

const pfxNeedsKey = ({ Path, Thumbprint }: Values<typeof parameters>): CodedError =>
  new CodedError('ParameterConflict', 'A PKCS#12 file is for a private key with its certificate.', {
    reason: '-IncludePrivateKey is missing; a certificate alone travels as PEM',
    fix: `xgw export-certificate ${Thumbprint === undefined ? '' : `${Thumbprint} `}-Path ${shellWord(Path ?? 'edge.pfx')} -IncludePrivateKey -PasswordFile password.txt`,
    target: Path,
  });

const keyNeedsFile = (): CodedError =>
  new CodedError('ParameterConflict', 'A private key is written to a file only, and only that of a certificate.', {
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

async function deliver(pem: string, file: string | undefined, context: CmdletContext): Promise<void> {
  if (file === undefined || file === '-') return context.writeText(pem);
  if (!(await context.shouldProcess(file, 'Write'))) return;
  writeOutputFile(file, pem, 0o644);
  context.done(`${file} written.`);
}
