/** The certificate chain that an ACME server gives out: PEM, the certificate first, each one certified by the next. [RFC 8555 §9.1] */
import { createHash } from 'node:crypto';

import { readCertificate } from '../../../certificates/certificate.ts';
import { readCertificateRequest } from '../../../certificates/certificate-request.ts';
import { readPem } from '../../../certificates/pem.ts';
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import type { HttpsAnswer } from '../https-exchange.ts';

export const chainType = 'application/pem-certificate-chain';

/** Certificates of one chain. */
const maxCertificates = 10;

/** @param csr - What was ordered, DER. @returns DER, or one clause that says why the answer is of no use. */
export function readIssuedChain(answer: HttpsAnswer, csr: Buffer): Result<readonly Buffer[], string> {
  const type = answer.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== chainType) return refuse(`the type of the certificate is not ${chainType}`);
  const blocks = readPem(answer.body.toString('latin1'));
  if (!blocks.ok) return blocks;
  const ders = blocks.value.filter(({ label }) => label === 'CERTIFICATE').map(({ der }) => der);
  const [leaf] = ders;
  if (leaf === undefined || ders.length !== blocks.value.length || ders.length > maxCertificates)
    return refuse(`it is not 1 to ${maxCertificates} certificates`);
  const read = readCertificate(leaf);
  if (!read.ok) return refuse(`its certificate cannot be read: ${read.error}`);
  if (!read.value.publicKeySha256.equals(orderedKey(csr)))
    return refuse('the certificate in it is for another key than the request');
  return ok(ders);
}

/** SHA-256 of the public key in a request. */
function orderedKey(csr: Buffer): Buffer {
  const request = readCertificateRequest(csr);
  return createHash('sha256')
    .update(request.ok ? request.value.spki : '')
    .digest();
}
