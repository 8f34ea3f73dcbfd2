/** What the partners of live streams showed in their handshakes: every certificate of each chain, and what the leaf is worth. */

import { createHash } from 'node:crypto';
import { type Certificate, readCertificate } from '../../certificates/certificate.ts';
import { printDistinguishedName } from '../../certificates/distinguished-name.ts';
import { printGeneralName } from '../../certificates/general-name.ts';
import { purposeName } from '../../certificates/object-identifiers.ts';
import { CodedError } from '../../primitives/errors.ts';
import { askGateway } from '../service/ask-gateway.ts';
import type { ShownChain } from '../service/gateway-control.ts';
import { isPattern, wildcard } from '../wildcard.ts';
import { thumbprintOf } from './certificates.ts';

/** One chain that a domain shows, on all the streams where it does. */
export interface PeerChain extends Omit<ShownChain, 'stream'> {
  readonly streams: readonly string[];
}

/**
 * @param domain - A domain or a pattern.
 * @throws CodedError `ServiceNotRunning`; `ObjectNotFound` when no stream of that name is encrypted, never for a pattern
 */
export async function peerChains(storeFolder: string, domain: string): Promise<readonly PeerChain[]> {
  const answer = await askGateway<readonly ShownChain[]>(storeFolder, 'peer-certificates');
  const chains = distinctChains(answer.filter((shown) => wildcard(domain)(shown.domain)));
  if (chains.length === 0 && !isPattern(domain)) throw noneShown(domain);
  return chains;
}

export function distinctChains(shown: readonly ShownChain[]): readonly PeerChain[] {
  const chains = new Map<string, PeerChain>();
  for (const { stream, ...chain } of shown) {
    const key = JSON.stringify(chain);
    chains.set(key, { ...chain, streams: [...(chains.get(key)?.streams ?? []), stream] });
  }
  return [...chains.values()];
}

/** One object a certificate, the leaf first, where the verdict stands. */
export function peerCertificateObjects({ domain, chain, verdict, streams }: PeerChain) {
  const judged = verdict.ok
    ? { Verdict: 'Valid', MatchedIdentifier: verdict.identity, Detail: null }
    : { Verdict: verdict.reason, MatchedIdentifier: null, Detail: verdict.detail };
  const notJudged = { Verdict: null, MatchedIdentifier: null, Detail: null };
  return chain.map((base64, position) => {
    const der = Buffer.from(base64, 'base64');
    return {
      Domain: domain,
      Position: position,
      ...factsOf(der),
      ...(position === 0 ? judged : notJudged),
      Sessions: streams,
    };
  });
}

function factsOf(der: Buffer) {
  const read = readCertificate(der);
  const ThumbprintSha256 = createHash('sha256').update(der).digest('hex').toUpperCase();
  if (!read.ok) return { ...nothingRead, ThumbprintSha256 };
  return { ...readable(read.value), ThumbprintSha256 };
}

const readable = (certificate: Certificate) => ({
  Subject: printDistinguishedName(certificate.subject),
  Issuer: printDistinguishedName(certificate.issuer),
  SubjectAlternativeNames: certificate.extensions.subjectAlternativeNames.map(printGeneralName),
  NotBefore: certificate.notBefore.toISOString(),
  NotAfter: certificate.notAfter.toISOString(),
  Eku: certificate.extensions.extendedKeyUsage?.map(purposeName) ?? [],
  Thumbprint: thumbprintOf(certificate),
  PinSha256: certificate.publicKeySha256.toString('base64'),
});

const nothingRead = {
  Subject: null,
  Issuer: null,
  SubjectAlternativeNames: [],
  NotBefore: null,
  NotAfter: null,
  Eku: [],
  Thumbprint: null,
  PinSha256: null,
} as const;

const noneShown = (domain: string): CodedError =>
  new CodedError('ObjectNotFound', `${domain} shows no certificate now: no stream of it is open and encrypted.`, {
    reason: 'streams are opened when there is something to send, and a refused certificate ends them',
    fix: [`xgw test-federationroute ${domain}`, `xgw get-xmppfederationfailure ${domain}`],
    target: domain,
  });
