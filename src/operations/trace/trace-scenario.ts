/** Which steps a trace keeps, under the names that Lync's logging scenarios made usual. */
import type { TraceNote } from '../../primitives/trace-step.ts';

/** `AlwaysOn` is the ring in the gateway's memory; the others are written to files. */
export const traceScenarios = ['AlwaysOn', 'XmppFederation', 'SipTrunk', 'Dialback', 'Tls', 'Presence', 'Im'] as const;
export type TraceScenario = (typeof traceScenarios)[number];

type Asked = Pick<TraceNote, 'kind' | 'component' | 'subject' | 'summary' | 'facts'>;

const isStream = ({ subject }: Asked): boolean => subject === 'Stream';
const says = (note: Asked, words: RegExp): boolean =>
  isStream(note) && (words.test(note.summary) || words.test(JSON.stringify(note.facts ?? {})));

const keeps: Readonly<Record<TraceScenario, (note: Asked) => boolean>> = {
  AlwaysOn: () => true,
  XmppFederation: ({ component }) => component !== 'sip',
  SipTrunk: ({ component }) => component === 'sip',
  Dialback: (note) => says(note, /dialback|verif|authenticat/i),
  Tls: (note) => says(note, /tls|certificate|encrypt|opened|handshake/i),
  Presence: ({ subject }) => subject === 'Presence',
  Im: ({ subject, kind }) => subject === 'Im' || subject === 'Session' || (subject === 'Other' && kind !== 'Wire'),
};

export const scenarioKeeps = (scenario: TraceScenario, note: Asked): boolean => keeps[scenario](note);
