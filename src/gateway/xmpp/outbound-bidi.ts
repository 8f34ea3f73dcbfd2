/**
 * The peer may send on the stream that we opened, XEP-0288 §2. Part of the outbound stream machine, and as pure.
 * Nothing but its certificate says who answers there, so the request needs one that speaks for the domain, whatever the stream
 * itself may be authenticated by; then stanzas of exactly the pair that the stream was opened for are taken, by the same rules
 * as on streams that the peer opens.
 */
import { printBidiRequest } from './bidi.ts';
import { type DialbackElement, printDialbackAnswer } from './dialback.ts';
import { refuseStream } from './outbound-end.ts';
import { type OutboundContext, type OutboundState, type OutboundStep, stay } from './outbound-state.ts';
import { take } from './received-stanzas.ts';
import { addressingProblem } from './stanza-addressing.ts';
import type { StreamFeatures } from './stream-features.ts';
import { notAuthenticated } from './stream-refusal.ts';
import type { Element } from './xml/element.ts';

/** Whether the peer's stanzas may be taken on this stream, as of now. */
export function mayBeBidi({ pair, encrypted }: OutboundState, context: OutboundContext): boolean {
  const security = context.securityFor(pair.remote);
  if (security?.bidi !== true || !encrypted || !context.takesStanzas) return false;
  return context.verdictFor(pair.remote, security).ok;
}

/** Puts the request in front of what begins the authentication, where the peer offers it. */
export function withBidi(step: OutboundStep, { bidi }: StreamFeatures, context: OutboundContext): OutboundStep {
  const { state, effects } = step;
  const authenticates = state.name === 'awaiting-sasl' || state.name === 'awaiting-result';
  if (!bidi || !authenticates || !mayBeBidi(state, context)) return step;
  const request = { do: 'send', element: printBidiRequest(context.advertisedLimits()) } as const;
  return { state: { ...state, bidi: true }, effects: [request, ...effects] };
}

/** A stanza on a stream for both directions. The peer may send once it has told us that it believes us. */
export function stanza(state: OutboundState, stanza: Element, context: OutboundContext): OutboundStep {
  if (state.name !== 'established' && state.name !== 'awaiting-enabled') return refuseStream(state, notAuthenticated);
  const problem = problemOf(state, stanza, context);
  return problem === undefined ? take(state, stanza) : refuseStream(state, problem);
}

/** What was on its way when we said goodbye. */
export function lateStanza(state: OutboundState, stanza: Element, context: OutboundContext): OutboundStep {
  return problemOf(state, stanza, context) === undefined ? take(state, stanza) : stay(state);
}

const problemOf = ({ pair }: OutboundState, stanza: Element, context: OutboundContext) =>
  addressingProblem(stanza, [pair], (domain) => context.isLocalDomain(domain));

/** A further pair of the peer's: its key would have to be verified, and there are connections of the peer's own for that. */
export function refuseFurtherPair(state: OutboundState, request: DialbackElement): OutboundStep {
  const text = 'Further domains take a connection of their own.';
  const outcome = { type: 'error', condition: 'resource-constraint', text } as const;
  return stay(
    state,
    { do: 'send', element: printDialbackAnswer(request, outcome) },
    { do: 'report-ignored', reason: `db:${request.name} of ${request.from} on a stream that we opened` },
  );
}
