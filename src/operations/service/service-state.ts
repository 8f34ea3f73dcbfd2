/**
 * Whether a gateway runs on a store. The kernel's lock on the `run` folder says so, not a pid file: it ends with its
 * process however that ends, so a stale file can neither block a start nor claim that a dead gateway runs.
 */
import { mkdirSync } from 'node:fs';
import type { GatewayStatus } from '../../gateway/gateway-status.ts';
import { callControl } from '../../gateway/service/control-channel.ts';
import { realClock } from '../../primitives/clock.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { pause } from '../../primitives/pause.ts';
import { isAlive } from '../../primitives/process-start.ts';
import { isLocked, type LockHolder, lockHolder, printHolder, withConfigLock } from '../../store/config-lock.ts';
import { storeDenied } from '../../store/store-denied.ts';
import { prepareStoreFolder, requireWritable, runFolder } from '../../store/store-folder.ts';
import { isPattern, wildcard } from '../wildcard.ts';
import { readServiceRecord } from './service-record.ts';

export const serviceName = 'XMPPGW';
/** Lync's name of the same service. */
const serviceAlias = 'RTCXMPPTGW';

/** Milliseconds in which a running gateway answers for its status. */
const statusTimeoutMs = 5000;
/** Milliseconds for which somebody who only looks who is there may have the lock. */
const glanceMs = 500;
/** Milliseconds between two looks whether it has ended. */
const endLookMs = 20;
/** As whom the gateway holds the lock. */
const lockName = 'Start-Service';

export type ServiceState =
  | { readonly status: 'Stopped' }
  /** The process is there and does not answer yet, or not any more. */
  | { readonly status: 'StartPending' | 'StopPending'; readonly processId: number }
  /** It ended without having been told to, could not start with nobody there to be told, or runs and does not answer. */
  | { readonly status: 'Failed'; readonly processId: number | null; readonly reason: string }
  | { readonly status: 'Running' | 'Draining' | 'StopPending'; readonly gateway: GatewayStatus };

/** Whether there is no process. */
export const isGone = (state: ServiceState): boolean =>
  state.status === 'Stopped' || (state.status === 'Failed' && state.processId === null);

/** Whether a pattern is for the service. @throws CodedError `ObjectNotFound` for the name of another service. */
export function isServiceNamed(name: string | undefined): boolean {
  if (name !== undefined && isPattern(name)) return [serviceName, serviceAlias].some(wildcard(name));
  checkServiceName(name);
  return true;
}

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
  try {
    const gateway = (await callControl(folder, 'status', { timeoutMs: statusTimeoutMs })) as GatewayStatus;
    if (gateway.stopping) return { status: gateway.draining ? 'Draining' : 'StopPending', gateway };
    return { status: 'Running', gateway };
  } catch (error) {
    if (!isCodedError(error)) throw error;
    return await silentState(storeFolder, error);
  }
}

/** @param silence - Why the control channel gave no answer. */
async function silentState(storeFolder: string, silence: CodedError): Promise<ServiceState> {
  const holder = await gatewayProcess(storeFolder);
  const record = readServiceRecord(storeFolder);
  if (holder === undefined) {
    if (record === undefined) return { status: 'Stopped' };
    const reason = record.reason ?? `process ${record.pid} ended without having been told to`;
    return { status: 'Failed', processId: null, reason };
  }
  const { pid: processId } = holder;
  const phase = record?.pid === processId ? record.phase : 'starting';
  if (phase === 'stopping') return { status: 'StopPending', processId };
  // Between the opening of the channel and a look at it.
  if (phase === 'starting' || silence.id === 'ServiceNotRunning') return { status: 'StartPending', processId };
  return { status: 'Failed', processId, reason: silence.message };
}

/** Who has the right to be the gateway of the store: not one who only waits for its end, and not a name that a dead one left. */
export async function gatewayProcess(storeFolder: string): Promise<LockHolder | undefined> {
  const holder = await lockHolder(runFolder(storeFolder));
  return holder?.cmdlet === lockName && isAlive(holder) ? holder : undefined;
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

/** Before it is made: of a file system that is read-only Node.js says another thing there. */
function prepareRunFolder(storeFolder: string): void {
  const folder = runFolder(storeFolder);
  prepareStoreFolder(storeFolder);
  requireWritable(storeFolder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeDenied(folder, error);
  }
}

/**
 * Holds the right to be the gateway of this store while `work` runs.
 *
 * @throws CodedError `ServiceAlreadyRunning` naming the process that has it.
 */
export async function asOnlyGateway<T>(storeFolder: string, work: () => Promise<T>): Promise<T> {
  const folder = runFolder(storeFolder);
  prepareRunFolder(storeFolder);
  try {
    return await withConfigLock({ folder, cmdlet: lockName, timeoutMs: glanceMs }, { clock: realClock }, work);
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
export async function untilStopped(storeFolder: string, timeoutMs: number, clock = realClock): Promise<void> {
  const folder = runFolder(storeFolder);
  const began = clock.now();
  // Looking takes no lock and writes nothing, so it works on a disk that is full or read-only.
  while (await isLocked(folder)) {
    if (clock.now() - began >= timeoutMs) throw notStopped(timeoutMs, await lockHolder(folder));
    await pause(clock, endLookMs, undefined);
  }
}

const notStopped = (timeoutMs: number, holder: LockHolder | undefined): CodedError =>
  new CodedError('ServiceTimeout', `The gateway did not stop within ${timeoutMs / 1000} s.`, {
    reason: holder === undefined ? 'its process is still there' : printHolder(holder),
    fix: ['xgw get-eventlog -Tail 20', 'xgw stop-service -Force'],
  });
