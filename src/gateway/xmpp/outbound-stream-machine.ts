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
 * Where both directions are agreed on, the peer's stanzas are taken from `awaiting-enabled` on, and while `closing`.
 * A `<failure/>` of SASL leads to dialback on the same stream where the partner's row permits it [XEP-0178 §3].
 * Answers count only when they answer what was asked on this stream.
 */
import { type DialbackElement, isDialback, readDialback } from './dialback.ts';
import { domainpartOf } from './jid.ts';
import { namespaces } from './namespaces.ts';
import { dialback, negotiate, refusalOfExternal } from './outbound-authentication.ts';
import { lateStanza, mayBeBidi, refuseFurtherPair, stanza, withBidi } from './outbound-bidi.ts';
import { acknowledgedLate, end, ended, refuseStream } from './outbound-end.ts';
import {
  failDial,
  goTo,
  isOver,
  type OutboundContext,
  type OutboundEvent,
  type OutboundState,
  type OutboundStep,
  stay,
} from './outbound-state.ts';
import { asked, handled, nothingReceived } from './received-stanzas.ts';
import { isSasl, readSaslFailure } from './sasl-external.ts';
import { sentElsewhere } from './see-other-host.ts';
import { acknowledged, ask, nothingSent, stanzaSent } from './sent-stanzas.ts';
import { isStanza } from './stanza.ts';
import { isStreamError, readStreamError } from './stream-error.ts';
import { isStreamFeatures, readStreamFeatures, type StreamFeatures } from './stream-features.ts';
import { parseStreamHeader } from './stream-header.ts';
import { stanzaLimit } from './stream-limits.ts';
import { enable, isManagement, isStreamManagement } from './stream-management.ts';
import { noLongerServed, requirementsChanged } from './stream-refusal.ts';
import { type AuthenticationMethod, dialbackMethod, permits, sameRequirements } from './stream-security.ts';
import { type Element, is } from './xml/element.ts';

export function stepOutbound(state: OutboundState, event: OutboundEvent, context: OutboundContext): OutboundStep {
  if (isOver(state)) return afterTheEnd(state, event, context);
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
    case 'handled':
      return handled(state, event.number);
    case 'acknowledgement-due':
      return ask(state);
    default:
      return ended(state, event);
  }
}

/** Our goodbye is out. */
function afterTheEnd(state: OutboundState, event: OutboundEvent, context: OutboundContext): OutboundStep {
  if (event.type === 'element' && state.name === 'closing' && isStanza(event.element))
    return lateStanza(state, event.element, context);
  if (event.type === 'element') return acknowledgedLate(state, event.element);
  return event.type === 'stream-ended' || event.type === 'lost' ? goTo(state, 'ended') : stay(state);
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
  if (isStanza(element)) return state.bidi ? stanza(state, element, context) : returned(state, element);
  return stay(state, { do: 'report-ignored', reason: `the element ${element.name} where it means nothing` });
}

function brokenOff(state: OutboundState, error: Element, context: OutboundContext): OutboundStep {
  const { condition, text } = readStreamError(error);
  if (condition === 'see-other-host' && state.name !== 'established') return sentElsewhere(state, error, context);
  const said = text === undefined ? condition : `${condition}: ${text}`;
  const asked = state.name === 'awaiting-proceed' ? ' when it was asked for TLS' : '';
  return end({ ...state, brokenOff: condition }, `the server answered ${said}${asked}`);
}

function features(state: OutboundState, offered: StreamFeatures, context: OutboundContext): OutboundStep {
  if (state.name !== 'awaiting-features')
    return stay(state, { do: 'report-ignored', reason: 'stream features nobody waits for' });
  const limited = { ...state, ...stanzaLimit(offered.limits, state.saslDone) };
  if (!state.saslDone) return withBidi(negotiate(limited, offered, context), offered, context);
  if (offered.streamManagement) return goTo(limited, 'awaiting-enabled', { do: 'send', element: enable });
  return established(limited, 'SASL over TLS', context);
}

/** Without acknowledgements the stream is as good as those of servers that never heard of them. */
function managed(state: OutboundState, element: Element, context: OutboundContext): OutboundStep {
  if (state.name === 'awaiting-enabled' && isManagement(element, 'enabled')) {
    // Those of the peer count that it sent behind its answer.
    const receiving = state.bidi ? { handling: nothingReceived } : {};
    return established({ ...state, acknowledgements: nothingSent, ...receiving }, 'SASL over TLS', context);
  }
  if (state.name === 'awaiting-enabled' && isManagement(element, 'failed'))
    return established(state, 'SASL over TLS', context);
  const answer = isManagement(element, 'r') ? asked(state) : undefined;
  if (answer !== undefined) return answer;
  const step = acknowledged(state, element);
  return 'condition' in step ? end(state, `the peer's acknowledgement: ${step.text ?? step.condition}`, step) : step;
}

function established(state: OutboundState, method: AuthenticationMethod, context: OutboundContext): OutboundStep {
  const security = context.securityFor(state.pair.remote);
  if (security === undefined || !permits(security, method))
    return failDial(state, 'policy', `${method} is not permitted for ${state.pair.remote} any more.`);
  // The peer counts on it: what it sends must not be ignored now.
  if (state.bidi && !mayBeBidi(state, context))
    return failDial(state, 'policy', `${state.pair.remote} may not send on a stream of ours any more.`);
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
  if (answer.ok && answer.value.outcome === undefined && answer.value.name === 'result' && state.bidi)
    return refuseFurtherPair(state, answer.value);
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

/** On a stream for one direction the peer opens its own to send; only errors about what we sent may come back on ours. */
function returned(state: OutboundState, stanza: Element): OutboundStep {
  const { from, to, type } = stanza.attributes as Readonly<Record<string, string | undefined>>;
  const ours = domainpartOf(from ?? '') === state.pair.remote && domainpartOf(to ?? '') === state.pair.local;
  if (state.name === 'established' && ours && type === 'error') return stay(state, { do: 'deliver', stanza });
  return stay(state, { do: 'report-ignored', reason: `a ${stanza.name} on a stream that we opened` });
}

function policyChanged(state: OutboundState, context: OutboundContext): OutboundStep {
  const { method, security, bidi } = state;
  const { local, remote } = state.pair;
  const now = context.securityFor(remote);
  if (now === undefined)
    return end(state, `${remote} is not an allowed partner any more`, { condition: 'policy-violation' });
  if (bidi && !context.isLocalDomain(local)) return refuseStream(state, noLongerServed(local));
  if (method === undefined) return stay(state);
  // Anchors, pins and the date count for what the peer sends as they do for what it is sent.
  if (bidi && !mayBeBidi(state, context)) return refuseStream(state, requirementsChanged);
  if (permits(now, method) && (security === undefined || sameRequirements(security, now))) return stay(state);
  return end(state, 'the requirements for this stream changed', { condition: 'reset' });
}
