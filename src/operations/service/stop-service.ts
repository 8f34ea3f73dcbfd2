/** Stopping the gateway: asked over the control channel, proven by the end of its process. */

import { isCodedError } from '../../primitives/errors.ts';
import { askGateway } from './ask-gateway.ts';
import { gatewayProcess, untilStopped } from './service-state.ts';

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
  /** Aborts when nobody wants to wait for what is under way any more. */
  readonly hurry: AbortSignal;
}

/** @throws CodedError `ServiceTimeout` when the process is still there; with `force` it is killed instead. */
export async function stopGateway(order: StopOrder): Promise<void> {
  const answered = await askToStop(order.storeFolder, order.drainMs);
  if (!order.wait && answered) return;
  const hurry = (): void => void askToStop(order.storeFolder, 0);
  order.hurry.addEventListener('abort', hurry, { once: true });
  if (order.hurry.aborted) hurry();
  try {
    // One that is too busy to answer may have heard all the same; one that is stuck is not waited for when it may be killed.
    await untilStopped(order.storeFolder, order.force && !answered ? 0 : order.drainMs + order.timeoutMs);
  } catch (error) {
    if (!order.force) throw error;
    await kill(order);
  } finally {
    order.hurry.removeEventListener('abort', hurry);
  }
}

async function askToStop(storeFolder: string, drainMs: number): Promise<boolean> {
  try {
    await askGateway(storeFolder, 'stop', { parameter: { drainMs } });
    return true;
  } catch (error) {
    if (isCodedError(error)) return false;
    throw error;
  }
}

/** Only the process that has the lock and began when it said: its number alone may be somebody else's by now. */
async function kill({ storeFolder, timeoutMs }: StopOrder): Promise<void> {
  const holder = await gatewayProcess(storeFolder);
  if (holder !== undefined) process.kill(holder.pid, 'SIGKILL');
  await untilStopped(storeFolder, timeoutMs);
}
