/**
 * Builds paths from a leaf to a trust anchor (RFC 4158): by name and key identifier first, then by signature. Bounded in
 * depth and in signature checks, since the certificates in between are a stranger's. What a path must satisfy is path-rules.ts.
 */
import type { Certificate } from './certificate.ts';
import { isSameName } from './distinguished-name.ts';

export const chainLimits = {
  /** Certificates a peer may send. Source: 3 in practice, cross-signed roots double that. */
  maxSent: 10,
  /** Certificates in one path, leaf and anchor included. */
  maxDepth: 8,
  /** Signature checks for one peer, at about 0.1 ms each. */
  maxSignatureChecks: 64,
} as const;

export type DeadEnd = 'self-signed' | 'untrusted-root' | 'incomplete-chain' | 'bad-signature' | 'policy';

export interface Search {
  readonly sent: readonly Certificate[];
  readonly anchors: readonly Certificate[];
  /** Called where a path ends without an anchor. */
  onDeadEnd(reason: DeadEnd, at: Certificate): void;
}

/** All paths, leaf first, anchor last, one after the other as they are asked for. A leaf that is an anchor is a path of one. */
export function* pathsToAnchor(leaf: Certificate, search: Search): Generator<readonly Certificate[]> {
  yield* extend([leaf], search, { signatureChecks: chainLimits.maxSignatureChecks });
}

interface Budget {
  signatureChecks: number;
}

function* extend(path: readonly Certificate[], search: Search, budget: Budget): Generator<readonly Certificate[]> {
  const last = path.at(-1);
  if (last === undefined) return;
  if (search.anchors.some((anchor) => anchor.der.equals(last.der))) {
    yield path;
    return;
  }
  const issuers = issuersOf(last, path, search);
  if (issuers.length === 0) search.onDeadEnd(deadEndAt(last, path), last);
  for (const issuer of issuers) {
    budget.signatureChecks -= 1;
    if (budget.signatureChecks < 0 || path.length >= chainLimits.maxDepth) search.onDeadEnd('policy', last);
    else if (isSignedBy(last, issuer)) yield* extend([...path, issuer], search, budget);
    else search.onDeadEnd('bad-signature', last);
  }
}

function issuersOf(child: Certificate, path: readonly Certificate[], search: Search): readonly Certificate[] {
  return [...search.anchors, ...search.sent].filter(
    (candidate) => isIssuer(candidate, child) && !path.some((used) => used.der.equals(candidate.der)),
  );
}

/**
 * Names match, and key identifiers where both are there. OpenSSL's answer is also "no" for a key that may not sign
 * certificates; such an issuer is kept, so that the refusal can say so.
 */
function isIssuer(issuer: Certificate, child: Certificate): boolean {
  if (child.x509.checkIssued(issuer.x509)) return true;
  const mayNotSign = issuer.extensions.keyUsage?.has('keyCertSign') === false;
  return mayNotSign && isSameName(child.issuer, issuer.subject);
}

/** The mathematics of a signature is the dear part of a handshake, and its result never changes. */
const signed = new WeakMap<Certificate, WeakMap<Certificate, boolean>>();

function isSignedBy(child: Certificate, issuer: Certificate): boolean {
  const byIssuer = signed.get(child) ?? new WeakMap<Certificate, boolean>();
  const known = byIssuer.get(issuer);
  if (known !== undefined) return known;
  const answer = verifies(child, issuer);
  signed.set(child, byIssuer.set(issuer, answer));
  return answer;
}

function verifies(child: Certificate, issuer: Certificate): boolean {
  try {
    return child.x509.verify(issuer.x509.publicKey);
  } catch {
    // A key of another type than the signature.
    return false;
  }
}

function deadEndAt(last: Certificate, path: readonly Certificate[]): DeadEnd {
  if (!last.isSelfIssued || !isSignedBy(last, last)) return 'incomplete-chain';
  return path.length === 1 ? 'self-signed' : 'untrusted-root';
}

/**
 * Orders loose certificates below a leaf, as servers send them: each signed by the next, the root left out.
 *
 * @returns The chain, leaf first, and what did not belong to it.
 */
export function orderChain(
  leaf: Certificate,
  others: readonly Certificate[],
): { readonly chain: readonly Certificate[]; readonly unused: readonly Certificate[] } {
  const chain = [leaf];
  for (let last = leaf; chain.length < chainLimits.maxDepth; ) {
    const next = others.find((other) => !chain.includes(other) && isIssuer(other, last) && isSignedBy(last, other));
    if (next === undefined || next.isSelfIssued) break;
    chain.push(next);
    last = next;
  }
  return { chain, unused: others.filter((other) => !chain.includes(other) && !other.isSelfIssued) };
}
