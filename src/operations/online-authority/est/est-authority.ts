/**
 * An authority that speaks EST (RFC 7030): simpleenroll for a first certificate, simplereenroll for its successor, cacerts for
 * the chain. Not done: full CMC, keys made by the server, attributes that the server would like to see, linking the request
 * to the TLS session (§3.5, which TLS 1.3 has no value for).
 */
import { createHash } from 'node:crypto';

import type { Certificate } from '../../../certificates/certificate.ts';
import { readCertificateRequest } from '../../../certificates/certificate-request.ts';
import { orderChain } from '../../../certificates/chain.ts';
import { CodedError } from '../../../primitives/errors.ts';
import type { HttpsAnswer } from '../https-exchange.ts';
import { type CertificateOrder, type OnlineAuthority, PendingAtAuthority } from '../online-authority.ts';
import { readRetryAfter } from '../retry-after.ts';
import { readCertsOnly } from './certs-only.ts';
import { type EstServer, estExchange } from './est-exchange.ts';
import { refusalOf } from './est-refusal.ts';

/** Milliseconds, for a server that does not say when to ask again although it must. [RFC 7030 §4.2.3] */
const defaultRetryMs = 3_600_000;

export function estAuthority(server: EstServer, now: () => Date): OnlineAuthority {
  return {
    async issue(order, signal) {
      // Asked first: what fails here has no certificate issued in vain. [RFC 7030 §4.2]
      const authorities = certificatesOf(await estExchange(server, { operation: 'cacerts', signal }), server);
      const answer = await estExchange(server, enrolment(order, signal));
      if (answer.status === 202) throw pending(answer, server, now());
      const leaf = issuedFor(order.csr, certificatesOf(answer, server), server);
      return orderChain(leaf, authorities).chain.map(({ der }) => der);
    },
  };
}

const enrolment = ({ csr, successorOf }: CertificateOrder, signal: AbortSignal | undefined) => ({
  operation: successorOf === undefined ? ('simpleenroll' as const) : ('simplereenroll' as const),
  csr,
  clientIdentity: successorOf,
  signal,
});

const pending = ({ headers }: HttpsAnswer, { url }: EstServer, now: Date): PendingAtAuthority =>
  new PendingAtAuthority(url.host, readRetryAfter(headers['retry-after'], now) ?? defaultRetryMs);

function certificatesOf(answer: HttpsAnswer, server: EstServer): readonly Certificate[] {
  if (answer.status !== 200) throw refusalOf(answer, server);
  const read = readCertsOnly(answer);
  if (read.ok) return read.value;
  throw unusable(server, read.error);
}

/** An answer has the issued certificate alone, or a server adds its chain. */
function issuedFor(csr: Buffer, certificates: readonly Certificate[], server: EstServer): Certificate {
  const request = readCertificateRequest(csr);
  const wanted = request.ok ? createHash('sha256').update(request.value.spki).digest() : undefined;
  const leaf = certificates.find(({ publicKeySha256 }) => wanted?.equals(publicKeySha256));
  if (leaf !== undefined) return leaf;
  throw unusable(server, 'the certificate in it is for another key than the request');
}

const unusable = ({ url }: EstServer, reason: string): CodedError =>
  new CodedError('AuthorityAnswerUnusable', `The answer of ${url.host} cannot be used.`, { reason, target: url.href });
