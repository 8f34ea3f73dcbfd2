/**
 * The initiating server's end of a stream, RFC 6120 §4-6 and XEP-0220, as a pure machine.
 *
 *             header                     features                  <proceed/>             TLS up
 *   awaiting-header ─▶ awaiting-features ────────▶ awaiting-proceed ─────────▶ awaiting-tls ───▶ awaiting-header (encrypted)
 *                             │ encrypted, or TLS not wanted
 *           ┌─────────────────┼───────────────────────┐
 *     awaiting-sasl     awaiting-result      awaiting-verification
 *           │ success         │ valid                 │ answer
 *    restart, features        ▼                       ▼
 *           ├───────────▶ established               ended
 *           └─ <sm/> offered ─▶ awaiting-enabled ─ <enabled/>, <failed/> ─▶ established
 *
 * A `<failure/>` of SASL leads to dialback on the same stream where the partner's row permits it [XEP-0178 §3].
 * Answers count only when they answer what was asked on this stream.
 */
import { type DialbackElement, isDialback, readDialback } from './dialback.ts';
import { domainpartOf } from './jid.ts';
import { namespaces } from './namespaces.ts';
import { acknowledged, ask, isUnacknowledged, nothingSent, stanzaSent } from './outbound-acknowledgement.ts';
import { dialback, negotiate, refusalOfExternal } from './outbound-authentication.ts';
import {
  failDial,
  goTo,
  type OutboundContext,
  type OutboundEvent,
  type OutboundState,
  type OutboundStep,
  stay,
  withRefusal,
} from './outbound-state.ts';
import type { DialStep } from './s2s-event.ts';
import { leastMaxBytes } from './s2s-limits.ts';
import { isSasl, readSaslFailure } from './sasl-external.ts';
import { sentElsewhere } from './see-other-host.ts';
import { isStanza } from './stanza.ts';
import { isStreamError, readStreamError, type StreamError } from './stream-error.ts';
import { isStreamFeatures, readStreamFeatures, type StreamFeatures } from './stream-features.ts';
import { parseStreamHeader } from './stream-header.ts';
import { enable, isManagement, isStreamManagement, requestAcknowledgement } from './stream-management.ts';
import { type AuthenticationMethod, dialbackMethod, permits, sameRequirements } from './stream-security.ts';
import { type Element, is } from './xml/element.ts';

export function stepOutbound(state: OutboundState, event: OutboundEvent, context: OutboundContext): OutboundStep {
  if (state.name === 'ended') return afterTheEnd(state, event);
  switch (event.type) {
    case 'connected':
      return stay(state, { do: 'send-header' });
    case 'header':
      return header(state, event, context);
    case 'element':
      return received(state, event.element, context);
    case 'tls-established':
      return goTo({ ...state, encrypted: true }, 'awaiting-header', { do: 'send-header' });
    case 'policy-changed':
      return policyChanged(state, context);
    case 'stanza-sent':
      return stanzaSent(state);
    case 'acknowledgement-due':
      return ask(state);
    default:
      return ended(state, event);
  }
}

/** We said goodbye; what the peer had handled until it read that still counts. */
function afterTheEnd(state: OutboundState, event: OutboundEvent): OutboundStep {
  if (event.type !== 'element' || !isManagement(event.element, 'a')) return stay(state);
  const step = acknowledged(state, event.element);
  return 'condition' in step ? stay(state) : step;
}

type EndingEvent = Extract<
  OutboundEvent,
  { type: 'fault' | 'stream-ended' | 'lost' | 'inactive' | 'acknowledgement-overdue' | 'close' }
>;

