/**
 * The receiving server's end of a stream, RFC 6120 §4-6 and 8, as a pure machine.
 *
 *                   header              <starttls/>              TLS up
 *   awaiting-header ──────▶ open ─────────────────▶ awaiting-tls ──────▶ awaiting-header (encrypted)
 *         ▲                  │ ▲
 *         └──────────────────┘ └── db:result, db:verify, stanzas of authenticated pairs; ours too, where the peer wants them here
 *            SASL success
 *   any ── error, peer's closing tag, policy ──▶ ended          open ── we close ──▶ closing ── peer's closing tag ──▶ ended
 *
 * Nothing passes before the row of the partner's negotiation matrix is satisfied: no element in clear where TLS is required,
 * no EXTERNAL without a certificate that speaks for the stream's `from`, no stanza of a pair that is not authenticated.
 */

import { isBidiRequest, isMistakenBidi } from './bidi.ts';
import { isDialback } from './dialback.ts';
import { acknowledgedLate, streamManagement } from './inbound-acknowledgement.ts';
import { bidi } from './inbound-bidi.ts';
import { dialback, keyVerified } from './inbound-dialback.ts';
import { featuresOf, header, withHeader } from './inbound-header.ts';
import { sasl } from './inbound-sasl.ts';
import {
  type AuthenticatedPair,
  type InboundContext,
  type InboundEvent,
  type InboundState,
  type InboundStep,
  refuseStream,
  stay,
} from './inbound-state.ts';
import { namespaces } from './namespaces.ts';
import { handled, lastAcknowledgement, take } from './received-stanzas.ts';
import { ask, lastRequest, stanzaSent } from './sent-stanzas.ts';
import { isStanza } from './stanza.ts';
import { addressingProblem } from './stanza-addressing.ts';
import { isStreamError, readStreamError, type StreamError } from './stream-error.ts';
import { isStreamManagement } from './stream-management.ts';
import { noLongerServed, notAllowed, notAuthenticated, requirementsChanged, tlsRequired } from './stream-refusal.ts';
import { permits, sameRequirements } from './stream-security.ts';
import { type Element, element, is } from './xml/element.ts';

export function stepInbound(state: InboundState, event: InboundEvent, context: InboundContext): InboundStep {
  if (state.name === 'ended' && event.type !== 'element') return stay(state);
  switch (event.type) {
    case 'header':
      return header(state, event, context);
    case 'element':
      return onElement(state, event.element, context);
    case 'tls-established':
      return stay({ ...state, name: 'awaiting-header', encrypted: true });
    case 'key-verified':
      return keyVerified(state, event.request, { outcome: event.outcome, context });
    case 'policy-changed':
      return policyChanged(state, context);
    case 'handled':
      return handled(state, event.number);
    case 'stanza-sent':
      return stanzaSent(state);
    case 'acknowledgement-due':
      return ask(state);
    default:
      return ended(state, event, context);
  }
}

function onElement(state: InboundState, element: Element, context: InboundContext): InboundStep {
  if (state.name === 'open') return received(state, element, context);
  if (state.name === 'closing') return receivedLate(state, element, context);
  return state.name === 'ended' ? acknowledgedLate(state, element) : stay(state);
}

type EndingEvent = Extract<
  InboundEvent,
  { type: 'fault' | 'stream-ended' | 'establishment-timed-out' | 'inactive' | 'acknowledgement-overdue' | 'close' }
>;

function ended(state: InboundState, event: EndingEvent, context: InboundContext): InboundStep {
  switch (event.type) {
    case 'fault':
      return withHeader(state, refuseStream(state, { ...event.fault, code: 'bad-xml' }), context);
    case 'stream-ended':
      return {
        state: { ...state, name: 'ended' },
        effects: [...lastAcknowledgement(state), { do: 'close', reason: 'closed by the peer' }],
      };
    case 'establishment-timed-out': {
      if (state.pairs.length > 0) return stay(state);
      const text = 'The stream was not authenticated in time.';
      const refusal = { code: 'timed-out', condition: 'connection-timeout', text } as const;
      return withHeader(state, refuseStream(state, refusal), context);
    }
    case 'inactive': {
      const error = { condition: 'connection-timeout', text: 'Nothing was heard for too long.' } as const;
      return close(state, 'inactive', error);
    }
    case 'acknowledgement-overdue':
      return close(state, 'the peer acknowledges nothing', { condition: 'connection-timeout' });
    default:
      return close(state, event.reason, event.error);
  }
}

