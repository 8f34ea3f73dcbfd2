/**
 * Dialback on a stream that the peer opened, XEP-0220: the receiving server's answer to `db:result`, and the
 * authoritative server's answer to `db:verify`. Part of the inbound stream machine, and as pure.
 */
import type { DomainName } from '../../primitives/domain-name.ts';
import { type DialbackElement, type DialbackOutcome, printDialbackAnswer, readDialback, samePair } from './dialback.ts';
import {
  authenticate,
  type InboundContext,
  type InboundState,
  type InboundStep,
  ignore,
  refuseStream,
  stay,
} from './inbound-state.ts';
import { maxPairsPerStream, maxVerificationsPerStream } from './s2s-limits.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';
import { noRoom, notAllowed, notServed, type StreamRefusal, tlsRequired } from './stream-refusal.ts';
import { dialbackMethod, permits, type StreamSecurity } from './stream-security.ts';
import type { Element } from './xml/element.ts';

export function dialback(state: InboundState, received: Element, context: InboundContext): InboundStep {
  const request = readDialback(received);
  if (!request.ok)
    return refuseStream(state, { code: 'dialback-malformed', condition: 'improper-addressing', text: request.error });
  // We asked nothing on this stream, so nothing on it is an answer [XEP-0220 §2.6.1; XSF notice of 2012-08-21].
  if (request.value.outcome !== undefined)
    return ignore(state, `an unsolicited dialback answer in the name of ${request.value.from}`);
  const { from, to } = request.value;
  if (!context.isLocalDomain(to))
    return answerError(state, request.value, { ...notServed(to), condition: 'item-not-found' });
  const security = context.isLocalDomain(from) ? undefined : context.securityFor(from);
  if (security === undefined) return answerError(state, request.value, notAllowed(from));
  if (!state.encrypted && security.startTls === 'required') return refuseStream(state, tlsRequired);
  const isProven = request.value.name === 'result' && isProvenByCertificate(state, from, { ...context, security });
  if (!isProven && !permits(security, dialbackMethod(state.encrypted)))
    return answerError(state, request.value, {
      code: 'dialback-not-permitted',
      condition: 'policy-violation',
      text: `${dialbackMethod(state.encrypted)} is not permitted for ${from}.`,
    });
  return request.value.name === 'verify'
    ? verify(state, request.value, context)
    : result(state, request.value, { context: { ...context, security }, isProven });
}

/**
 * Dialback without dialback: the certificate, as it is worth now, proves more than the key would [XEP-0344 §2.2]. A row without
 * dialback has it for further domains of a stream that SASL authenticated only: the first must pass SASL, as the row says.
 */
function isProvenByCertificate(state: InboundState, remote: DomainName, context: ResultContext): boolean {
  const { security } = context;
  const isFurther = state.sasl === 'done' && permits(security, 'SASL over TLS');
  const isPermitted = isFurther || permits(security, 'TLS Dialback');
  return state.encrypted && isPermitted && context.verdictFor(remote, security).ok;
}

/** We are the authoritative server: the key is ours or it is not. Peers need not be authenticated to ask [XEP-0220 §2.2.2]. */
function verify(state: InboundState, request: DialbackElement, context: InboundContext): InboundStep {
  const claim = { receiving: request.from, originating: request.to, streamId: request.id };
  const genuine = context.isGenuineKey(claim, request.key);
  const answer = answered(state, request, { type: genuine ? 'valid' : 'invalid' });
  if (genuine) return answer;
  const reason = `${request.from} asked about a dialback key that was not made here`;
  return stay(state, ...answer.effects, { do: 'report-refusal', code: 'key-not-ours', condition: 'invalid', reason });
}

type ResultContext = InboundContext & { readonly security: StreamSecurity };

