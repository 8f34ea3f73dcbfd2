/**
 * The gateway process: store, keys, log, control channel and gateway in one composition. It tells its starter when it is
 * ready or why it cannot be, follows the store while it runs, and stops on a signal or on request.
 */
import { once } from 'node:events';

import { servingCertificate } from '../config/certificate-assignment.ts';
import type { Configuration } from '../config/configuration.ts';
import { effectiveMethods } from '../config/negotiation.ts';
import { type Gateway, startGateway } from '../gateway/gateway.ts';
import type { GatewayStatus } from '../gateway/gateway-status.ts';
import { serveControl } from '../gateway/service/control-channel.ts';
import { realClock } from '../primitives/clock.ts';
import { CodedError, isCodedError } from '../primitives/errors.ts';
import { randomIds } from '../primitives/ids.ts';
import type { OnLogEvent } from '../primitives/log-event.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { type ConfigurationWatch, watchConfiguration } from '../store/config-watch.ts';
import { type EventLog, openEventLog } from '../store/event-log.ts';
import { type KeyStore, openKeyStore } from '../store/key-store.ts';
import { type DurableState, withStateStore } from '../store/state-store.ts';
import { gatewayControl } from './gateway-control.ts';
import { type GatewayKeys, gatewayKeys } from './gateway-keys.ts';
import { gatewayStatus } from './gateway-status.ts';
import { serviceKeyPassphrase } from './key-passphrase.ts';
import { metricsReadings } from './metrics/metrics-readings.ts';
import { type MetricsService, metricsService } from './metrics/metrics-service.ts';
import { withPortOwner } from './port-owner.ts';
import { tendCertificates } from './running-certificates.ts';
import { asOnlyGateway, runFolder } from './service-state.ts';
import type { StartMessage } from './start-service.ts';

export interface GatewayProcess {
  readonly store: ConfigStore;
  /** Aborts on Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Called once: ready, or failed and why. */
  tell(message: StartMessage): void;
}

/** Resolves when the gateway has been stopped. @throws CodedError what kept it from starting, after telling it. */
export async function runGateway(order: GatewayProcess): Promise<void> {
  try {
    await asOnlyGateway(order.store.folder, () => runWithState(order));
  } catch (error) {
    if (isCodedError(error)) {
      const { id, message, reason, fix, target } = error;
      order.tell({ failed: { id, message, reason, fix, target } });
    }
    throw error;
  }
}

async function runWithState(order: GatewayProcess): Promise<void> {
  const { folder } = order.store;
  const log = openEventLog(folder);
  try {
    await withStateStore(folder, { clock: realClock, onEvent: log.write }, (state) => runAlone(order, log, state));
  } finally {
    log.close();
  }
}

async function runAlone({ store, signal, tell }: GatewayProcess, log: EventLog, state: DurableState): Promise<void> {
  const service: OnService = (id, message) => log.write({ id, level: 'info', component: 'service', message });
  const keyStore = openKeyStore(store.folder, serviceKeyPassphrase);
  const keys = gatewayKeys(keyStore, log.write, realClock.wallTime);
  const inForce = { configuration: store.read(), problems: keys.load(store.read()) };
  checkServingKey(inForce.configuration, keyStore);
  checkStartable(inForce.configuration, keys, inForce.problems);
  const { gateway, metrics } = await startMeasured(inForce, keys, log, state);
  const readKeysAgain = (): void => void Object.assign(inForce, { problems: keys.load(inForce.configuration) });
  const certificates = tendCertificates({ store, keys: keyStore, onEvent: log.write, readAgain: readKeysAgain });
  const adopt = async (next: Configuration): Promise<void> => {
    Object.assign(inForce, { configuration: next, problems: keys.load(next) });
    certificates.follow(next);
    await gateway.reload(next);
    await metrics.follow(next);
    service('ConfigurationLoaded', `revision ${next.revision} is in force`);
  };
  const watch = followStore({ store, onEvent: log.write }, adopt);
  certificates.follow(inForce.configuration);
  await metrics.follow(inForce.configuration);
  // What was changed between the first reading and the watch.
  if (watch.current.revision !== inForce.configuration.revision) await adopt(watch.current);

  const order = { stopping: new AbortController(), hurry: new AbortController(), drainMs: 0 };
  const startTime = new Date();
  const status = (): GatewayStatus =>
    gatewayStatus({
      gateway,
      ...inForce,
      problems: [...inForce.problems, ...state.problems()],
      startTime,
      metrics,
      renewals: certificates.summary(),
      ...shownBy(keys),
      stopping: order.stopping.signal.aborted,
    });
  const control = await serveControl(runFolder(store.folder), {
    status,
    stop(parameter) {
      const drainMs = drainMsOf(parameter);
      // Whoever says it again, and without grace, does not want to wait.
      if (order.stopping.signal.aborted && drainMs === 0) order.hurry.abort();
      if (!order.stopping.signal.aborted) order.drainMs = drainMs;
      order.stopping.abort();
    },
    ...gatewayControl(gateway),
  });
  service('ServiceStarted', `the gateway runs, revision ${inForce.configuration.revision}`);
  tell({ ready: status() });

  await aborted(AbortSignal.any([signal, order.stopping.signal]));
  service('ServiceStopping', 'the gateway stops');
  watch.close();
  await certificates.close();
  await metrics.close();
  await gateway.stop(order.drainMs, AbortSignal.any([signal, order.hurry.signal]));
  await control.close();
  service('ServiceStopped', 'the gateway has stopped');
}

