/**
 * Whether to believe a server that says it is a domain: chain, purpose, strength and XMPP identity in one verdict, the same
 * for both directions. The verdict never depends on what the TLS library thought. [RFC 6120 §13.7, RFC 9525, RFC 5280 §6]
 * Revocation is not checked: public authorities publish too little of it to go by.
 */
import type { DomainName } from '../primitives/domain-name.ts';
import type { Result } from '../primitives/result.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { chainLimits, type DeadEnd, pathsToAnchor } from './chain.ts';
import { printDistinguishedName } from './distinguished-name.ts';
import { printGeneralName } from './general-name.ts';
import { type PathRefusal, problemOfPath } from './path-rules.ts';
import { matchingIdentifier } from './server-identity.ts';

/** `policy`: there is more of it than is read. */
export type PeerRefusal =
  | PathRefusal
  | DeadEnd
  | 'no-certificate'
  | 'name-mismatch'
  | 'pin-mismatch'
  | 'policy'
  | 'unreadable';

export type PeerVerdict =
  | {
      readonly ok: true;
      /** The presented identifier that matches, `DNS:contoso.example`. */
      readonly identity: string;
      /** Subjects, leaf first, anchor last. */
      readonly path: readonly string[];
    }
  | { readonly ok: false; readonly reason: PeerRefusal; readonly detail: string };

export interface PeerQuestion {
  /** DER, leaf first, as sent. Intermediates known from elsewhere may follow. */
  readonly chain: readonly Buffer[];
  /** DER. Keep the same Buffer objects between calls: each is read once. */
  readonly anchors: readonly Buffer[];
  readonly domain: DomainName;
  readonly now: Date;
  /** SHA-256 of the SubjectPublicKeyInfo, base64. When not empty, the leaf must have one of these keys, beside all else. */
  readonly pinnedSpkiSha256: readonly string[];
}

export const peerLimits = {
  /** Bytes of one sent certificate. */
  maxCertificateBytes: 16_384,
  /** Alternative names in the leaf. */
  maxNames: 1_000,
} as const;

export function validatePeer(question: PeerQuestion): PeerVerdict {
  const [leafDer, ...restDer] = question.chain;
  if (leafDer === undefined) return no('no-certificate', 'The server sent no certificate.');
  if (question.chain.length > chainLimits.maxSent)
    return no('policy', `The server sent ${question.chain.length} certificates; ${chainLimits.maxSent} are the most.`);
  if (question.chain.some((der) => der.length > peerLimits.maxCertificateBytes))
    return no('policy', `A certificate is longer than ${peerLimits.maxCertificateBytes} bytes.`);
  const leaf = readCertificate(leafDer);
  if (!leaf.ok) return no('unreadable', leaf.error);
  if (leaf.value.extensions.subjectAlternativeNames.length > peerLimits.maxNames)
    return no('policy', `The certificate has more than ${peerLimits.maxNames} names.`);
  return judge(leaf.value, restDer, question);
}

const no = (reason: PeerRefusal, detail: string): PeerVerdict => ({ ok: false, reason, detail });

function judge(leaf: Certificate, restDer: readonly Buffer[], question: PeerQuestion): PeerVerdict {
  const { domain } = question;
  const identity = matchingIdentifier(leaf.extensions.subjectAlternativeNames, domain);
  const claimed = identity === undefined ? undefined : domain;
  const path = trustedPath(leaf, readable(restDer.map(readCertificate)), { ...question, claimed });
  if ('reason' in path) return path;
  if (identity === undefined) return no('name-mismatch', describeNames(leaf, domain));
  const pin = leaf.publicKeySha256.toString('base64');
  if (question.pinnedSpkiSha256.length > 0 && !question.pinnedSpkiSha256.includes(pin))
    return no('pin-mismatch', `The public key (SHA-256 ${pin}) is none of those pinned for this partner.`);
  return { ok: true, identity, path: path.map((certificate) => printDistinguishedName(certificate.subject)) };
}

export type ChainVerdict =
  | { readonly ok: true; readonly path: readonly Certificate[] }
  | { readonly ok: false; readonly reason: PeerRefusal; readonly detail: string };

