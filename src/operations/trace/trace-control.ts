/** What cmdlets may ask of the running gateway about its traces, and the asking. */
import { type ControlHandler, callControl } from '../../gateway/service/control-channel.ts';
import type { TraceStep } from '../../primitives/trace-step.ts';
import { runFolder } from '../service/service-state.ts';
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
  (await ask(storeFolder, 'trace-steps', of)) as readonly TraceStep[];

export const newestNow = async (storeFolder: string): Promise<string | undefined> =>
  ((await ask(storeFolder, 'trace-newest')) ?? undefined) as string | undefined;

export const startTraceNow = async (storeFolder: string, order: TraceOrder): Promise<RunningTrace> =>
  (await ask(storeFolder, 'start-trace', order)) as RunningTrace;

export const stopTracesNow = async (storeFolder: string, names: readonly string[]): Promise<readonly RunningTrace[]> =>
  (await ask(storeFolder, 'stop-trace', names)) as readonly RunningTrace[];

export const runningTraces = async (storeFolder: string): Promise<readonly RunningTrace[]> =>
  (await ask(storeFolder, 'traces')) as readonly RunningTrace[];

const ask = (storeFolder: string, method: string, parameter?: unknown): Promise<unknown> =>
  callControl(runFolder(storeFolder), method, { parameter, timeoutMs: answerMs });
