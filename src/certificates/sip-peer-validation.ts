/**
 * Whether to believe a SIP element that says it is a host: the chain rules of every peer, and the identity rules of SIP in
 * place of those of XMPP. The same for servers we call and clients that call us [RFC 5922 §7.3, §7.4].
 */
import { visibleText } from '../primitives/visible-text.ts';
import { readCertificate } from './certificate.ts';
import { chainLimits } from './chain.ts';
import { printDistinguishedName } from './distinguished-name.ts';
import { problemOfPath } from './path-rules.ts';
import { type PeerQuestion, type PeerRefusal, type PeerVerdict, peerLimits, validateChain } from './peer-validation.ts';
import { sipIdentities } from './sip-identity.ts';

export type SipPeerQuestion = Omit<PeerQuestion, 'pinnedSpkiSha256'>;

export function validateSipPeer({ chain, anchors, domain, now }: SipPeerQuestion): PeerVerdict {
  const [leafDer] = chain;
  if (leafDer === undefined) return no('no-certificate', 'The peer showed no certificate.');
  const isTooMuch =
    chain.length > chainLimits.maxSent || chain.some((der) => der.length > peerLimits.maxCertificateBytes);
  if (isTooMuch) return no('policy', 'The peer showed more or longer certificates than are read.');
  const leaf = readCertificate(leafDer);
  // Without this, the next certificate, perhaps somebody else's, would pass for the leaf.
  if (!leaf.ok) return no('unreadable', leaf.error);
  const names = leaf.value.extensions.subjectAlternativeNames;
  if (names.length > peerLimits.maxNames)
    return no('policy', `The certificate has more than ${peerLimits.maxNames} names.`);

  const verdict = validateChain({ chain, anchors, now });
  if (!verdict.ok) return verdict;
  const identities = sipIdentities(names);
  if (!identities.includes(domain)) return no('name-mismatch', `${described(identities)}, not for ${domain}.`);
  // A constraint on DNS names binds the domain also where a URI claims it.
  const problem = problemOfPath({ path: verdict.path, now, claimed: domain });
  if (problem !== undefined) return { ok: false, ...problem };
  return { ok: true, identity: domain, path: verdict.path.map(({ subject }) => printDistinguishedName(subject)) };
}

const no = (reason: PeerRefusal, detail: string): PeerVerdict => ({ ok: false, reason, detail });

/** Names that are shown; a certificate may have a thousand. */
const maxShown = 5;

function described(identities: readonly string[]): string {
  const shown = identities
    .slice(0, maxShown)
    .map((name) => visibleText(name))
    .join(', ');
  const more = identities.length > maxShown ? ` and ${identities.length - maxShown} more` : '';
  return identities.length === 0 ? 'The certificate is for no SIP domain' : `The certificate is for ${shown}${more}`;
}
