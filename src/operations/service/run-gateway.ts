/**
 * The gateway process: store, keys, log, control channel and gateway in one composition. It tells its starter when it is
 * ready or why it cannot be, follows the store while it runs, and stops on a signal or on request.
 */
import { servingCertificate } from '../../config/certificate-assignment.ts';
import type { Configuration } from '../../config/configuration.ts';
import { effectiveMethods } from '../../config/negotiation.ts';
import { partnerOf } from '../../config/partner-lookup.ts';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import type { GatewayStatus } from '../../gateway/gateway-status.ts';
import { type ControlHandler, serveControl } from '../../gateway/service/control-channel.ts';
import { eventNote } from '../../gateway/trace/event-note.ts';
import { realClock } from '../../primitives/clock.ts';
import { CodedError, isCodedError } from '../../primitives/errors.ts';
import { randomIds } from '../../primitives/ids.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import type { LogEventId } from '../../primitives/log-events.ts';
import type { ConfigStore } from '../../store/config-store.ts';
import { type EventLog, openEventLog } from '../../store/event-log.ts';
import { type KeyStore, openKeyStore } from '../../store/key-store.ts';
import { type DurableState, withStateStore } from '../../store/state-store.ts';
import { requireWritable, runFolder } from '../../store/store-folder.ts';
import { type GatewayKeys, gatewayKeys } from '../certificates/gateway-keys.ts';
import { serviceKeyPassphrase } from '../certificates/key-passphrase.ts';
import { tendCertificates } from '../certificates/running-certificates.ts';
import { PartnerActivities } from '../live/partner-activity.ts';
import { activityControl } from '../live/service-status.ts';
import { metricsReadings } from '../metrics/metrics-readings.ts';
import { type MetricsService, metricsService } from '../metrics/metrics-service.ts';
import { traceControl } from '../trace/trace-control.ts';
import { type TraceDesk, traceDesk } from '../trace/trace-desk.ts';
import { followStore } from './follow-store.ts';
import { gatewayControl } from './gateway-control.ts';
import { gatewayEnding, type Interruptions } from './gateway-ending.ts';
import { gatewayManager } from './gateway-manager.ts';
import { gatewayStatus } from './gateway-status.ts';
import { onHangup } from './hangup.ts';
import { withPortOwner } from './port-owner.ts';
import { readServiceRecord, removeServiceRecord, writeServiceRecord } from './service-record.ts';
import { asOnlyGateway } from './service-state.ts';

export interface GatewayProcess extends Interruptions {
  readonly store: ConfigStore;
  /** Whether somebody waits for it to be ready, and is told why it is not. */
  readonly isHeard: boolean;
  tellReady(status: GatewayStatus): void;
}

/** Resolves when the gateway has been stopped. @throws CodedError what kept it from starting. */
export async function runGateway(order: GatewayProcess): Promise<void> {
  await asOnlyGateway(order.store.folder, () => runRecorded(order));
}