function close(state: InboundState, reason: string, error?: StreamError): InboundStep {
  if (state.name === 'closing') return stay(state);
  const name = state.name === 'open' && error === undefined ? 'closing' : 'ended';
  const goodbye = { do: 'close', reason, ...(error && { error }) } as const;
  return { state: { ...state, name }, effects: [...lastAcknowledgement(state), ...lastRequest(state), goodbye] };
}

function receivedLate(state: InboundState, element: Element, context: InboundContext): InboundStep {
  if (!isStanza(element) || state.pairs.length === 0) return acknowledgedLate(state, element);
  const { state: next, effects } = stanza(state, element, context);
  if (next.name === 'ended') return stay(state);
  return stay(next, ...effects.filter((effect) => effect.do === 'deliver' || effect.do === 'return'));
}

function received(state: InboundState, element: Element, context: InboundContext): InboundStep {
  if (is(element, 'starttls', namespaces.tls)) return startTls(state, context);
  if (element.namespace === namespaces.sasl) return sasl(state, element, context);
  if (isStreamError(element)) {
    const { condition, text } = readStreamError(element);
    const reason = `stream error of the peer: ${condition}${text === undefined ? '' : ` (${text})`}`;
    return { state: { ...state, name: 'ended', brokenOff: condition }, effects: [{ do: 'close', reason }] };
  }
  const required = state.remote !== undefined && context.securityFor(state.remote)?.startTls === 'required';
  if (!state.encrypted && required) return refuseStream(state, tlsRequired);
  return permitted(state, element, context);
}

/** In clear only where the partner's row has it so. */
function permitted(state: InboundState, element: Element, context: InboundContext): InboundStep {
  if (isDialback(element)) return dialback(state, element, context);
  if (isBidiRequest(element) || isMistakenBidi(element)) return bidi(state, element, context);
  if (isStreamManagement(element)) return streamManagement(state, element);
  if (isStanza(element)) return stanza(state, element, context);
  return refuseStream(state, {
    code: 'unsupported-element',
    condition: 'unsupported-stanza-type',
    text: 'Only message, presence and iq are stanzas.',
  });
}

function startTls(state: InboundState, context: InboundContext): InboundStep {
  const { encrypted, local } = state;
  if (encrypted || local === undefined || featuresOf(state, context).startTls === undefined)
    return {
      state: { ...state, name: 'ended' },
      effects: [
        { do: 'send', element: element('failure', namespaces.tls) },
        { do: 'report-refusal', code: 'tls-not-offered', condition: 'failure', reason: 'STARTTLS was not offered' },
        { do: 'close', reason: 'STARTTLS was not offered' },
      ],
    };
  return { state: { ...state, name: 'awaiting-tls' }, effects: [{ do: 'start-tls', local }] };
}

function stanza(state: InboundState, stanza: Element, context: InboundContext): InboundStep {
  if (state.pairs.length === 0) return refuseStream(state, notAuthenticated);
  const problem = addressingProblem(stanza, state.pairs, (domain) => context.isLocalDomain(domain));
  return problem === undefined ? take(state, stanza) : refuseStream(state, problem);
}

function policyChanged(state: InboundState, context: InboundContext): InboundStep {
  const { remote, pairs } = state;
  const gone = [...(remote === undefined ? [] : [remote]), ...pairs.map((pair) => pair.remote)].find(
    (domain) => context.securityFor(domain) === undefined,
  );
  if (gone !== undefined) return withHeader(state, refuseStream(state, notAllowed(gone)), context);
  const unserved = pairs.find((pair) => !context.isLocalDomain(pair.local));
  if (unserved !== undefined) return withHeader(state, refuseStream(state, noLongerServed(unserved.local)), context);
  if (!pairs.some((pair) => isOutdated(state, pair, context))) return stay(state);
  return withHeader(state, refuseStream(state, requirementsChanged), context);
}

/** Whether the pair's partner would not be believed like this any more, or not be sent to. */
function isOutdated({ bidi }: InboundState, pair: AuthenticatedPair, context: InboundContext): boolean {
  const { remote, method, security } = pair;
  const now = context.securityFor(remote);
  if (now === undefined || !permits(now, method) || !sameRequirements(security, now)) return true;
  return bidi === 'requested' && security.bidi === true && now.bidi !== true;
}
