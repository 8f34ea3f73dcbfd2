/** How a stream that we opened ends, RFC 6120 §4.4 and §4.9, and what still counts behind our goodbye. Part of the outbound machine, and as pure. */
import {
  goTo,
  type OutboundEvent,
  type OutboundState,
  type OutboundStep,
  stay,
  withRefusal,
} from './outbound-state.ts';
import { lastAcknowledgement } from './received-stanzas.ts';
import type { DialStep } from './s2s-event.ts';
import { acknowledged, lastRequest } from './sent-stanzas.ts';
import type { StreamError } from './stream-error.ts';
import { isManagement } from './stream-management.ts';
import type { StreamRefusal } from './stream-refusal.ts';
import type { Element } from './xml/element.ts';

type EndingEvent = Extract<
  OutboundEvent,
  { type: 'fault' | 'stream-ended' | 'lost' | 'inactive' | 'acknowledgement-overdue' | 'close' }
>;

export function ended(state: OutboundState, event: EndingEvent): OutboundStep {
  switch (event.type) {
    case 'fault':
      return end(state, `${event.fault.condition}: ${event.fault.text ?? ''}`, event.fault);
    case 'stream-ended':
      return end(state, 'closed by the peer');
    case 'inactive':
      return end(state, 'inactive', { condition: 'connection-timeout', text: 'Nothing was heard for too long.' });
    case 'acknowledgement-overdue':
      return end(state, 'the peer acknowledges nothing', { condition: 'connection-timeout' });
    case 'lost':
      return end(state, event.reason);
    default:
      return goodbye(state, event.reason, event.error);
  }
}

/** What the peer said of our stanzas until it read our goodbye still counts. */
export function acknowledgedLate(state: OutboundState, element: Element): OutboundStep {
  if (!isManagement(element, 'a')) return stay(state);
  const step = acknowledged(state, element);
  return 'condition' in step ? stay(state) : step;
}

export function end(state: OutboundState, reason: string, error?: StreamError): OutboundStep {
  const close = { do: 'close', reason, ...(error === undefined ? {} : { error }) } as const;
  if (state.name === 'established') return goTo(state, 'ended', ...lastAcknowledgement(state), close);
  const failure = withRefusal(state, { step: stepOf(state), condition: 'remote-server-timeout', reason });
  return goTo(state, 'ended', { do: 'failed', failure }, close);
}

/** Ends the stream with an error that the peer and the administrator read. */
export function refuseStream(state: OutboundState, { code, ...error }: StreamRefusal): OutboundStep {
  const reason = error.text ?? '';
  const { state: after, effects } = end(state, `${error.condition}: ${reason}`, error);
  const refused = { do: 'report-refusal', code, condition: error.condition, reason } as const;
  return { state: after, effects: [refused, ...effects] };
}

/** Without an error, what the peer has on its way to us is still taken. */
function goodbye(state: OutboundState, reason: string, error?: StreamError): OutboundStep {
  const { state: after, effects } = end(state, reason, error);
  const isClosing = error === undefined && state.bidi && state.name === 'established';
  return {
    state: isClosing ? { ...after, name: 'closing' } : after,
    effects: [...lastRequest(state), ...effects],
  };
}

function stepOf({ name, refusal }: OutboundState): DialStep {
  // Servers that end the stream with the refusal never answer the dialback behind it.
  if (refusal !== undefined) return 'sasl';
  const steps = {
    'awaiting-proceed': 'tls',
    'awaiting-tls': 'tls',
    'awaiting-sasl': 'sasl',
    'awaiting-result': 'dialback',
    'awaiting-verification': 'dialback',
  } as const;
  return Object.hasOwn(steps, name) ? steps[name as keyof typeof steps] : 'stream';
}
