/** The running gateway reads its configuration again, now and not when it notices: the same that SIGHUP tells it. */
import { askGateway } from './ask-gateway.ts';

/**
 * @param timeoutMs - Milliseconds until the new configuration is in force.
 * @returns The revision that is in force.
 * @throws CodedError `ServiceNotRunning`, `ServiceTimeout`, and what reading the store throws there: `ConfigurationDamaged`, `StoreDenied`.
 */
export async function reloadGateway(storeFolder: string, timeoutMs: number): Promise<number> {
  return await askGateway(storeFolder, 'reload', { timeoutMs });
}
