/** The running gateway reads its configuration again, now and not when it notices: the same that SIGHUP tells it. */
import { callControl } from '../../gateway/service/control-channel.ts';
import { runFolder } from './service-state.ts';

/**
 * @param timeoutMs - Milliseconds until the new configuration is in force.
 * @returns The revision that is in force.
 * @throws CodedError `ServiceNotRunning`, `ServiceTimeout`, and what reading the store throws there: `ConfigurationDamaged`, `StoreDenied`.
 */
export async function reloadGateway(storeFolder: string, timeoutMs: number): Promise<number> {
  return (await callControl(runFolder(storeFolder), 'reload', { timeoutMs })) as number;
}
