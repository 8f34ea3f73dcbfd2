/** SASL EXTERNAL on a stream that the peer opened, RFC 6120 §6 and XEP-0178. Part of the inbound stream machine, and as pure. */
import {
  authenticate,
  type InboundContext,
  type InboundState,
  type InboundStep,
  refuseStream,
  stay,
} from './inbound-state.ts';
import type { RefusalCode } from './refusal-code.ts';
import { maxSaslAttempts } from './s2s-limits.ts';
import {
  checkAuthorizationIdentity,
  emptyChallenge,
  external,
  isSasl,
  printSaslFailure,
  type SaslFailure,
  saslSuccess,
} from './sasl-external.ts';
import { noRoom } from './stream-refusal.ts';
import { permits } from './stream-security.ts';
import { type Element, textOf } from './xml/element.ts';

interface Problem {
  readonly code: RefusalCode;
  readonly text: string;
}

/** Why the peer cannot authenticate by EXTERNAL now; nothing when it can. EXTERNAL is offered only if it will succeed [XEP-0178 §3]. */
export function certificateProblem({ remote }: InboundState, context: InboundContext): Problem | undefined {
  if (remote === undefined) return { code: 'bad-header', text: 'The stream has no from.' };
  const security = context.securityFor(remote);
  if (security === undefined || !permits(security, 'SASL over TLS'))
    return { code: 'external-not-permitted', text: 'SASL EXTERNAL is not permitted for this domain.' };
  const verdict = context.verdictFor(remote, security);
  if (verdict.ok) return undefined;
  const text = `The certificate of ${remote} is not accepted (${verdict.reason}): ${verdict.detail}`;
  return { code: verdict.reason, text };
}

export function sasl(state: InboundState, element: Element, context: InboundContext): InboundStep {
  if (!state.encrypted) return saslFailed(state, 'encryption-required');
  if (isSasl(element, 'abort')) return saslFailed({ ...state, sasl: 'none' }, 'aborted');
  if (isSasl(element, 'response') && state.sasl === 'challenged') return answered(state, textOf(element), context);
  if (!isSasl(element, 'auth') || state.sasl === 'done') return saslFailed(state, 'malformed-request');
  if (element.attributes['mechanism'] !== external) return saslFailed(state, 'invalid-mechanism');
  if (textOf(element) === '') return stay({ ...state, sasl: 'challenged' }, { do: 'send', element: emptyChallenge });
  return answered(state, textOf(element), context);
}

/** The certificate is looked at again: it was good when EXTERNAL was offered, and that may be a while ago. */
function answered(state: InboundState, response: string, context: InboundContext): InboundStep {
  const { remote, local } = state;
  const problem = certificateProblem(state, context);
  const security = remote && context.securityFor(remote);
  if (problem !== undefined || !remote || !local || !security) return saslFailed(state, 'not-authorized', problem);
  const claimed = checkAuthorizationIdentity(response, remote);
  if (!claimed.ok) return saslFailed(state, claimed.error);
  const step = authenticate(state, { local, remote, method: 'SASL over TLS', security }, context);
  if (step === undefined) return refuseStream(state, noRoom(security));
  return {
    state: { ...step.state, name: 'awaiting-header', sasl: 'done' },
    effects: [{ do: 'send', element: saslSuccess }, { do: 'restart' }, ...step.effects],
  };
}

function saslFailed(state: InboundState, failure: SaslFailure, problem?: Problem): InboundStep {
  const { text, code = failure === 'encryption-required' ? 'tls-required' : 'sasl-malformed' } = problem ?? {};
  const failed = {
    ...state,
    sasl: state.sasl === 'done' ? state.sasl : 'none',
    saslFailures: state.saslFailures + 1,
  } as const;
  const reason = `SASL ${failure}${text === undefined ? '' : `: ${text}`}`;
  const effects = [
    { do: 'send', element: printSaslFailure(failure, text) },
    { do: 'report-refusal', code, condition: failure, reason },
  ] as const;
  if (failed.saslFailures < maxSaslAttempts) return { state: failed, effects };
  const last = refuseStream(failed, { code, condition: 'policy-violation', text: 'Too many failed authentications.' });
  return { state: last.state, effects: [...effects, ...last.effects] };
}
