/** What became of one message, told from its steps: who, to whom, how it ended and how long it took, and the two sides of it. */
import type { TraceStep, TraceSubject } from '../../primitives/trace-step.ts';

export interface MessageFlow {
  readonly correlationId: string;
  readonly subject: TraceSubject;
  readonly from: string;
  readonly to: string;
  readonly result: 'delivered' | 'passed on' | 'refused' | 'failed' | 'open';
  /** One sentence, where it was refused or failed. */
  readonly reason?: string | undefined;
  /** Milliseconds from the first step to the last one. */
  readonly tookMs: number;
  readonly xmpp: FlowSide;
  readonly sip: FlowSide;
  readonly steps: readonly TraceStep[];
}

/** One side, as far as the steps tell of it. */
export interface FlowSide {
  readonly peer?: string | undefined;
  readonly peerAddress?: string | undefined;
  readonly transport?: string | undefined;
  /** `id a7`; `Call-ID 7f2c, CSeq 1`. */
  readonly name?: string | undefined;
}

/** @param steps - Of this message alone, in their order; at least one. */
export function messageFlow(correlationId: string, steps: readonly TraceStep[]): MessageFlow {
  const refusal = steps.find(({ kind, level }) => kind === 'Event' && (level === 'warn' || level === 'error'));
  const { first, left } = wayOf(steps);
  return {
    correlationId,
    subject: first.subject,
    from: first.from ?? '',
    to: (left ?? refusal)?.to ?? '',
    ...outcomeOf(steps, left !== undefined, refusal),
    tookMs: tookMs(steps),
    xmpp: sideOf(steps, 'xmpp'),
    sip: sideOf(steps, 'sip'),
    steps,
  };
}

const tookMs = (steps: readonly TraceStep[]): number => {
  const times = steps.map(({ time }) => Date.parse(time));
  return Math.max(...times) - Math.min(...times);
};

interface Way {
  readonly first: Pick<TraceStep, 'subject' | 'from'>;
  readonly left: TraceStep | undefined;
}

/** How it came in on one side, and how it left on the other. */
function wayOf(steps: readonly TraceStep[]): Way {
  const handed = steps.filter(({ kind }) => kind === 'Handover');
  const arrived = handed.find(({ direction }) => direction === 'In');
  const left = handed.find(({ direction, component }) => direction === 'Out' && component !== arrived?.component);
  return { first: arrived ?? left ?? steps[0] ?? { subject: 'Other' }, left };
}

function outcomeOf(
  steps: readonly TraceStep[],
  hasLeft: boolean,
  refusal: TraceStep | undefined,
): Pick<MessageFlow, 'result' | 'reason'> {
  if (refusal !== undefined) {
    const isPolicy = refusal.component === 'policy' || !hasLeft;
    return { result: isPolicy ? 'refused' : 'failed', reason: refusal.summary };
  }
  const refused = steps.find(
    ({ kind, direction, component, level }) =>
      kind === 'Wire' && component === 'sip' && direction === 'In' && level === 'warn',
  );
  if (steps.some(({ facts }) => facts?.['event'] === 'MessageDelivered')) return { result: 'delivered' };
  if (refused !== undefined) return { result: 'failed', reason: refused.summary };
  return { result: hasLeft ? 'passed on' : 'open' };
}

function sideOf(steps: readonly TraceStep[], side: 'xmpp' | 'sip'): FlowSide {
  const wire = steps.find(({ kind, component }) => kind === 'Wire' && component === side);
  const handed = steps.find(({ kind, component }) => kind === 'Handover' && component === side);
  return {
    peer: (side === 'xmpp' ? wire?.peer : undefined) ?? handed?.peer,
    peerAddress: wire?.peerAddress,
    transport: wire?.transport,
    name: wire?.exchange === undefined ? undefined : nameOf(side, wire.exchange),
  };
}

function nameOf(side: 'xmpp' | 'sip', exchange: string): string | undefined {
  const [first = '', second = ''] = exchange.split(' ');
  if (side === 'sip') return `Call-ID ${first}, CSeq ${second}`;
  return first === 'stanza' ? undefined : `id ${second}`;
}
