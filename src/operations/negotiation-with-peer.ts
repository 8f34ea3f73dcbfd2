/**
 * What comes of a partner's settings and of what its server offers: the steps of the stream until it is authenticated, or until
 * nothing is left. Pure, by the matrix of config/negotiation.ts on both sides: a method must be permitted to both, and of
 * several the strongest is taken.
 */
import { type AuthenticationMethod, effectiveMethods, type NegotiationSettings } from '../config/negotiation.ts';

export interface Negotiated {
  /** In order; the last one is `authenticated`, or why there is no stream. */
  readonly steps: readonly string[];
  /** Undefined: no stream can be authenticated. */
  readonly method: AuthenticationMethod | undefined;
  /** What the method is worth, or what to do. */
  readonly verdict: string;
}

export function negotiatedWith(ours: NegotiationSettings, peer: NegotiationSettings): Negotiated {
  const theirs = effectiveMethods(peer);
  const method = effectiveMethods(ours).find((each) => theirs.includes(each));
  const tls = tlsStep(ours, peer);
  const end = method === undefined ? 'no authentication method is left' : 'authenticated';
  const steps = tls.isDead ? ['connect', tls.step] : ['connect', tls.step, ...methodSteps(ours, peer, tls.isUsed), end];
  return { steps, method, verdict: method === undefined ? whyNone(ours, peer) : worth[method] };
}

interface TlsStep {
  readonly step: string;
  readonly isUsed: boolean;
  /** One side requires it, the other has none. */
  readonly isDead: boolean;
}

function tlsStep(
  { tlsNegotiation: ours }: NegotiationSettings,
  { tlsNegotiation: theirs }: NegotiationSettings,
): TlsStep {
  if (ours !== 'NotSupported' && theirs !== 'NotSupported')
    return { step: 'STARTTLS (both)', isUsed: true, isDead: false };
  const [without, other] = ours === 'NotSupported' ? ['ours', theirs] : ['theirs', ours];
  if (other !== 'Required') return { step: `no TLS (${without})`, isUsed: false, isDead: false };
  return { step: `no TLS (${without}), which the other side requires`, isUsed: false, isDead: true };
}

function methodSteps(ours: NegotiationSettings, peer: NegotiationSettings, isEncrypted: boolean): readonly string[] {
  const steps: string[] = [];
  const both = (method: AuthenticationMethod): boolean =>
    effectiveMethods(ours).includes(method) && effectiveMethods(peer).includes(method);
  if (isEncrypted) {
    if (both('SASL over TLS')) return ['SASL EXTERNAL'];
    steps.push(peer.saslNegotiation === 'NotSupported' ? 'no SASL EXTERNAL offered' : 'SASL EXTERNAL not taken');
  }
  const dialback = isEncrypted ? 'TLS Dialback' : 'TCP Dialback';
  if (both(dialback)) return [...steps, isEncrypted ? 'dialback over TLS' : 'dialback over TCP'];
  return [...steps, peer.supportDialbackNegotiation ? 'dialback not permitted' : 'no dialback offered'];
}

const worth: Readonly<Record<AuthenticationMethod, string>> = {
  'SASL over TLS': 'SASL over TLS. Identity rests on certificates.',
  'TLS Dialback': 'TLS dialback. Weaker than SASL over TLS: identity rests on DNS.',
  'TCP Dialback':
    'TCP dialback. Weakest: identity rests on DNS, and everybody on the way can read and change messages.',
};

function whyNone(ours: NegotiationSettings, peer: NegotiationSettings): string {
  const tls = tlsStep(ours, peer);
  if (tls.isDead) return 'no stream: one side requires TLS, and the other has none.';
  const permitted = effectiveMethods(ours).join(' or ') || 'nothing';
  return `no stream: ${permitted} is permitted here, ${effectiveMethods(peer).join(' or ') || 'nothing'} there.`;
}
