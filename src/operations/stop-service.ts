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

/** @throws CodedError `ServiceTimeout` when the process is still there; with `force` it is killed instead. */
export async function stopGateway(order: StopOrder): Promise<void> {
  const folder = runFolder(order.storeFolder);
  try {
    await callControl(folder, 'stop', { parameter: { drainMs: order.drainMs }, timeoutMs: order.timeoutMs });
    if (order.wait) await untilStopped(order.storeFolder, order.drainMs + order.timeoutMs);
  } catch (error) {
    if (!isCodedError(error) || !(await mended(order))) throw error;
  }
}

/** True when there is nothing left to complain about: the process is gone, or has been killed as -Force demands. */
async function mended({ storeFolder, force, timeoutMs }: StopOrder): Promise<boolean> {
  const holder = await lockHolder(runFolder(storeFolder));
  if (holder === undefined) return true;
  if (!force) return false;
  process.kill(holder.pid, 'SIGKILL');
  await untilStopped(storeFolder, timeoutMs);
  return true;
}
