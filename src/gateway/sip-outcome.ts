/** A SIP response as the end of a delivery; what it says of a refusal is shown to the administrator at once. */
import type { LogEvent, OnLogEvent } from '../primitives/log-event.ts';
import type { SipOutcome } from './crossing.ts';
import { sipUriIn } from './sip/aor.ts';
import { parseCSeq } from './sip/c-seq.ts';
import type { SipResponse } from './sip/message.ts';
import { refusalAdviceOf } from './sip/refusal-advice.ts';
import { type RefusalDetails, refusalDetailsOf, refusalText } from './sip/refusal-details.ts';
import type { SipEndpoint } from './sip/sip-endpoint.ts';

export function sipOutcomeOf(response: SipResponse, onEvent: OnLogEvent): SipOutcome {
  const { status, reason } = response;
  const details = refusalDetailsOf(response);
  const outcome = { status, reason, ...refusalAdviceOf(response) };
  if (details === undefined) return outcome;
  onEvent(diagnosed(response, details));
  return { details, ...outcome };
}

type Requesting = Pick<SipEndpoint, 'request' | 'localAddress'>;

/** The same endpoint, whose refusals are shown to the administrator too. */
export const diagnosing = (endpoint: Requesting, onEvent: OnLogEvent): Requesting => ({
  localAddress: (destination) => endpoint.localAddress(destination),
  async request(...request) {
    const final = await endpoint.request(...request);
    if (final.ok) sipOutcomeOf(final.response, onEvent);
    return final;
  },
});

/** `ms-diagnostics` and its kin: without them a 403 of a pool could mean a dozen things. */
function diagnosed({ status, reason: phrase, headers }: SipResponse, details: RefusalDetails): LogEvent {
  const { id, reason, source, warnings } = details;
  const cSeq = parseCSeq(headers.get('CSeq') ?? '');
  const method = cSeq.ok ? cSeq.value.method : '';
  const to = sipUriIn(headers.get('To'));
  const user = to === undefined ? '' : `${to.user ?? ''}@${to.host}`;
  const from = source === undefined || source === '' ? '' : `, says ${source}`;
  return {
    id: 'SipRefusalDiagnosed',
    level: 'warn',
    component: 'sip',
    message: `${method} for ${user} was refused with ${status} ${phrase}: ${refusalText(details) ?? `warning ${warnings.join(', ')}`}${from}`,
    facts: { user, method, status, diagnosticId: id, reason, source, warnings: warnings.join(', ') },
  };
}
