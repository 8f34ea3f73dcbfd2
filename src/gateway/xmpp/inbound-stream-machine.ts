/**
 * The receiving server's end of a stream, RFC 6120 §4-6 and 8, as a pure machine.
 *
 *                   header              <starttls/>              TLS up
 *   awaiting-header ──────▶ open ─────────────────▶ awaiting-tls ──────▶ awaiting-header (encrypted)
 *         ▲                  │ ▲
 *         └──────────────────┘ └── db:result, db:verify, stanzas of authenticated pairs
 *            SASL success
 *   any ── error, peer's closing tag, policy ──▶ ended          open ── we close ──▶ closing ── peer's closing tag ──▶ ended
 *
 * Nothing passes before the row of the partner's negotiation matrix is satisfied: no element in clear where TLS is required,
 * no EXTERNAL without a certificate that speaks for the stream's `from`, no stanza of a pair that is not authenticated.
 */

import { isDialback, samePair } from './dialback.ts';
import { received as counted, handled, lastAcknowledgement, streamManagement } from './inbound-acknowledgement.ts';
import { dialback, keyVerified } from './inbound-dialback.ts';
import { featuresOf, header, withHeader } from './inbound-header.ts';
import { sasl } from './inbound-sasl.ts';
import {
  type InboundContext,
  type InboundEvent,
  type InboundState,
  type InboundStep,
  notAllowed,
  notServed,
  refuseStream,
  stay,
  tlsRequired,
} from './inbound-state.ts';
import { domainpartOf } from './jid.ts';
import { namespaces } from './namespaces.ts';
import { isStanza, stanzaAddresses } from './stanza.ts';
import { stanzaError } from './stanza-error.ts';
import { isStreamError, readStreamError, type StreamError } from './stream-error.ts';
import { isStreamManagement } from './stream-management.ts';
import { permits, sameRequirements } from './stream-security.ts';
import { type Element, element, is } from './xml/element.ts';

export function stepInbound(state: InboundState, event: InboundEvent, context: InboundContext): InboundStep {
  if (state.name === 'ended') return stay(state);
  switch (event.type) {
    case 'header':
      return header(state, event, context);
    case 'element':
      if (state.name === 'closing') return receivedLate(state, event.element, context);
      return state.name === 'open' ? received(state, event.element, context) : stay(state);
    case 'tls-established':
      return stay({ ...state, name: 'awaiting-header', encrypted: true });
    case 'key-verified':
      return keyVerified(state, event.request, { outcome: event.outcome, context });
    case 'policy-changed':
      return policyChanged(state, context);
    case 'handled':
      return handled(state, event.number);
    default:
      return ended(state, event, context);
  }
}

type EndingEvent = Extract<
  InboundEvent,
  { type: 'fault' | 'stream-ended' | 'establishment-timed-out' | 'inactive' | 'close' }
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
    default:
      return close(state, event.reason, event.error);
  }
}

function close(state: InboundState, reason: string, error?: StreamError): InboundStep {
  if (state.name === 'closing') return stay(state);
  const name = state.name === 'open' ? 'closing' : 'ended';
  const effects = [...lastAcknowledgement(state), { do: 'close', reason, ...(error && { error }) } as const];
  return { state: { ...state, name }, effects };
}

function receivedLate(state: InboundState, element: Element, context: InboundContext): InboundStep {
  if (!isStanza(element) || state.pairs.length === 0) return stay(state);
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
    return { state: { ...state, name: 'ended' }, effects: [{ do: 'close', reason }] };
  }
  const required = state.remote !== undefined && context.securityFor(state.remote)?.startTls === 'required';
  if (!state.encrypted && required) return refuseStream(state, tlsRequired);
  if (isDialback(element)) return dialback(state, element, context);
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

/** Who may send what to whom [RFC 6120 §8.1, §4.9.3]. */
function stanza(state: InboundState, stanza: Element, context: InboundContext): InboundStep {
  const { from, to } = stanza.attributes as Readonly<Record<string, string | undefined>>;
  if (state.pairs.length === 0)
    return refuseStream(state, {
      code: 'not-authenticated',
      condition: 'not-authorized',
      text: 'The stream is not authenticated.',
    });
  if (from === undefined || to === undefined)
    return refuseStream(state, {
      code: 'bad-address',
      condition: 'improper-addressing',
      text: 'A stanza between servers has a from and a to.',
    });
  const local = domainpartOf(to);
  const remote = domainpartOf(from);
  if (local === undefined)
    return refuseStream(state, {
      code: 'bad-address',
      condition: 'improper-addressing',
      text: 'The to has no domain name.',
    });
  if (!context.isLocalDomain(local)) return refuseStream(state, notServed(local));
  if (remote === undefined || !state.pairs.some((pair) => samePair(pair, { local, remote })))
    return refuseStream(state, {
      code: 'sender-not-authenticated',
      condition: 'invalid-from',
      text: `${remote ?? 'This domain'} is not authenticated for ${local}.`,
    });
  const addresses = stanzaAddresses(stanza);
  const { state: next, ...number } = counted(state);
  // One user's bad address is not worth the stream of everybody else.
  if (!addresses.ok) return stay(next, { do: 'return', stanza, error: stanzaError('jid-malformed'), ...number });
  return stay(next, { do: 'deliver', stanza, ...number });
}

function policyChanged(state: InboundState, context: InboundContext): InboundStep {
  const { remote, pairs } = state;
  const gone = [...(remote === undefined ? [] : [remote]), ...pairs.map((pair) => pair.remote)].find(
    (domain) => context.securityFor(domain) === undefined,
  );
  if (gone !== undefined) return withHeader(state, refuseStream(state, notAllowed(gone)), context);
  const unserved = pairs.find((pair) => !context.isLocalDomain(pair.local));
  if (unserved !== undefined)
    return withHeader(
      state,
      refuseStream(state, {
        code: 'not-served',
        condition: 'host-gone',
        text: `${unserved.local} is not served here any more.`,
      }),
      context,
    );
  const changed = pairs.find((pair) => {
    const now = context.securityFor(pair.remote);
    return now === undefined || !permits(now, pair.method) || !sameRequirements(pair.security, now);
  });
  if (changed === undefined) return stay(state);
  return withHeader(
    state,
    refuseStream(state, {
      code: 'requirements-changed',
      condition: 'reset',
      text: 'The requirements for this stream changed.',
    }),
    context,
  );
}
