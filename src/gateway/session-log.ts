/** IM sessions as the administrator reads them in the event log: who, for how long, how many messages, and why it is over. */
import type { SipSessionMode } from '../config/gateway-configuration.ts';
import type { LogEvent } from '../primitives/log-event.ts';
import type { SessionReport } from './sip/session/session-setup.ts';

/** The events of a stream that is opened and closed have the same levels. */
const kinds = {
  opened: { id: 'ImSessionOpened', level: 'debug' },
  refused: { id: 'ImSessionRefused', level: 'info' },
  ended: { id: 'ImSessionEnded', level: 'info' },
} as const;

export function sessionEvent(report: SessionReport, mode: SipSessionMode): LogEvent {
  const { what, ends, callId, openedBy, duration, messages, reason } = report;
  const seconds = Math.round(duration / 1000);
  const told = {
    opened: `opened by the ${openedBy}`,
    refused: `refused: ${reason}`,
    ended: `ended after ${seconds} s and ${messages} ${messages === 1 ? 'message' : 'messages'}: ${reason}`,
  }[what];
  return {
    ...kinds[what],
    component: 'sip',
    message: `IM session of ${ends.userAor} with ${ends.contactAor}: ${told}`,
    facts: {
      user: ends.userAor,
      contact: ends.contactAor,
      openedBy,
      mode,
      callId,
      ...(what !== 'opened' && { reason }),
      ...(what === 'ended' && { seconds, messages }),
    },
  };
}

/** Messages go another way from now on, for a while. */
export const wayChanged = (whose: string, status: number, reason: string): LogEvent => ({
  id: 'SessionModeChanged',
  level: 'info',
  component: 'sip',
  message: `${whose} takes no IM sessions (${status} ${reason}): messages go as pages, for an hour at most`,
  facts: { target: whose, status, reason, way: 'Pager' },
});
