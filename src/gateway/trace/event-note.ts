/** What the event log is told, as a step of the trace: so that a way shows what was decided about it. */
import type { LogEvent } from '../../primitives/log-event.ts';
import type { TraceNote, TraceSubject } from '../../primitives/trace-step.ts';

export function eventNote(event: LogEvent): TraceNote {
  const { id, level, component, message, correlationId, facts } = event;
  const text = (name: string): string | undefined => {
    const value = facts?.[name];
    return typeof value === 'string' ? value : undefined;
  };
  const [address, port] = [text('peerAddress'), facts?.['peerPort']];
  return {
    kind: 'Event',
    component,
    subject: subjectOf(id),
    level,
    summary: message,
    correlationId,
    from: text('from'),
    to: text('to'),
    peer: text('partner') ?? text('remoteDomain'),
    peerAddress: address === undefined ? undefined : `${address}:${String(port)}`,
    facts: { event: id, ...facts },
  };
}

/** The names of events say what they are about. */
const subjectsByName: readonly (readonly [RegExp, TraceSubject])[] = [
  [/^Stream|^PartnerUnreachable$|^Certificate/, 'Stream'],
  [/^Presence|^Subscription/, 'Presence'],
  [/^Message|^Loop/, 'Im'],
  [/^ImSession|^Sip|^Device|^Registration/, 'Session'],
];

const subjectOf = (id: string): TraceSubject => subjectsByName.find(([fits]) => fits.test(id))?.[1] ?? 'Other';
