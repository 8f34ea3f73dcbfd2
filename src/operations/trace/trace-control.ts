/** What cmdlets may ask of the running gateway about its traces, and the asking. */
import type { ControlHandler } from '../../gateway/service/control-channel.ts';
import type { TraceStep } from '../../primitives/trace-step.ts';
import { askGateway } from '../service/ask-gateway.ts';
import type { TraceDesk } from './trace-desk.ts';
import type { RunningTrace, TraceOrder } from './trace-recorder.ts';

/** Milliseconds in which a gateway that is well tells all that its ring has. */
const answerMs = 15_000;

export function traceControl(desk: TraceDesk): Readonly<Record<string, ControlHandler>> {
  return {
    'trace-steps': (parameter) => desk.steps((parameter as StepsOf).correlationId),
    'trace-newest': () => desk.newest(),
    'start-trace': (parameter) => desk.start(parameter as TraceOrder),
    'stop-trace': (parameter) => desk.stop(parameter as readonly string[]),
    traces: () => desk.running(),
  };
}

interface StepsOf {
  /** Absent: all. */
  readonly correlationId?: string | undefined;
}

/** Oldest first. @throws CodedError `ServiceNotRunning`, like the others */
export const stepsNow = async (storeFolder: string, of: StepsOf = {}): Promise<readonly TraceStep[]> =>
  await askTrace(storeFolder, 'trace-steps', of);

export const newestNow = async (storeFolder: string): Promise<string | undefined> =>
  (await askTrace<string | null>(storeFolder, 'trace-newest')) ?? undefined;

export const startTraceNow = async (storeFolder: string, order: TraceOrder): Promise<RunningTrace> =>
  await askTrace(storeFolder, 'start-trace', order);

export const stopTracesNow = async (storeFolder: string, names: readonly string[]): Promise<readonly RunningTrace[]> =>
  await askTrace(storeFolder, 'stop-trace', names);

export const runningTraces = async (storeFolder: string): Promise<readonly RunningTrace[]> =>
  await askTrace(storeFolder, 'traces');

const askTrace = async <Answer>(storeFolder: string, method: string, parameter?: unknown): Promise<Answer> =>
  await askGateway(storeFolder, method, { parameter, timeoutMs: answerMs });
