/** A SIP message on a transport, as a step of the trace: its head, without credentials and subject; of its body the length. */
import type { TraceNote, TraceSubject } from '../../primitives/trace-step.ts';
import { correlationName } from '../sip/correlation-field.ts';
import type { SipMessage } from '../sip/message.ts';
import type { SipEvent } from '../sip/sip-options.ts';
import { exchangeOfSip } from './exchange.ts';
import { hidden } from './stanza-note.ts';

type OnTransport = Extract<SipEvent, { message: SipMessage }>;

export function sipNote({ type, message, transport, peer }: OnTransport, withBodies: boolean): TraceNote {
  const { headers, body } = message;
  const method = methodOf(message);
  const said = withBodies ? body : body.length;
  // At once: twelve thousand texts are less to keep, and to walk through, than as many messages.
  const head = headOf(message);
  return {
    kind: 'Wire',
    component: 'sip',
    subject: subjects[method] ?? 'Session',
    level: message.kind === 'response' && message.status >= 400 ? 'warn' : 'trace',
    direction: type === 'received' ? 'In' : 'Out',
    summary: summaryOf(message),
    // Only ours is known to be no invention.
    correlationId: type === 'sent' && message.kind === 'request' ? headers.get(correlationName) : undefined,
    exchange: exchangeOfSip(headers),
    from: headers.get('From'),
    to: headers.get('To'),
    peerAddress: peer,
    transport,
    size: body.length,
    raw: () => `${head}\r\n${bodyText(said)}`,
  };
}

const subjects: Readonly<Record<string, TraceSubject>> = {
  MESSAGE: 'Im',
  SUBSCRIBE: 'Presence',
  NOTIFY: 'Presence',
  PUBLISH: 'Presence',
};

function methodOf(message: SipMessage): string {
  if (message.kind === 'request') return message.method;
  const cSeq = message.headers.get('CSeq') ?? '';
  return cSeq.slice(cSeq.lastIndexOf(' ') + 1);
}

const startLineOf = (message: SipMessage): string =>
  message.kind === 'request'
    ? `${message.method} ${message.requestUri} SIP/2.0`
    : `SIP/2.0 ${message.status} ${message.reason}`;

function summaryOf(message: SipMessage): string {
  if (message.kind === 'response') return `${message.status} ${message.reason}`;
  const number = Number.parseInt(message.headers.get('CSeq') ?? '', 10);
  const state = message.method === 'NOTIFY' ? message.headers.get('Subscription-State')?.split(';')[0] : undefined;
  return [message.method, state, Number.isNaN(number) ? undefined : `cseq ${number}`].filter(Boolean).join(' ');
}

/** What proves who somebody is, and what somebody says. */
const hiddenFields: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization', 'subject']);

/** Start line and header fields, each with its line end. */
function headOf(message: SipMessage): string {
  const parts = [startLineOf(message), '\r\n'];
  for (const [name, value] of message.headers.fields)
    parts.push(name, ': ', hiddenFields.has(name.toLowerCase()) ? hidden(value.length) : value, '\r\n');
  return parts.join('');
}

function bodyText(said: Buffer | number): string {
  if (typeof said !== 'number') return said.toString('utf8');
  return said === 0 ? '' : `[${said} bytes]`;
}
