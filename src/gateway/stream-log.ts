/**
 * What streams report, as the administrator reads it in the event log. What a peer can have ignored as often as it likes
 * is told once a minute for each address, with how often: or it would fill the log.
 */
import { placeOf } from '../primitives/address-place.ts';
import type { Clock } from '../primitives/clock.ts';
import type { LogEvent, OnLogEvent } from '../primitives/log-event.ts';
import type { LogEventId } from '../primitives/log-events.ts';
import { RepeatedReports } from '../primitives/repeated-reports.ts';
import { limitEvent, sinceLastReport } from './limit-event.ts';
import type { S2sEvent, StreamSummary } from './xmpp/s2s-event.ts';
import type { Element } from './xmpp/xml/element.ts';

type StreamEvent = Extract<S2sEvent, { stream: StreamSummary }>;
type Ignored = Extract<S2sEvent, { type: 'ignored' }>;
type OfStanza = Extract<S2sEvent, { stanza: Element }>;
/** Stanzas are for the trace. */
export type StreamLogEvent = Exclude<S2sEvent, OfStanza>;

export function streamLog(onEvent: OnLogEvent, clock: Pick<Clock, 'now'>): (event: StreamLogEvent) => void {
  const reports = new RepeatedReports(clock);
  return (event) => {
    if (event.type === 'limit-reached') return onEvent(limitEvent(event, 'xmpp'));
    if (event.type === 'dial-failed') return onEvent(dialFailedEvent(event));
    if (event.type === 'not-accepted') {
      const times = reports.count(event.where);
      return times === undefined ? undefined : onEvent(notAcceptedEvent(event, times));
    }
    if (event.type !== 'ignored') return onEvent(streamLogEvent(event));
    // Names that a stranger gives would be as many subjects as it likes: its address is what it cannot choose.
    const times = reports.count(placeOf(event.stream.peerAddress));
    if (times !== undefined) onEvent(ignoredEvent(event, times));
  };
}

type NotAccepted = Extract<S2sEvent, { type: 'not-accepted' }>;

const notAcceptedEvent = ({ where, reason }: NotAccepted, times: number): LogEvent => ({
  id: 'ConnectionNotAccepted',
  level: 'error',
  component: 'xmpp',
  message: `a connection to ${where} could not be taken: ${reason}${sinceLastReport(times)}`,
  facts: { where, reason, times },
});

type DialFailed = Extract<S2sEvent, { type: 'dial-failed' }>;

function dialFailedEvent({ remoteDomain, localDomain, step, code, reason }: DialFailed): LogEvent {
  return {
    id: 'PartnerUnreachable',
    level: 'warn',
    component: 'xmpp',
    message: `${remoteDomain} cannot be reached, step ${step}: ${reason}`,
    facts: { partner: remoteDomain, localDomain, step, code, reason },
  };
}

function streamLogEvent(event: Exclude<StreamEvent, Ignored | OfStanza>): LogEvent {
  switch (event.type) {
    case 'authenticated':
      return streamEvent(
        'StreamAuthenticated',
        'info',
        event.stream,
        `${event.remoteDomain} authenticated by ${event.method}${event.stream.bidirectional ? ', for both directions' : ''}`,
      );
    case 'refused': {
      const { code, condition, reason } = event;
      const refused = streamEvent('StreamRefused', 'warn', event.stream, `refused with ${condition}: ${reason}`);
      return { ...refused, facts: { ...refused.facts, code, condition, reason } };
    }
    case 'closed':
      return streamEvent('StreamClosed', 'info', event.stream, `closed: ${event.reason}`);
    case 'stream-opened':
      return streamEvent('StreamOpened', 'debug', event.stream, 'opened');
    case 'tls-established':
      return streamEvent(
        'StreamEncrypted',
        'debug',
        event.stream,
        `encrypted with ${event.stream.tls?.protocol ?? 'TLS'}`,
      );
  }
}

function ignoredEvent({ stream, reason }: Ignored, times: number): LogEvent {
  const again = times === 1 ? '' : ` (the last of ${times} since the last report)`;
  const event = streamEvent('StreamElementIgnored', 'info', stream, `ignored: ${reason}${again}`);
  return { ...event, facts: { ...event.facts, reason, times } };
}

function streamEvent(id: LogEventId, level: LogEvent['level'], stream: StreamSummary, what: string): LogEvent {
  const { direction, bidirectional, remoteDomain, localDomain, peerAddress, peerPort, method, certificate } = stream;
  const name = `${direction} stream ${direction === 'inbound' ? 'from' : 'to'} ${remoteDomain ?? `${peerAddress}:${peerPort}`}`;
  return {
    id,
    level,
    component: 'xmpp',
    message: `${name}: ${what}`,
    facts: {
      stream: stream.id,
      direction,
      bidirectional,
      partner: stream.partner,
      localDomain,
      remoteDomain,
      peerAddress,
      peerPort,
      method,
      certificate,
    },
  };
}
