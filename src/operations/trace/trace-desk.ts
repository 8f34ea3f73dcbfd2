/** All traces of one gateway process: the ring that is always on, and the recorders that somebody has started. */
import type { Clock } from '../../primitives/clock.ts';
import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import type { OnTrace, TraceStep } from '../../primitives/trace-step.ts';
import { createTraceFile, type TraceFile } from '../../store/trace-files.ts';
import { messageIds, stepsOfMessage } from './message-steps.ts';
import { type RunningTrace, type TraceOrder, TraceRecorder } from './trace-recorder.ts';
import { maxRingCharacters, maxRingSteps, shownStep, TraceRing } from './trace-ring.ts';

/** Traces that run at the same time. Source: own choice. */
export const maxRunningTraces = 8;

export interface TraceDesk {
  readonly note: OnTrace;
  /** What the ring has: of one message, or all. */
  steps(correlationId?: string): readonly TraceStep[];
  /** The newest message that fits, by its CorrelationId. */
  newest(): string | undefined;
  /** @throws CodedError `TraceExists`, `TooManyTraces`, `TraceDenied` */
  start(order: TraceOrder): RunningTrace;
  /** @returns What has ended. */
  stop(names: readonly string[]): readonly RunningTrace[];
  running(): readonly RunningTrace[];
  close(): void;
}

interface TraceSurroundings {
  /** The store's folder. */
  readonly folder: string;
  readonly clock: Clock;
  readonly onEvent: OnLogEvent;
}

export function traceDesk({ folder, clock, onEvent }: TraceSurroundings): TraceDesk {
  const ring = new TraceRing({ steps: maxRingSteps, characters: maxRingCharacters });
  const recorders = new Map<string, TraceRecorder>();
  const tell = (id: 'TraceStarted' | 'TraceEnded', message: string): void =>
    onEvent({ id, level: 'info', component: 'service', message });
  return {
    note(note) {
      const step = ring.add(note, clock.wallTime());
      for (const recorder of recorders.values()) recorder.take(step);
    },
    steps(correlationId) {
      const steps = ring.steps();
      return (correlationId === undefined ? steps : stepsOfMessage(steps, correlationId, ({ note }) => note)).map(
        shownStep,
      );
    },
    newest: () => messageIds(ring.steps().map(({ note }) => note)).at(-1),
    start(order) {
      if (recorders.size >= maxRunningTraces) throw tooMany();
      const recorder = new TraceRecorder(order, opened(folder, order), clock, ({ reason, steps }) => {
        recorders.delete(order.name);
        tell('TraceEnded', `the trace ${order.name} has ended with ${steps} steps: ${reason}`);
      });
      recorders.set(order.name, recorder);
      tell('TraceStarted', `the trace ${order.name} has begun, scenario ${order.scenario}`);
      return recorder.state();
    },
    stop(names) {
      return names.flatMap((name) => {
        const recorder = recorders.get(name);
        recorder?.end('it was stopped');
        return recorder?.state() ?? [];
      });
    },
    running: () => Array.from(recorders.values(), (recorder) => recorder.state()),
    close() {
      for (const recorder of [...recorders.values()]) recorder.end('the gateway has stopped');
    },
  };
}

function opened(folder: string, order: TraceOrder): TraceFile {
  const { name, scenario, started, withBodies } = order;
  try {
    return createTraceFile(folder, { name, scenario, started, withBodies });
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code === 'EEXIST') {
      throw new CodedError('TraceExists', `There is a trace ${name} already.`, {
        fix: ['xgw get-trace', `xgw clear-trace ${name}`],
      });
    }
    throw new CodedError('TraceDenied', `The trace ${name} cannot be written.`, {
      reason: code,
      fix: 'xgw get-configurationstore',
    });
  }
}

const tooMany = (): CodedError =>
  new CodedError('TooManyTraces', `${maxRunningTraces} traces run already.`, {
    fix: ['xgw get-trace', "xgw stop-trace '*'"],
  });
