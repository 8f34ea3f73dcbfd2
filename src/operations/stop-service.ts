/** Stopping the gateway: asked over the control channel, proven by the end of its process. */
import { callControl } from '../gateway/service/control-channel.ts';
import { isCodedError } from '../primitives/errors.ts';
import { lockHolder } from '../store/config-lock.ts';
import { runFolder, untilStopped } from './service-state.ts';

export interface StopOrder {
  readonly storeFolder: string;
  /** Milliseconds for what is under way; 0 stops at once. */
  readonly drainMs: number;
  /** Milliseconds until the process must have ended, the draining not counted. */
  readonly timeoutMs: number;
  /** Kill a process that does not answer or does not end. */
  readonly force: boolean;
  /** Return only when the process has ended. */
  readonly wait: boolean;
}

/** Milliseconds in which a gateway that is well takes the order. */
const answerMs = 5000;

/** @throws CodedError `ServiceTimeout` when the process is still there; with `force` it is killed instead. */
export async function stopGateway(order: StopOrder): Promise<void> {
  const answered = await askToStop(order);
  if (!order.wait && answered) return;
  try {
    // One that is too busy to answer may have heard all the same; one that is stuck is not waited for when it may be killed.
    await untilStopped(order.storeFolder, order.force && !answered ? 0 : order.drainMs + order.timeoutMs);
  } catch (error) {
    if (!order.force) throw error;
    await kill(order);
  }
}

async function askToStop({ storeFolder, drainMs }: StopOrder): Promise<boolean> {
  try {
    await callControl(runFolder(storeFolder), 'stop', { parameter: { drainMs }, timeoutMs: answerMs });
    return true;
  } catch (error) {
    if (isCodedError(error)) return false;
    throw error;
  }
}

async function kill({ storeFolder, timeoutMs }: StopOrder): Promise<void> {
  const holder = await lockHolder(runFolder(storeFolder));
  if (holder !== undefined) process.kill(holder.pid, 'SIGKILL');
  await untilStopped(storeFolder, timeoutMs);
}
