/**
 * The request for a certificate that succeeds another: subject and alternative names are those of the certificate, octet by
 * octet, as an authority that compares them demands [RFC 7030 §4.2.2]; the key may be another one.
 */
import { strict as assert } from 'node:assert';

import type { Certificate } from './certificate.ts';
import { serverProfile } from './certificate-profile.ts';
import { readCertificateRequest } from './certificate-request.ts';
import { keyIdentifier, writeExtension, writeSigned } from './certificate-writer.ts';
import { type DerElement, readDer } from './der.ts';
import { readOid } from './der-values.ts';
import {
  bmp,
  type DerNode,
  existingDer,
  explicit,
  identifier,
  keyUsageBitString,
  octetString,
  sequence,
  set,
  smallInteger,
} from './der-writer.ts';
import { type KeyAlgorithm, type KeyKind, type KeyPair, rsaKeySizes } from './key-pair.ts';
import { oid } from './object-identifiers.ts';

/** @returns DER. */
export function writeSuccessorRequest(certificate: Certificate, key: KeyPair): Buffer {
  const attribute = sequence(identifier(oid.extensionRequest), set(sequence(...requested(certificate, key))));
  const { subject } = certificate;
  const info = sequence(smallInteger(0), existingDer(subject.raw), existingDer(key.spki), explicit(0, attribute));
  const der = writeSigned(info, key);
  const read = readCertificateRequest(der);
  assert(read.ok && read.value.isSignatureValid, 'the request does not read back');
  assert(read.value.subject.raw.equals(subject.raw), 'the subject differs from that of the certificate');
  const before = certificate.extensions.subjectAlternativeNames;
  assert.deepEqual(
    read.value.extensions.subjectAlternativeNames,
    before,
    'the names differ from those of the certificate',
  );
  return der;
}

function requested(certificate: Certificate, key: KeyPair): readonly DerNode[] {
  const { extendedKeyUsage = [oid.serverAuth], templateName } = certificate.extensions;
  const names = extensionOf(certificate, oid.subjectAlternativeName);
  const algorithm: KeyAlgorithm = key.privateKey.asymmetricKeyType === 'rsa' ? 'RSA' : 'ECDSA_P256';
  return [
    writeExtension(oid.keyUsage, true, keyUsageBitString(serverProfile(algorithm, false).keyUsage)),
    writeExtension(oid.extendedKeyUsage, false, sequence(...extendedKeyUsage.map(identifier))),
    ...(names === undefined ? [] : [existingDer(names.raw)]),
    writeExtension(oid.subjectKeyIdentifier, false, octetString(keyIdentifier(key.spki))),
    ...(templateName === undefined ? [] : [writeExtension(oid.certificateTemplateName, false, bmp(templateName))]),
  ];
}

/** `[3] EXPLICIT Extensions` of the TBSCertificate. */
const extensionsTag = 0xa3;

function extensionOf({ der }: Certificate, type: string): DerElement | undefined {
  const top = readDer(der);
  const fields = top.ok ? (top.value.children[0]?.children ?? []) : [];
  const list = fields.find(({ tag }) => tag === extensionsTag)?.children[0]?.children ?? [];
  return list.find((extension) => readOid(extension.children[0]) === type);
}

/** The kind of key that a certificate has; of a kind that is not made here: RSA, which every partner takes. */
export function keyKindOf({ x509: { publicKey } }: Certificate): KeyKind {
  const details = publicKey.asymmetricKeyDetails;
  const rsaBits = rsaKeySizes.find((size) => size === details?.modulusLength) ?? 2048;
  if (publicKey.asymmetricKeyType !== 'ec') return { algorithm: 'RSA', rsaBits };
  return { algorithm: details?.namedCurve === 'secp384r1' ? 'ECDSA_P384' : 'ECDSA_P256', rsaBits };
}
