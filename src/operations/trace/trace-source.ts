/** Where steps come from: the memory of the running gateway, and the traces in files. A step that is in both comes once. */

import { CodedError, isCodedError } from '../../primitives/errors.ts';
import type { TraceStep } from '../../primitives/trace-step.ts';
import { readTrace, tracesOnDisk } from '../../store/trace-files.ts';
import { wildcard } from '../wildcard.ts';
import { type MessageFlow, messageFlow } from './message-flow.ts';
import { messageIds, stepsOfMessage } from './message-steps.ts';
import { newestNow, stepsNow } from './trace-control.ts';

/** All steps that there are, oldest first. @param name - Only those of the traces in files that fit. */
export async function allSteps(storeFolder: string, name?: string): Promise<readonly TraceStep[]> {
  const stored = storedSteps(storeFolder, name);
  const live = name === undefined ? ((await liveSteps(storeFolder)) ?? []) : [];
  const seen = new Set<string>();
  const all = [...stored, ...live].filter((step) => {
    const key = `${step.time} ${step.order}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return all.toSorted((one, other) =>
    one.time === other.time ? one.order - other.order : one.time < other.time ? -1 : 1,
  );
}

/** Undefined: no gateway runs. */
async function liveSteps(storeFolder: string, correlationId?: string): Promise<readonly TraceStep[] | undefined> {
  try {
    return await stepsNow(storeFolder, { correlationId });
  } catch (error) {
    if (isCodedError(error) && error.id === 'ServiceNotRunning') return undefined;
    throw error;
  }
}

/** @throws CodedError `ObjectNotFound` for a name that fits no trace */
function storedSteps(storeFolder: string, name: string | undefined): readonly TraceStep[] {
  const traces = tracesOnDisk(storeFolder).filter((trace) => name === undefined || wildcard(name)(trace.name));
  if (name !== undefined && traces.length === 0) throw noTrace(name);
  return traces.flatMap((trace) => readTrace(trace.path).steps);
}

/** The message of this id: from the running gateway, else from the traces in files. @throws CodedError `ObjectNotFound` */
export async function findFlow(storeFolder: string, correlationId: string): Promise<MessageFlow> {
  const live = (await liveSteps(storeFolder, correlationId)) ?? [];
  const steps = live.length > 0 ? live : stepsOfMessage(await allSteps(storeFolder), correlationId, (step) => step);
  if (steps.length === 0) throw noMessage(correlationId);
  return messageFlow(correlationId, steps);
}

/** @throws CodedError `ObjectNotFound` when nothing has crossed yet */
export async function newestFlow(storeFolder: string): Promise<MessageFlow> {
  const id = (await newestId(storeFolder)) ?? messageIds(storedSteps(storeFolder, undefined)).at(-1);
  if (id === undefined) throw nothingYet();
  return findFlow(storeFolder, id);
}

async function newestId(storeFolder: string): Promise<string | undefined> {
  try {
    return await newestNow(storeFolder);
  } catch (error) {
    if (isCodedError(error) && error.id === 'ServiceNotRunning') return undefined;
    throw error;
  }
}

export const noTrace = (name: string): CodedError =>
  new CodedError('ObjectNotFound', `There is no trace ${name}.`, { fix: 'xgw get-trace', target: name });

const noMessage = (correlationId: string): CodedError =>
  new CodedError('ObjectNotFound', `No trace has a message ${correlationId}.`, {
    reason:
      'the gateway keeps the last messages in memory only, until it is stopped; traces in files keep what they were started for',
    fix: ['xgw search-trace', 'xgw start-trace -Scenario Im'],
    target: correlationId,
  });

const nothingYet = (): CodedError =>
  new CodedError('ObjectNotFound', 'Nothing has crossed the gateway that a trace could show.', {
    fix: ['xgw get-service', 'xgw test-xmppim -Receiver user@fabrikam.com'],
  });
