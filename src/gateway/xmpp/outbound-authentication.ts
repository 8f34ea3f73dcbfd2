/** How the initiating server becomes believed, by what the peer offers and the partner's row permits. Part of the outbound machine, and as pure. */
import { printResultRequest, printVerifyRequest } from './dialback.ts';
import { namespaces } from './namespaces.ts';
import {
  type DialCode,
  failDial,
  goTo,
  type OutboundContext,
  type OutboundState,
  type OutboundStep,
} from './outbound-state.ts';
import { external, printAuth } from './sasl-external.ts';
import type { StreamFeatures } from './stream-features.ts';
import { dialbackMethod, permits, type StreamSecurity } from './stream-security.ts';
import { element } from './xml/element.ts';

/** The next step after the features of a stream that is not authenticated yet. */
export function negotiate(state: OutboundState, features: StreamFeatures, context: OutboundContext): OutboundStep {
  const security = context.securityFor(state.pair.remote);
  if (security === undefined) return failDial(state, 'policy', `${state.pair.remote} is not an allowed partner.`);
  if (!state.encrypted) return negotiateInClear(state, features, { ...context, security });
  if (state.purpose.type === 'verify') return dialback(state, { ...context, security });
  const obstacle = obstacleToExternal(state, features, { ...context, security });
  if (obstacle === undefined) return goTo(state, 'awaiting-sasl', { do: 'send', element: printAuth(state.pair.local) });
  return dialback(state, { ...context, security }, obstacle);
}

type Context = OutboundContext & { readonly security: StreamSecurity };

interface Obstacle {
  readonly step: 'certificate' | 'sasl' | 'tls';
  readonly code?: DialCode;
  readonly reason: string;
}

function negotiateInClear(state: OutboundState, { startTls }: StreamFeatures, context: Context): OutboundStep {
  const { security } = context;
  // Asked for even where it is not offered: whoever took the offer away on the path gains nothing [RFC 7590 §3.1].
  if (security.startTls === 'required' || (security.startTls === 'optional' && startTls !== undefined))
    return goTo(state, 'awaiting-proceed', { do: 'send', element: element('starttls', namespaces.tls) });
  if (startTls?.required === true)
    return failDial(state, 'tls', 'The server requires TLS, and the partner is set to TLS not supported.');
  return dialback(state, context, { step: 'tls', code: 'tls-not-offered', reason: 'The server does not offer TLS.' });
}

/** EXTERNAL makes both believe: we look at the server's certificate as strictly as it looks at ours. */
function obstacleToExternal(
  state: OutboundState,
  { mechanisms }: StreamFeatures,
  context: Context,
): Obstacle | undefined {
  const { local, remote } = state.pair;
  const { security } = context;
  if (!permits(security, 'SASL over TLS'))
    return { step: 'sasl', reason: `SASL EXTERNAL is not permitted for ${remote}.` };
  const verdict = context.verdictFor(remote, security);
  if (!verdict.ok)
    return {
      step: 'certificate',
      code: verdict.reason,
      reason: `The certificate of ${remote} is not accepted (${verdict.reason}): ${verdict.detail}`,
    };
  if (!context.hasCertificate(local))
    return {
      step: 'certificate',
      code: 'no-own-certificate',
      reason: `${local} has no certificate to authenticate with.`,
    };
  if (!mechanisms.includes(external))
    return {
      step: 'sasl',
      code: 'external-not-offered',
      reason: 'The server does not offer SASL EXTERNAL: it does not accept our certificate, or does not support it.',
    };
  return undefined;
}

/** Dialback on this stream, or the end of the dial with what stood in the way of something better. */
export function dialback(
  state: OutboundState,
  context: OutboundContext & { readonly security: StreamSecurity },
  obstacle?: Obstacle,
): OutboundStep {
  const { pair, purpose, streamId, encrypted } = state;
  const { security } = context;
  const method = dialbackMethod(encrypted);
  if (!permits(security, method)) {
    const { step, reason, ...cause } = obstacle ?? {
      step: 'dialback',
      reason: 'No stream to this server may be used for dialback.',
    };
    return failDial(state, step, `${reason} ${method} is not permitted for ${pair.remote}.`, cause);
  }
  if (security.pinnedSpkiSha256.length > 0) {
    const verdict = context.verdictFor(pair.remote, security);
    if (!verdict.ok)
      return failDial(state, 'certificate', `${pair.remote} has pinned keys: ${verdict.detail}`, {
        code: verdict.reason,
      });
  }
  if (purpose.type === 'verify') {
    const request = printVerifyRequest(pair, purpose.id, purpose.key);
    return goTo(state, 'awaiting-verification', { do: 'send', element: request });
  }
  if (streamId === '') return failDial(state, 'stream', 'The server gave the stream no id, which dialback needs.');
  const request = printResultRequest(pair, context.dialbackKey(pair, streamId));
  const asked = state.name === 'awaiting-sasl' && obstacle !== undefined ? { ...state, refusal: obstacle } : state;
  return goTo(asked, 'awaiting-result', { do: 'send', element: request });
}

/** The peer's `<failure/>` to EXTERNAL as what stands in the way: it looked at our certificate, or could not [RFC 6120 §6.5]. */
export function refusalOfExternal(failure: string): Obstacle {
  if (/^(?:not-authorized|account-disabled|credentials-expired)\b/.test(failure))
    return {
      step: 'sasl',
      code: 'peer-rejects-certificate',
      reason: `The server does not accept our certificate (peer-rejects-certificate): SASL EXTERNAL was answered ${failure}.`,
    };
  return { step: 'sasl', reason: `The server refused SASL EXTERNAL (${failure}).` };
}