/** Only whoever has the right to be the gateway writes what it is doing. */
async function runRecorded(order: GatewayProcess): Promise<void> {
  const { folder } = order.store;
  writeServiceRecord(folder, 'starting');
  try {
    await runWithState(order);
    removeServiceRecord(folder);
  } catch (error) {
    const hadStarted = readServiceRecord(folder)?.phase !== 'starting';
    if (isCodedError(error) && order.isHeard && !hadStarted) removeServiceRecord(folder);
    else writeServiceRecord(folder, 'failed', error instanceof Error ? error.message : String(error));
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

async function runAlone(order: GatewayProcess, log: EventLog, state: DurableState): Promise<void> {
  const { store } = order;
  const service = serviceEvents(log);
  const keyStore = openKeyStore(store.folder, serviceKeyPassphrase);
  const keys = gatewayKeys(keyStore, log.write, realClock.wallTime);
  const configuration = store.read();
  const inForce = { configuration, problems: keys.load(configuration) };
  checkStartable(inForce, keys, keyStore);
  const measured = await startMeasured(inForce, keys, { log, state, folder: store.folder });
  const { gateway, metrics, traces } = measured;
  const readAgain = (): void => void Object.assign(inForce, { problems: keys.load(inForce.configuration) });
  const certificates = tendCertificates({ store, keys: keyStore, onEvent: log.write, readAgain });
  const adopt = async (next: Configuration): Promise<void> => {
    Object.assign(inForce, { configuration: next, problems: keys.load(next) });
    certificates.follow(next);
    await gateway.reload(next);
    await metrics.follow(next);
    service('ConfigurationLoaded', `revision ${next.revision} is in force`);
  };
  certificates.follow(configuration);
  await metrics.follow(configuration);
  const followed = await followStore({ store, onEvent: log.write, inForce: configuration }, adopt);

  const ending = gatewayEnding(order);
  const startTime = new Date();
  const status = (): GatewayStatus =>
    gatewayStatus({
      gateway,
      ...inForce,
      problems: [...inForce.problems, ...state.problems(), ...log.problems(), ...storeProblems(store.folder)],
      startTime,
      metrics,
      renewals: certificates.summary(),
      ...shownBy(keys),
      stopping: ending.isBegun,
      draining: ending.isDraining,
    });
  const manager = gatewayManager({ clock: realClock, onEvent: log.write, status });
  const reload = manager.reloading(() => followed.adoptNow());
  const control = await serveControl(runFolder(store.folder), {
    ...{ status, stop: (parameter) => ending.ask(drainMsOf(parameter)), reload },
    ...{ ...gatewayControl(gateway), ...measured.observed },
  });
  const hangups = onHangup(reload, log.write);
  service('ServiceStarted', `the gateway runs, revision ${inForce.configuration.revision}`);
  writeServiceRecord(store.folder, 'running');
  manager.ready();
  order.tellReady(status());

  const drainMs = await ending.begun;
  service('ServiceStopping', 'the gateway stops');
  writeServiceRecord(store.folder, 'stopping');
  manager.stopping();
  // The control channel answers until all is done, and SIGHUP must not end what is draining.
  const whole = { close: () => gateway.stop(drainMs, ending.hurry) };
  await closeInTurn([followed, certificates, metrics, whole, control, traces]);
  service('ServiceStopped', 'the gateway has stopped');
  await closeInTurn([manager, hangups]);
}

async function closeInTurn(parts: readonly { close(): Promise<void> | void }[]): Promise<void> {
  for (const part of parts) await part.close();
}

interface InForce {
  readonly configuration: Configuration;
  /** Key material that could not be read. */
  readonly problems: readonly string[];
}

interface Measured {
  readonly gateway: Gateway;
  readonly metrics: MetricsService;
  readonly traces: TraceDesk;
  /** What cmdlets may ask of what was observed. */
  readonly observed: Readonly<Record<string, ControlHandler>>;
}

interface Told {
  readonly log: EventLog;
  readonly state: DurableState;
  /** Of the store. */
  readonly folder: string;
}

/** What happens is logged, counted and traced. */
async function startMeasured(
  inForce: { readonly configuration: Configuration },
  keys: GatewayKeys,
  { log, state, folder }: Told,
): Promise<Measured> {
  const metrics = metricsService({
    read: () => metricsReadings(gateway, inForce.configuration, keys.certificate()),
    onEvent: log.write,
  });
  const traces = traceDesk({ folder, clock: realClock, onEvent: log.write });
  const activities = new PartnerActivities(realClock);
  const onEvent: OnLogEvent = (event) => {
    log.write(event);
    metrics.count(event);
    activities.count(event, (domain) => partnerOf(inForce.configuration, domain) !== undefined);
    traces.note(eventNote(event));
  };
  const ports = { clock: realClock, ids: randomIds, onEvent, onTrace: traces.note, state, ...keys };
  const gateway = await startGateway(inForce.configuration, ports).catch((error: unknown) => {
    throw withPortOwner(error);
  });
  return { gateway, metrics, traces, observed: { ...traceControl(traces), ...activityControl(activities) } };
}

const shownBy = (keys: GatewayKeys) => ({
  certificate: keys.certificate(),
  certificates: keys.certificates(),
  unnamedDomains: keys.unnamedDomains(),
  certificateSince: keys.certificateSince(),
});

/** The gateway goes on with what it has in memory. */
function storeProblems(folder: string): readonly string[] {
  try {
    requireWritable(folder);
    return [];
  } catch (error) {
    return [`The store cannot be written: ${isCodedError(error) ? (error.reason ?? error.message) : String(error)}.`];
  }
}

const serviceEvents =
  (log: EventLog) =>
  (id: LogEventId, message: string): void =>
    log.write({ id, level: 'info', component: 'service', message });

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

/** What a gateway cannot do without. @throws CodedError `SipDomainMissing`, `CertificateMissing`, `PasswordMissing`, `PasswordWrong` */
function checkStartable({ configuration, problems }: InForce, keys: GatewayKeys, keyStore: KeyStore): void {
  checkServingKey(configuration, keyStore);
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
