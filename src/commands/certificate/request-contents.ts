/** A certificate request decoded: read from the request itself, whoever made it. */
import { createHash } from 'node:crypto';

import { type CertificateRequest, readCertificateRequestFile } from '../../certificates/certificate-request.ts';
import { printDistinguishedName } from '../../certificates/distinguished-name.ts';
import { printGeneralName } from '../../certificates/general-name.ts';
import { describeKey } from '../../certificates/key-pair.ts';
import { purposeName, signatureName } from '../../certificates/object-identifiers.ts';
import { requestOrThrow } from '../../operations/certificates/certificate-requests.ts';
import { CodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import { cellText } from '../host/cell-text.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

/** @throws CodedError `CertificateUnreadable` */
export function readRequestBytes(bytes: Buffer, source: string): CertificateRequest {
  const request = readCertificateRequestFile(bytes);
  if (request.ok) return request.value;
  throw new CodedError('CertificateUnreadable', `${source} is no certificate request.`, {
    reason: request.error,
    target: source,
  });
}

/** @throws CodedError `ObjectNotFound`, `FileNotFound`, `CertificateUnreadable` */
export function readKeptRequest(requestId: number, context: CmdletContext): CertificateRequest {
  const record = requestOrThrow(context.store.read(), requestId);
  const der = openKeyStore(context.store.folder).readRequest(record.publicKeySha256);
  if (der !== undefined) return readRequestBytes(der, `request ${requestId}`);
  throw new CodedError('FileNotFound', `The file of request ${requestId} is gone.`, { target: String(requestId) });
}

export const requestContents = ({ subject, extensions, publicKey, spki, ...request }: CertificateRequest) => ({
  Subject: printDistinguishedName(subject),
  SubjectAlternativeNames: extensions.subjectAlternativeNames.map(printGeneralName),
  KeyUsage: [...(extensions.keyUsage ?? [])],
  ExtendedKeyUsage: (extensions.extendedKeyUsage ?? []).map(purposeName),
  Template: extensions.templateName ?? null,
  KeyAlgorithm: describeKey(publicKey),
  SignatureAlgorithm: signatureName(request.signatureAlgorithm),
  SignatureValid: request.isSignatureValid,
  PublicKeySha256: createHash('sha256').update(spki).digest('hex'),
});

/** One line a property, for people. */
export const requestLines = (requestId: number, context: CmdletContext): readonly string[] =>
  Object.entries(requestContents(readKeptRequest(requestId, context))).flatMap(([name, value]) =>
    Array.isArray(value)
      ? value.map((item, index) => `  ${(index === 0 ? name : '').padEnd(24)} ${cellText(item)}`)
      : [`  ${name.padEnd(24)} ${cellText(value)}`],
  );
