/** A certificate on its way out: alone, with its private key in PEM, or both as PKCS#12. The key leaves only where that was agreed. */
import type { KeyPair } from '../../certificates/key-pair.ts';
import { printPrivateKey } from '../../certificates/key-pair.ts';
import { printCertificates } from '../../certificates/pem.ts';
import { printEncryptedPrivateKey } from '../../certificates/pkcs8.ts';
import { type PfxProfile, writePfx } from '../../certificates/pkcs12-writer.ts';
import type { CertificateRecord } from '../../config/configuration.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { chainOf } from './certificates.ts';

/** By its name: an administrator who writes `edge.pfx` wants PKCS#12. */
export const isPfxName = (file: string | undefined): boolean => /\.(?:pfx|p12)$/i.test(file ?? '');

/** Certificate and chain. @throws CodedError `CertificateMissing` */
export const exportedChain = (record: CertificateRecord, keys: KeyStore): string =>
  printCertificates(chainOf(record, keys).map(({ der }) => der));

/** Private key, then certificate and chain. @param password - Encrypts the key; undefined: it is written as it is. */
export async function exportedPem(
  record: CertificateRecord,
  keys: KeyStore,
  password: Secret | undefined,
): Promise<string> {
  const chain = exportedChain(record, keys);
  const key = exportableKey(record, keys);
  const printed = password === undefined ? printPrivateKey(key) : await printEncryptedPrivateKey(key, password);
  return printed.reveal() + chain;
}

export interface PfxWanted {
  readonly password: Secret;
  readonly profile: PfxProfile;
}

export async function exportedPfx(
  record: CertificateRecord,
  keys: KeyStore,
  { password, profile }: PfxWanted,
): Promise<Buffer> {
  const chain = chainOf(record, keys).map(({ der }) => der);
  const key = exportableKey(record, keys);
  return await writePfx({ chain, key, friendlyName: record.friendlyName, password, profile });
}

/** @throws CodedError `CertificateNotExportable` */
export function refuseNotExportable({ privateKeyExportable, thumbprint }: CertificateRecord): void {
  if (privateKeyExportable) return;
  throw new CodedError('CertificateNotExportable', `The private key of ${thumbprint} is not exportable.`, {
    reason: 'it was requested or imported with PrivateKeyExportable false',
    fix: `xgw export-certificate ${thumbprint} -Path edge.pem`,
    target: thumbprint,
  });
}

/** @throws CodedError `CertificateNotExportable`, `CertificateMissing`, `PasswordMissing`, `PasswordWrong` */
function exportableKey(record: CertificateRecord, keys: KeyStore): KeyPair {
  refuseNotExportable(record);
  const key = keys.readKey(record.publicKeySha256);
  if (key !== undefined) return key;
  throw new CodedError('CertificateMissing', `The private key of ${record.thumbprint} is not in the store.`, {
    reason: `its file belongs in ${keys.folder}`,
    fix: ['xgw get-certificate', 'xgw get-help import-certificate'],
    target: record.thumbprint,
  });
}
