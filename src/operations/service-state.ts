/**
 * Whether a gateway runs on a store. The kernel's lock on the `run` folder says so, not a pid file: it ends with its
 * process however that ends, so a stale file can neither block a start nor claim that a dead gateway runs.
 */
import { mkdirSync } from 'node:fs';
import type { GatewayStatus } from '../gateway/gateway-status.ts';
import { callControl } from '../gateway/service/control-channel.ts';
import { realClock } from '../primitives/clock.ts';
import { CodedError, isCodedError } from '../primitives/errors.ts';
import { lockHolder, withConfigLock } from '../store/config-lock.ts';
import { runFolder } from '../store/store-folder.ts';

export const serviceName = 'XMPPGW';
/** Lync's name of the same service. */
export const serviceAlias = 'RTCXMPPTGW';

export { runFolder };

/** Milliseconds in which a running gateway answers for its status. */
const statusTimeoutMs = 5000;

export type ServiceState =
  | { readonly status: 'Stopped' }
  /** The process is there and does not answer: it starts, stops, or is stuck. */
  | { readonly status: 'StartPending'; readonly processId: number }
  | { readonly status: 'Running' | 'StopPending'; readonly gateway: GatewayStatus };

/** @throws CodedError `ObjectNotFound` for the name of another service, listing the one there is. */
export function checkServiceName(name: string | undefined): void {
  if (name === undefined) return;
  const known = [serviceName, serviceAlias].some((each) => each.toLowerCase() === name.toLowerCase());
  if (known) return;
  throw new CodedError('ObjectNotFound', `There is no service "${name}".`, {
    reason: `the one service is ${serviceName} (alias ${serviceAlias})`,
    fix: `xgw get-service ${serviceName}`,
    target: name,
  });
}

export async function serviceState(storeFolder: string): Promise<ServiceState> {
  const folder = runFolder(storeFolder);
  const holder = await lockHolder(folder);
  if (holder === undefined) return { status: 'Stopped' };
  try {
    const gateway = (await callControl(folder, 'status', { timeoutMs: statusTimeoutMs })) as GatewayStatus;
    return { status: gateway.stopping ? 'StopPending' : 'Running', gateway };
  } catch (error) {
    if (isCodedError(error)) return { status: 'StartPending', processId: holder.pid };
    throw error;
  }
}

export interface ServedNow {
  /** Empty: the gateway runs, and shows none. */
  readonly thumbprint: string;
  /** ISO 8601, UTC. */
  readonly since: string | undefined;
}

/** The certificate that the running gateway shows; undefined: no gateway runs here. */
export async function servedCertificateOf(storeFolder: string): Promise<ServedNow | undefined> {
  const state = await serviceState(storeFolder);
  if (!('gateway' in state)) return undefined;
  return { thumbprint: state.gateway.certificateThumbprint ?? '', since: state.gateway.certificateSince };
}

/**
 * Holds the right to be the gateway of this store while `work` runs.
 *
 * @throws CodedError `ServiceAlreadyRunning` naming the process that has it.
 */
export async function asOnlyGateway<T>(storeFolder: string, work: () => Promise<T>): Promise<T> {
  const folder = runFolder(storeFolder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    return await withConfigLock({ folder, cmdlet: 'Start-Service', timeoutMs: 0 }, { clock: realClock }, work);
  } catch (error) {
    if (!isCodedError(error) || error.id !== 'StoreBusy') throw error;
    throw new CodedError('ServiceAlreadyRunning', 'Another gateway runs on this store.', {
      reason: error.reason,
      fix: 'xgw stop-service',
      target: storeFolder,
    });
  }
}

/**
 * Waits until no gateway runs on the store.
 *
 * @param timeoutMs - Milliseconds.
 * @throws CodedError `ServiceTimeout` naming the process that is still there.
 */
export async function untilStopped(storeFolder: string, timeoutMs: number): Promise<void> {
  const folder = runFolder(storeFolder);
  try {
    await withConfigLock({ folder, cmdlet: 'Stop-Service', timeoutMs }, { clock: realClock }, async () => undefined);
  } catch (error) {
    if (!isCodedError(error) || error.id !== 'StoreBusy') throw error;
    throw new CodedError('ServiceTimeout', `The gateway did not stop within ${timeoutMs / 1000} s.`, {
      reason: error.reason,
      fix: ['xgw get-eventlog -Tail 20', 'xgw stop-service -Force'],
    });
  }
}
