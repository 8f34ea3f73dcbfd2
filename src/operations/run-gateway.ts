/**
 * The gateway process: store, keys, log, control channel and gateway in one composition. It tells its starter when it is
 * ready or why it cannot be, follows the store while it runs, and stops on a signal or on request.
 */
import type { Configuration } from '../config/configuration.ts';
import { effectiveMethods } from '../config/negotiation.ts';
import { startGateway } from '../gateway/gateway.ts';
import { serveControl } from '../gateway/service/control-channel.ts';
import { realClock } from '../primitives/clock.ts';
import { CodedError, isCodedError } from '../primitives/errors.ts';
import { randomIds } from '../primitives/ids.ts';
import type { OnLogEvent } from '../primitives/log-event.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { type ConfigurationWatch, watchConfiguration } from '../store/config-watch.ts';
import { openEventLog } from '../store/event-log.ts';
import { openKeyStore } from '../store/key-store.ts';
import { type GatewayKeys, gatewayKeys } from './gateway-keys.ts';
import { gatewayStatus } from './gateway-status.ts';
import { withPortOwner } from './port-owner.ts';
import { asOnlyGateway, runFolder } from './service-state.ts';
import type { StartMessage } from './start-service.ts';
import { sendTestMessage, type TestMessage } from './test-message.ts';

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
    await asOnlyGateway(order.store.folder, () => runAlone(order));
  } catch (error) {
    if (isCodedError(error)) {
      const { id, message, reason, fix, target } = error;
      order.tell({ failed: { id, message, reason, fix, target } });
    }
    throw error;
  }
}

async function runAlone({ store, signal, tell }: GatewayProcess): Promise<void> {
  const log = openEventLog(store.folder);
  const keys = gatewayKeys(openKeyStore(store.folder), log.write);
  let configuration = store.read();
  let problems = keys.load(configuration);
  checkStartable(configuration, keys);

  const stopping = new AbortController();
  let drainMs = 0;
  const gateway = await startGateway(configuration, {
    clock: realClock,
    ids: randomIds,
    onEvent: log.write,
    ...keys,
  }).catch((error: unknown) => {
    throw withPortOwner(error);
  });
  const watch = followStore({ store, onEvent: log.write }, async (next) => {
    configuration = next;
    problems = keys.load(next);
    await gateway.reload(next);
    log.write({
      id: 'ConfigurationLoaded',
      level: 'info',
      component: 'service',
      message: `revision ${next.revision} is in force`,
    });
  });
  const startTime = new Date();
  const status = () =>
    gatewayStatus({
      gateway,
      configuration,
      startTime,
      problems,
      certificate: keys.certificate(),
      stopping: stopping.signal.aborted,
    });
  const control = await serveControl(runFolder(store.folder), {
    status,
    stop(parameter) {
      drainMs = Number((parameter as { drainMs?: number }).drainMs ?? 0);
      stopping.abort();
    },
    'test-message': (parameter) => sendTestMessage(gateway, parameter as TestMessage),
  });
  log.write({
    id: 'ServiceStarted',
    level: 'info',
    component: 'service',
    message: `the gateway runs, revision ${configuration.revision}`,
  });
  tell({ ready: status() });

  await aborted(AbortSignal.any([signal, stopping.signal]));
  log.write({ id: 'ServiceStopping', level: 'info', component: 'service', message: 'the gateway stops' });
  watch.close();
  await gateway.stop(drainMs);
  await control.close();
  log.write({ id: 'ServiceStopped', level: 'info', component: 'service', message: 'the gateway has stopped' });
  log.close();
}

/** What a gateway cannot do without. @throws CodedError `SipDomainMissing`, `CertificateMissing` */
function checkStartable(configuration: Configuration, keys: GatewayKeys): void {
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
    reason: 'streams are encrypted, and that needs a certificate with its key',
    fix: [
      'xgw request-certificate -New -Type ExternalEdge -Output edge.csr',
      'xgw request-certificate -New -Type ExternalEdge -CA local',
    ],
  });
}

/** One reload after the other, each with the newest configuration. */
function followStore(
  { store, onEvent }: { readonly store: ConfigStore; readonly onEvent: OnLogEvent },
  reload: (next: Configuration) => Promise<void>,
): ConfigurationWatch {
  let reloading: Promise<void> = Promise.resolve();
  return watchConfiguration(
    store,
    (next) => {
      reloading = reloading.then(() => reload(next));
    },
    (error) =>
      onEvent({
        id: 'ConfigurationNotLoaded',
        level: 'error',
        component: 'store',
        message: `the changed configuration was not loaded, the last good one stays in force: ${error.message}`,
      }),
  );
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
