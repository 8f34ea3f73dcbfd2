/**
 * The certificate that streams are shown, read from the store and tried before it is used: a pair that TLS would refuse is
 * reported here, by name, and not by the next stream.
 */
import { createSecureContext } from 'node:tls';

import type { Certificate } from '../../certificates/certificate.ts';
import { printPrivateKey } from '../../certificates/key-pair.ts';
import { printCertificates } from '../../certificates/pem.ts';
import type { CertificateRecord } from '../../config/configuration.ts';
import type { ServedCertificate } from '../../gateway/gateway-ports.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { KeyStore } from '../../store/key-store.ts';
import { chainOf } from './certificates.ts';

export interface ReadCertificate {
  readonly served: ServedCertificate;
  readonly leaf: Certificate;
}

/** @throws CodedError `CertificateMissing`, `KeyMismatch`, `KeyFileExposed`, `KeyFileDamaged` */
export function readServedCertificate(record: CertificateRecord, keys: KeyStore): ReadCertificate {
  const [leaf, ...issuers] = chainOf(record, keys);
  const pair = keys.readKey(record.publicKeySha256);
  if (leaf === undefined || pair === undefined) throw withoutKey(record, keys);
  // OpenSSL takes an RSA certificate beside an EC key without a word, and fails at each handshake.
  if (!leaf.x509.checkPrivateKey(pair.privateKey)) throw unusable(record, 'the key belongs to another certificate');
  const key = printPrivateKey(pair);
  const chain = printCertificates([leaf, ...issuers].map(({ der }) => der));
  try {
    createSecureContext({ key: key.reveal(), cert: chain });
  } catch (error) {
    throw unusable(record, error instanceof Error ? error.message : String(error), error);
  }
  const { thumbprint, localTestCa } = record;
  return { served: { key, chain, notAfter: leaf.notAfter, thumbprint, localTestCa }, leaf };
}

const withoutKey = ({ thumbprint, publicKeySha256 }: CertificateRecord, keys: KeyStore): CodedError =>
  new CodedError('CertificateMissing', `The private key of certificate ${thumbprint} is gone.`, {
    reason: `${publicKeySha256}.key.pem belongs in ${keys.folder}`,
    fix: ['xgw get-certificate', 'xgw test-certificateconfiguration'],
    target: thumbprint,
  });

const unusable = ({ thumbprint }: CertificateRecord, reason: string, cause?: unknown): CodedError =>
  new CodedError('KeyMismatch', `Certificate ${thumbprint} and its private key cannot be used for TLS.`, {
    reason,
    fix: ['xgw test-certificateconfiguration', 'xgw get-help import-certificate'],
    target: thumbprint,
    cause,
  });
