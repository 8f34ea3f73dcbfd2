/**
 * The certs-only answer of an EST server: PKCS#7 that signs nothing, in base64, with white space or without.
 * [RFC 7030 §4.1.3, §4.2.3; RFC 8951 §3.1] Whatever else the server sends is refused.
 */
import { readBer } from '../../../certificates/ber.ts';
import { type Certificate, readCertificate } from '../../../certificates/certificate.ts';
import { readBase64 } from '../../../certificates/pem.ts';
import { certificatesInPkcs7 } from '../../../certificates/pkcs7.ts';
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import type { HttpsAnswer } from '../https-exchange.ts';

/** Certificates of one answer. Source: a root, its three key update certificates, and a few authorities below. */
const maxCertificates = 20;

/** @returns The certificates in the order of the answer, at least one; or why it is none, one clause. */
export function readCertsOnly({ headers, body }: HttpsAnswer): Result<readonly Certificate[], string> {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/pkcs7-mime') return refuse('its type is not application/pkcs7-mime');
  const der = readBase64(body.toString('latin1').replaceAll(/[\t\n\r ]/g, ''));
  if (der === undefined) return refuse('it is not base64');
  const top = readBer(der);
  const ders = top.ok ? certificatesInPkcs7(top.value) : undefined;
  if (ders === undefined) return refuse('it is not PKCS#7');
  if (ders.length === 0 || ders.length > maxCertificates)
    return refuse(`it has ${ders.length} certificates, not 1 to ${maxCertificates}`);
  return readAll(ders);
}

function readAll(ders: readonly Buffer[]): Result<readonly Certificate[], string> {
  const certificates: Certificate[] = [];
  for (const der of ders) {
    const read = readCertificate(der);
    if (!read.ok) return refuse(`a certificate in it cannot be read: ${read.error}`);
    certificates.push(read.value);
  }
  return ok(certificates);
}