/** The part of the verdict that depends on no domain: for certificates of our own, before a peer judges them. */
export function validateChain(question: Pick<PeerQuestion, 'chain' | 'anchors' | 'now'>): ChainVerdict {
  const [leafDer = Buffer.alloc(0), ...restDer] = question.chain;
  // Read by itself: were it dropped with other unreadable ones, the next certificate would be judged in its place.
  const leaf = readCertificate(leafDer);
  if (!leaf.ok) return { ok: false, reason: 'unreadable', detail: leaf.error };
  const path = trustedPath(leaf.value, readable(restDer.map(readCertificate)), { ...question, claimed: undefined });
  return 'reason' in path ? path : { ok: true, path };
}

const readable = (results: readonly Result<Certificate, string>[]): readonly Certificate[] =>
  results.flatMap((result) => (result.ok ? [result.value] : []));

type Refused = Extract<PeerVerdict, { readonly ok: false }>;

/** The first path that keeps all rules; else why the most promising one does not. */
function trustedPath(
  leaf: Certificate,
  sent: readonly Certificate[],
  question: Pick<PeerQuestion, 'anchors' | 'now'> & { readonly claimed: DomainName | undefined },
): readonly Certificate[] | Refused {
  const deadEnds: { readonly reason: DeadEnd; readonly detail: string }[] = [];
  const search = {
    sent,
    anchors: readable(question.anchors.map(readAnchor)),
    onDeadEnd: (reason: DeadEnd, at: Certificate) => deadEnds.push({ reason, detail: describeDeadEnd(reason, at) }),
  };
  let nearest: Refused | undefined;
  for (const path of pathsToAnchor(leaf, search)) {
    const problem = problemOfPath({ path, now: question.now, claimed: question.claimed });
    if (problem === undefined) return path;
    nearest ??= { ok: false, ...problem };
  }
  if (nearest !== undefined) return nearest;
  // Most telling first: a broken signature is an attack or damage, a missing intermediate an oversight.
  const order = ['bad-signature', 'policy', 'untrusted-root', 'self-signed', 'incomplete-chain'] as const;
  const worst = order.flatMap((reason) => deadEnds.filter((end) => end.reason === reason)).at(0);
  return { ok: false, ...(worst ?? { reason: 'incomplete-chain', detail: 'No path to a trust anchor was found.' }) };
}

/** Trust anchors are the same few hundred buffers for every peer. */
const anchorsRead = new WeakMap<Buffer, Result<Certificate, string>>();

function readAnchor(der: Buffer): Result<Certificate, string> {
  const known = anchorsRead.get(der);
  if (known !== undefined) return known;
  const read = readCertificate(der);
  anchorsRead.set(der, read);
  return read;
}

function describeDeadEnd(reason: DeadEnd, at: Certificate): string {
  const subject = `"${printDistinguishedName(at.subject)}"`;
  const issuer = `"${printDistinguishedName(at.issuer)}"`;
  switch (reason) {
    case 'self-signed':
      return `${subject} is signed by itself and is not a trust anchor.`;
    case 'untrusted-root':
      return `The chain ends at ${subject}, which is not a trust anchor.`;
    case 'incomplete-chain':
      return `The certificate of ${issuer}, which issued ${subject}, was not sent and is not a trust anchor.`;
    case 'bad-signature':
      return `The signature of ${issuer} on ${subject} is wrong.`;
    default:
      return `The chain is too long or too entangled at ${subject}.`;
  }
}

function describeNames(leaf: Certificate, domain: DomainName): string {
  const names = leaf.extensions.subjectAlternativeNames;
  if (names.length === 0)
    return `The certificate has no subject alternative name; ${domain} is not looked for in the common name.`;
  const shown = names.slice(0, maxShown).map((name) => visibleText(printGeneralName(name)));
  const more = names.length > maxShown ? ` and ${names.length - maxShown} more` : '';
  return `The certificate names ${shown.join(', ')}${more}, not ${domain}.`;
}

/** Names that are shown; a certificate may have a thousand. */
const maxShown = 5;
