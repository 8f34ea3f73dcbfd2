/**
 * One message as a ladder of four lanes: the partner, the XMPP side, the SIP side and the user. The same steps make the same
 * text, at most 100 columns wide, so that it can be pasted into a ticket and compared.
 */
import type { TraceStep } from '../../primitives/trace-step.ts';
import { drawLadder, type Ladder, type LadderStep } from './ladder.ts';
import type { MessageFlow } from './message-flow.ts';

/** Columns from lane to lane: four of them and the time are 101, and nothing is drawn in the last one. */
const spacing = 23;
/** Columns of the whole. */
const width = 100;
const lane = { partner: 0, xmpp: 1, sip: 2, user: 3 } as const;

/** A step as it is drawn, and the step itself for whoever wants to see it whole. */
export interface DrawnStep {
  readonly drawn: LadderStep;
  readonly step: TraceStep;
}

export const flowLadder = (flow: MessageFlow): Ladder => ({
  spacing,
  lanes: [
    { name: domainOf(flow.xmpp.peer ?? 'partner'), detail: flow.xmpp.peerAddress },
    { name: 'edge proxy', detail: sideName('XMPP', flow.xmpp.transport) },
    { name: 'gateway', detail: sideName('SIP', flow.sip.transport) },
    { name: (flow.sip.peer ?? 'user').replace(/^sips?:/, ''), detail: flow.sip.peerAddress },
  ],
  steps: drawnSteps(flow).map(({ drawn }) => drawn),
});

/** Those that have a place in the drawing, in their order. */
export function drawnSteps({ steps }: MessageFlow): readonly DrawnStep[] {
  const startMs = Date.parse(steps[0]?.time ?? '');
  const hasSipWire = steps.some(({ kind, component }) => kind === 'Wire' && component === 'sip');
  return steps.flatMap((step) => {
    const atMs = Date.parse(step.time) - startMs;
    const drawn = drawnStep(step, { atMs, hasSipWire, steps });
    return drawn === undefined ? [] : [{ drawn, step }];
  });
}

interface Around {
  readonly atMs: number;
  readonly hasSipWire: boolean;
  readonly steps: readonly TraceStep[];
}

function drawnStep(step: TraceStep, { atMs, hasSipWire, steps }: Around): LadderStep | undefined {
  const { kind, component, direction, summary } = step;
  if (kind === 'Mapping' || kind === 'Event') return noteOf(step);
  const isInner = kind === 'Handover' && component === 'xmpp';
  // What goes to and from users is seen on the wire, where there is one.
  if (kind === 'Handover' && !isInner && hasSipWire) return undefined;
  const [outer, inner] = isInner ? [lane.xmpp, lane.sip] : sides[component === 'xmpp' ? 'xmpp' : 'sip'];
  const isIn = direction === 'In';
  const label = isInner && isIn ? `stanza${sizeOf(step, steps)}` : shortLabel(summary);
  return { kind: 'arrow', atMs, label, ...(isIn ? { from: outer, to: inner } : { from: inner, to: outer }) };
}

const sides = { xmpp: [lane.partner, lane.xmpp], sip: [lane.user, lane.sip] } as const;

function sizeOf({ exchange }: TraceStep, steps: readonly TraceStep[]): string {
  const wire = steps.find((step) => step.kind === 'Wire' && step.component === 'xmpp' && step.exchange === exchange);
  return (wire?.size ?? 0) === 0 ? '' : ` [${wire?.size} chars]`;
}

/** What the headline says already is not said again. */
function noteOf({ component, summary, facts }: TraceStep): LadderStep | undefined {
  if (facts?.['event'] === 'MessageDelivered') return undefined;
  return { kind: 'note', lane: component === 'sip' ? lane.sip : lane.xmpp, label: summary };
}

/** What nearly every message says of itself needs no room. */
const shortLabel = (summary: string): string => summary.replace(/^<message> chat /, '<message> ');

const domainOf = (peer: string): string =>
  peer
    .replace(/^sips?:/, '')
    .replace(/^[^@]*@/, '')
    .replace(/\/.*$/, '');

const sideName = (protocol: string, transport: string | undefined): string =>
  transport === undefined ? protocol : `${protocol} ${transport.toUpperCase().replace('TLSV', 'TLS ')}`;

const subjects: Readonly<Record<string, string>> = { Im: 'IM', Presence: 'presence', Iq: 'query' };

/** One line. */
export function flowHeadline({ correlationId, subject, from, to, result, tookMs }: MessageFlow): string {
  const ended = result === 'refused' || result === 'failed' ? `${result} after` : `${result} in`;
  return `${correlationId}  ${subjects[subject] ?? subject}  ${from} -> ${to}   ${ended} ${tookMs} ms`;
}

/** What joins the two sides, and what is not shown. */
export function flowFoot({ xmpp, sip }: MessageFlow, withBodies: boolean): readonly string[] {
  const sides = [
    xmpp.name === undefined ? [] : [`XMPP ${xmpp.name}`],
    sip.name === undefined ? [] : [`SIP ${sip.name}`],
  ].flat();
  const joined = sides.length === 0 ? [] : [`${sides.join(' <-> ')}.`];
  return withBodies ? joined : [...joined, 'Bodies hidden (EnableLoggingAllMessageBodies is False).'];
}

/** Why it did not arrive, in lines of the width of the drawing. */
function reasonLines({ reason }: MessageFlow): readonly string[] {
  const lines: string[] = [];
  for (const word of (reason ?? '').split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== '') lines.push(word);
  }
  return lines;
}

/** Ends with a line end. */
export const flowPicture = (flow: MessageFlow, withBodies: boolean): string =>
  `${[flowHeadline(flow), ...reasonLines(flow), '', drawLadder(flowLadder(flow)), '', ...flowFoot(flow, withBodies)].join('\n')}\n`;
