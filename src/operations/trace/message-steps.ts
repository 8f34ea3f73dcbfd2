/** The steps of one message, found among all: those that carry its CorrelationId, and what was on the wires in their exchanges. */
import type { TraceNote } from '../../primitives/trace-step.ts';

type Asked = Pick<TraceNote, 'kind' | 'correlationId' | 'exchange'>;

/** @param noteOf - What is asked of each. @returns In their order. */
export function stepsOfMessage<Step>(
  steps: readonly Step[],
  correlationId: string,
  noteOf: (step: Step) => Asked,
): readonly Step[] {
  const exchanges = new Set<string>();
  for (const step of steps) {
    const { correlationId: its, exchange } = noteOf(step);
    if (its === correlationId && exchange !== undefined) exchanges.add(exchange);
  }
  return steps.filter((step) => {
    const { kind, correlationId: its, exchange } = noteOf(step);
    if (its !== undefined) return its === correlationId;
    return kind === 'Wire' && exchange !== undefined && exchanges.has(exchange);
  });
}

/** The ids of the messages among the steps, the newest last. */
export function messageIds(notes: Iterable<Pick<TraceNote, 'correlationId'>>): readonly string[] {
  const seen = new Set<string>();
  for (const { correlationId } of notes) if (correlationId !== undefined) seen.add(correlationId);
  return [...seen];
}
