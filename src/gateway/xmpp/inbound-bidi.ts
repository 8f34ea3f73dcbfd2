/**
 * The peer lets us send on the stream that it opened, XEP-0288 §2. Part of the inbound stream machine, and as pure.
 * It asks under TLS and before it authenticates, and nobody answers; from then on our stanzas of each pair that is authenticated
 * on this very stream may go back on it. A key is never verified here: that takes a connection of its own.
 */
import { isBidiRequest } from './bidi.ts';
import { type DomainPair, samePair } from './dialback.ts';
import {
  type InboundContext,
  type InboundState,
  type InboundStep,
  ignore,
  refuseStream,
  stay,
} from './inbound-state.ts';
import { readStreamLimits, stanzaLimit } from './stream-limits.ts';
import type { Element } from './xml/element.ts';

/** Whether it is offered now. */
export const offersBidi = ({ remote, encrypted, pairs }: InboundState, context: InboundContext): boolean =>
  remote !== undefined && encrypted && pairs.length === 0 && context.securityFor(remote)?.bidi === true;

export function bidi(state: InboundState, request: Element, context: InboundContext): InboundStep {
  if (state.bidi === 'none')
    return refuseStream(state, {
      code: 'unsupported-element',
      condition: 'unsupported-stanza-type',
      text: 'A stream for both directions was not offered.',
    });
  if (!isBidiRequest(request)) return ignore(state, 'a request for both directions in the namespace of its offer');
  if (state.bidi === 'requested' || !offersBidi(state, context))
    return ignore(state, 'a request for both directions when it is not offered any more');
  return stay({ ...state, bidi: 'requested', ...stanzaLimit(readStreamLimits(request), false) });
}

/** Whether our stanzas of the pair may go to the peer on this stream, now. */
export const sendsFor = ({ name, bidi, pairs }: InboundState, pair: DomainPair): boolean =>
  name === 'open' &&
  bidi === 'requested' &&
  pairs.some((known) => known.security.bidi === true && samePair(known, pair));