interface Measured {
  readonly gateway: Gateway;
  readonly metrics: MetricsService;
}

/** What happens is logged, and counted. */
async function startMeasured(
  inForce: { readonly configuration: Configuration },
  keys: GatewayKeys,
  log: EventLog,
  state: DurableState,
): Promise<Measured> {
  const metrics = metricsService({
    read: () => metricsReadings(gateway, inForce.configuration, keys.certificate()),
    onEvent: log.write,
  });
  const onEvent: OnLogEvent = (event) => {
    log.write(event);
    metrics.count(event);
  };
  const ports = { clock: realClock, ids: randomIds, onEvent, state, ...keys };
  const gateway = await startGateway(inForce.configuration, ports).catch((error: unknown) => {
    throw withPortOwner(error);
  });
  return { gateway, metrics };
}

const shownBy = (keys: GatewayKeys) => ({
  certificate: keys.certificate(),
  certificates: keys.certificates(),
  unnamedDomains: keys.unnamedDomains(),
  certificateSince: keys.certificateSince(),
});

type OnService = (id: string, message: string) => void;

/** Milliseconds from a `stop` order; 0 for what is no number. */
function drainMsOf(parameter: unknown): number {
  const given = typeof parameter === 'object' && parameter !== null && 'drainMs' in parameter ? parameter.drainMs : 0;
  return typeof given === 'number' && given > 0 ? given : 0;
}

/** A gateway that cannot open its own key does not start, whatever else it could do. @throws CodedError `PasswordMissing`, `PasswordWrong` */
function checkServingKey(configuration: Configuration, keys: KeyStore): void {
  const serving = servingCertificate(configuration, realClock.wallTime());
  if (serving !== undefined && keys.isKeyEncrypted(serving.publicKeySha256)) keys.readKey(serving.publicKeySha256);
}

/** What a gateway cannot do without. @throws CodedError `SipDomainMissing`, `CertificateMissing` */
function checkStartable(configuration: Configuration, keys: GatewayKeys, problems: readonly string[]): void {
  if (Object.keys(configuration.sipDomains).length === 0) {
    throw new CodedError('SipDomainMissing', 'No SIP domain is configured.', {
      fix: ['xgw new-sipdomain contoso.com', 'xgw initialize-gateway contoso.com'],
    });
  }
  const partners = Object.values(configuration.federatedPartners);
  const plainOnly =
    partners.length > 0 &&
    partners.every((partner) => effectiveMethods(partner).every((method) => method === 'TCP Dialback'));
  if (keys.certificate() !== undefined || plainOnly) return;
  throw new CodedError('CertificateMissing', 'No certificate is assigned to XMPP.', {
    reason: problems[0] ?? 'streams are encrypted, and that needs a certificate with its key',
    fix: [
      'xgw request-certificate -New -Type ExternalEdge -Output edge.csr',
      'xgw request-certificate -New -Type ExternalEdge -CA local',
    ],
  });
}

/** One reload after the other, each with the newest configuration. */
function followStore(
  { store, onEvent }: { readonly store: ConfigStore; readonly onEvent: OnLogEvent },
  adopt: (next: Configuration) => Promise<void>,
): ConfigurationWatch {
  let adopting = Promise.resolve();
  const adoptNext = async (before: Promise<void>, next: Configuration): Promise<void> => {
    await before;
    await adopt(next);
  };
  return watchConfiguration(
    store,
    (next) => {
      adopting = adoptNext(adopting, next);
    },
    ({ message }) =>
      onEvent({
        id: 'ConfigurationNotLoaded',
        level: 'error',
        component: 'store',
        message: `the changed configuration was not loaded, the last good one stays in force: ${message}`,
      }),
  );
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
