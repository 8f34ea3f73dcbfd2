/**
 * The certificate that answers a tls-alpn-01 challenge: self-signed, for one name, with the hash of the key authorization in a
 * critical extension. [RFC 8737 §3] It proves something to an authority and serves nothing else.
 */
import { createHash } from 'node:crypto';

import type { Certificate } from './certificate.ts';
import { writeExtension, writeName } from './certificate-writer.ts';
import { implicit, octetString, sequence } from './der-writer.ts';
import { issueCertificate } from './issued-certificate.ts';
import { type KeyPair, newKeyPair } from './key-pair.ts';
import { oid } from './object-identifiers.ts';

/** Milliseconds: a day, far more than an authority takes. */
const lifetime = 86_400_000;

export interface AcmeIdentifierCertificate {
  readonly key: KeyPair;
  readonly certificate: Certificate;
}

/** @param domain - A-labels, no wildcard. */
export async function acmeIdentifierCertificate(
  domain: string,
  keyAuthorization: string,
  now: Date,
): Promise<AcmeIdentifierCertificate> {
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  const name = writeName([{ type: oid.commonName, text: 'xgw ACME challenge' }]);
  const digest = createHash('sha256').update(keyAuthorization).digest();
  const extensions = [
    writeExtension(oid.subjectAlternativeName, false, sequence(implicit(2, Buffer.from(domain, 'ascii')))),
    writeExtension(oid.acmeIdentifier, true, octetString(digest)),
  ];
  const contents = { issuer: name, subject: name, spki: key.spki, extensions, now, lifetime };
  return { key, certificate: issueCertificate(contents, key) };
}
