/** What the running gateway has loaded (-LocalStore), as opposed to what the store says: the revision it names, read again. */
import type { Configuration } from '../config/configuration.ts';
import { CodedError } from '../primitives/errors.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { readRevision } from '../store/configuration-history.ts';

/** @throws CodedError `ServiceNotRunning`; `ObjectNotFound` when the gateway runs on a revision that is kept no longer */
export async function configurationOf(store: ConfigStore, asLoaded: boolean | undefined): Promise<Configuration> {
  if (asLoaded !== true) return store.read();
  // Loaded late: asking a running gateway needs what reading a file does not.
  const { serviceState } = await import('./service/service-state.ts');
  const state = await serviceState(store.folder);
  if (!('gateway' in state)) {
    throw new CodedError('ServiceNotRunning', 'no gateway runs on this store, so nothing is loaded.', {
      reason: `the service is ${state.status}`,
      fix: 'xgw start-service',
    });
  }
  return readRevision(store.folder, state.gateway.loadedRevision);
}