function ended(state: OutboundState, event: EndingEvent): OutboundStep {
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

function end(state: OutboundState, reason: string, error?: StreamError): OutboundStep {
  const close = { do: 'close', reason, ...(error === undefined ? {} : { error }) } as const;
  if (state.name === 'established') return goTo(state, 'ended', close);
  const failure = withRefusal(state, { step: stepOf(state), condition: 'remote-server-timeout', reason });
  return goTo(state, 'ended', { do: 'failed', failure }, close);
}

/** The last chance to learn what was handled: everything else would be in doubt. */
function goodbye(state: OutboundState, reason: string, error?: StreamError): OutboundStep {
  const { state: after, effects } = end(state, reason, error);
  if (!isUnacknowledged(state)) return { state: after, effects };
  return { state: after, effects: [{ do: 'send', element: requestAcknowledgement }, ...effects] };
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

function header(
  state: OutboundState,
  { root, contentNamespace }: { readonly root: Element; readonly contentNamespace: string },
  context: OutboundContext,
): OutboundStep {
  const parsed = parseStreamHeader(root, contentNamespace);
  if (!parsed.ok)
    return end(state, `the server's stream: ${parsed.error.text ?? parsed.error.condition}`, parsed.error);
  const { from, id = '', hasFeatures } = parsed.value;
  if (from !== undefined && from !== state.pair.remote)
    return end(state, `the server answered as ${from}`, {
      condition: 'invalid-from',
      text: `I asked for ${state.pair.remote}.`,
    });
  const opened = { ...state, name: 'awaiting-features', streamId: id } as const;
  if (hasFeatures) return stay(opened);
  // Servers before XMPP 1.0 offer nothing and know plain dialback [XEP-0220 §2.1].
  const security = context.securityFor(state.pair.remote);
  if (security === undefined || !permits(security, dialbackMethod(state.encrypted)) || security.startTls === 'required')
    return end(state, 'the server does not speak XMPP 1.0', { condition: 'unsupported-version' });
  return dialback(opened, { ...context, security });
}

function received(state: OutboundState, element: Element, context: OutboundContext): OutboundStep {
  if (isStreamError(element)) return brokenOff(state, element, context);
  if (isStreamFeatures(element)) return features(state, readStreamFeatures(element), context);
  if (isDialback(element)) return dialbackAnswer(state, element, context);
  if (element.namespace === namespaces.tls && state.name === 'awaiting-proceed')
    return is(element, 'proceed', namespaces.tls)
      ? goTo(state, 'awaiting-tls', { do: 'start-tls' })
      : failDial(state, 'tls', 'The server refused STARTTLS.');
  if (element.namespace === namespaces.sasl && state.name === 'awaiting-sasl')
    return saslAnswer(state, element, context);
  if (isStreamManagement(element)) return managed(state, element, context);
  if (isStanza(element)) return stanza(state, element);
  return stay(state, { do: 'report-ignored', reason: `the element ${element.name} where it means nothing` });
}

function brokenOff(state: OutboundState, error: Element, context: OutboundContext): OutboundStep {
  const { condition, text } = readStreamError(error);
  if (condition === 'see-other-host' && state.name !== 'established') return sentElsewhere(state, error, context);
  const said = text === undefined ? condition : `${condition}: ${text}`;
  return end({ ...state, brokenOff: condition }, `the server answered ${said}`);
}

function features(state: OutboundState, offered: StreamFeatures, context: OutboundContext): OutboundStep {
  if (state.name !== 'awaiting-features')
    return stay(state, { do: 'report-ignored', reason: 'stream features nobody waits for' });
  const { maxBytes } = offered.limits;
  const isForStanzas = maxBytes !== undefined && (state.saslDone || maxBytes >= leastMaxBytes);
  const limited = isForStanzas ? { ...state, maxBytes } : state;
  if (!state.saslDone) return negotiate(limited, offered, context);
  if (offered.streamManagement) return goTo(limited, 'awaiting-enabled', { do: 'send', element: enable });
  return established(limited, 'SASL over TLS', context);
}

/** Without acknowledgements the stream is as good as those of servers that never heard of them. */
function managed(state: OutboundState, element: Element, context: OutboundContext): OutboundStep {
  if (state.name === 'awaiting-enabled' && isManagement(element, 'enabled'))
    return established({ ...state, acknowledgements: nothingSent }, 'SASL over TLS', context);
  if (state.name === 'awaiting-enabled' && isManagement(element, 'failed'))
    return established(state, 'SASL over TLS', context);
  const step = acknowledged(state, element);
  return 'condition' in step ? end(state, `the peer's acknowledgement: ${step.text ?? step.condition}`, step) : step;
}

function established(state: OutboundState, method: AuthenticationMethod, context: OutboundContext): OutboundStep {
  const security = context.securityFor(state.pair.remote);
  if (security === undefined || !permits(security, method))
    return failDial(state, 'policy', `${method} is not permitted for ${state.pair.remote} any more.`);
  return goTo({ ...state, method, security }, 'established', { do: 'established', method });
}

function saslAnswer(state: OutboundState, answer: Element, context: OutboundContext): OutboundStep {
  if (isSasl(answer, 'success'))
    return goTo({ ...state, saslDone: true }, 'awaiting-header', { do: 'restart' }, { do: 'send-header' });
  if (!isSasl(answer, 'failure'))
    return failDial(state, 'sasl', `The server answered SASL EXTERNAL with ${answer.name}.`);
  const security = context.securityFor(state.pair.remote);
  if (security === undefined)
    return failDial(state, 'policy', `${state.pair.remote} is not an allowed partner any more.`);
  return dialback(state, { ...context, security }, refusalOfExternal(readSaslFailure(answer)));
}

function dialbackAnswer(state: OutboundState, received: Element, context: OutboundContext): OutboundStep {
  const answer = readDialback(received);
  if (!answer.ok || !isExpected(state, answer.value))
    return stay(state, { do: 'report-ignored', reason: `db:${received.name} that answers nothing we asked` });
  const { outcome } = answer.value;
  if (outcome === undefined) return stay(state);
  if (state.name === 'awaiting-verification')
    return goTo(state, 'ended', { do: 'verified', outcome }, { do: 'close', reason: 'the key was verified' });
  if (outcome.type === 'invalid')
    return failDial(state, 'dialback', 'The server holds our dialback key for invalid.', {
      condition: 'internal-server-error',
      code: 'dialback-key-refused',
    });
  if (outcome.type === 'error') {
    const text = outcome.text === undefined ? '' : `: ${outcome.text}`;
    return failDial(state, 'dialback', `The server answered ${outcome.condition}${text}.`);
  }
  return established(state, dialbackMethod(state.encrypted), context);
}

function isExpected({ name, pair, purpose }: OutboundState, answer: DialbackElement): boolean {
  if (answer.from !== pair.remote || answer.to !== pair.local || answer.outcome === undefined) return false;
  if (name === 'awaiting-result') return answer.name === 'result';
  if (name !== 'awaiting-verification' || purpose.type !== 'verify') return false;
  return answer.name === 'verify' && answer.id === purpose.id;
}

/** The peer opens its own stream to send; only errors about what we sent may come back on ours. */
function stanza(state: OutboundState, stanza: Element): OutboundStep {
  const { from, to, type } = stanza.attributes as Readonly<Record<string, string | undefined>>;
  const ours = domainpartOf(from ?? '') === state.pair.remote && domainpartOf(to ?? '') === state.pair.local;
  if (state.name === 'established' && ours && type === 'error') return stay(state, { do: 'deliver', stanza });
  return stay(state, { do: 'report-ignored', reason: `a ${stanza.name} on a stream that we opened` });
}

function policyChanged(state: OutboundState, context: OutboundContext): OutboundStep {
  const now = context.securityFor(state.pair.remote);
  if (now === undefined)
    return end(state, `${state.pair.remote} is not an allowed partner any more`, { condition: 'policy-violation' });
  const { method, security } = state;
  if (method === undefined || (permits(now, method) && (security === undefined || sameRequirements(security, now))))
    return stay(state);
  return end(state, 'the requirements for this stream changed', { condition: 'reset' });
}