/** We are the receiving server: believe the certificate, or ask the authoritative server. */
function result(
  state: InboundState,
  request: DialbackElement,
  { context, isProven }: { readonly context: ResultContext; readonly isProven: boolean },
): InboundStep {
  const pair = { local: request.to, remote: request.from };
  if (state.pairs.some((known) => samePair(known, pair))) return answered(state, request, { type: 'valid' });
  if (state.verifying.some((other) => sameRequest(other, request)))
    return ignore(state, `a second dialback request of ${request.from} while the first is being verified`);
  if (state.pairs.length >= maxPairsPerStream || state.verifying.length >= maxVerificationsPerStream)
    return answerError(state, request, {
      code: 'too-many-domains',
      condition: 'resource-constraint',
      text: 'Too many domains on this connection.',
    });
  if (isProven) return believe(state, request, context);
  if (context.security.pinnedSpkiSha256.length > 0)
    return answerError(state, request, {
      code: 'pin-mismatch',
      condition: 'not-authorized',
      text: 'The certificate does not have a pinned key.',
    });
  return {
    state: { ...state, verifying: [...state.verifying, request] },
    effects: [{ do: 'verify-key', request, streamId: state.streamId }],
  };
}

/** The authoritative server answered, or could not be asked. Policy may have changed in the meantime. */
export function keyVerified(
  state: InboundState,
  request: DialbackElement,
  { outcome, context }: { readonly outcome: DialbackOutcome; readonly context: InboundContext },
): InboundStep {
  if (state.name !== 'open' || !state.verifying.includes(request)) return stay(state);
  const settled = { ...state, verifying: state.verifying.filter((other) => other !== request) };
  const security = context.securityFor(request.from);
  if (security === undefined || !permits(security, dialbackMethod(state.encrypted)))
    return answerError(settled, request, notAllowed(request.from));
  if (outcome.type === 'valid') return believe(settled, request, { ...context, security });
  if (outcome.type === 'error')
    return answerError(settled, request, {
      code: 'dialback-unverified',
      condition: outcome.condition,
      text: outcome.text ?? 'The key could not be verified.',
    });
  const reason = `the authoritative server of ${request.from} does not know the dialback key`;
  if (settled.pairs.length > 0 || settled.verifying.length > 0)
    return answerError(settled, request, { code: 'dialback-key-refused', condition: 'forbidden', text: reason });
  // Nobody else uses the stream: a forged key costs it [XEP-0220 §2.4.2].
  return {
    state: { ...settled, name: 'ended' },
    effects: [
      ...answered(settled, request, { type: 'invalid' }).effects,
      { do: 'report-refusal', code: 'dialback-key-refused', condition: 'invalid', reason },
      { do: 'close', reason },
    ],
  };
}

function believe(state: InboundState, request: DialbackElement, context: ResultContext): InboundStep {
  // Where the row has no dialback, the stream lives by its SASL authentication.
  const method = permits(context.security, dialbackMethod(state.encrypted))
    ? dialbackMethod(state.encrypted)
    : 'SASL over TLS';
  const pair = { local: request.to, remote: request.from, method, security: context.security };
  const step = authenticate(state, pair, context);
  if (step === undefined)
    return answerError(state, request, { ...noRoom(context.security), condition: 'resource-constraint' });
  // The answer first: what is sent to the peer because of it comes behind it.
  return { state: step.state, effects: [...answered(state, request, { type: 'valid' }).effects, ...step.effects] };
}

const sameRequest = (one: DialbackElement, other: DialbackElement): boolean =>
  one.from === other.from && one.to === other.to;

const answered = (state: InboundState, request: DialbackElement, outcome: DialbackOutcome): InboundStep =>
  stay(state, { do: 'send', element: printDialbackAnswer(request, outcome) });

/** A dialback error: the stream stays for its other domains. */
interface DialbackRefusal extends Pick<StreamRefusal, 'code' | 'text'> {
  readonly condition: StanzaErrorCondition;
}

function answerError(
  state: InboundState,
  request: DialbackElement,
  { code, condition, text = condition }: DialbackRefusal,
): InboundStep {
  return stay(
    state,
    { do: 'send', element: printDialbackAnswer(request, { type: 'error', condition, text }) },
    { do: 'report-refusal', code, condition, reason: `db:${request.name} of ${request.from}: ${text}` },
  );
}
