/** What the running gateway knows of the next hops of its routes. */
import type { HopStatus } from '../gateway/gateway-status.ts';
import { serviceState } from './service/service-state.ts';

/** Empty when no gateway runs on the store. */
export async function hopStates(storeFolder: string): Promise<readonly HopStatus[]> {
  const state = await serviceState(storeFolder);
  if (!('gateway' in state)) return [];
  // A gateway of an earlier version, which nobody has restarted since, says nothing of its hops.
  const { hops = [] }: { hops?: readonly HopStatus[] } = state.gateway;
  return hops;
}
