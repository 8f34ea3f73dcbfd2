/**
 * What time does to certificates while the gateway runs: a planned one takes over at its hour, and one that comes to its end is
 * announced in the event log, once for each certificate and threshold.
 */
import { certificateInForce, nextTakeover } from '../../config/certificate-assignment.ts';
import { type Configuration, certificateUsages } from '../../config/configuration.ts';
import type { Clock, Timer } from '../../primitives/clock.ts';
import { isCodedError } from '../../primitives/errors.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import type { GivenWarnings } from '../../store/given-warnings.ts';
import type { KeyStore } from '../../store/key-store.ts';
import {
  type AssignedCertificate,
  type ExpiryWarning,
  expirySentence,
  expiryWarning,
  nextExpiryMoment,
  warningName,
} from './certificate-expiry.ts';
import { chainOf } from './certificates.ts';

export interface CertificateWatchPorts {
  readonly clock: Clock;
  readonly keys: KeyStore;
  readonly given: GivenWarnings;
  readonly onEvent: OnLogEvent;
  /** A planned certificate has come due: what is served must be read again. */
  takeOver(): void;
}

export interface CertificateWatch {
  /** After every change of the configuration. */
  follow(configuration: Configuration): void;
  close(): void;
}

/** Milliseconds after which the wall clock is looked at again: it can be set, and machines sleep. */
const longestSleepMs = 3_600_000;

export function watchCertificates(ports: CertificateWatchPorts): CertificateWatch {
  const { clock } = ports;
  let timer: Timer | undefined;
  let takeover: Date | undefined;

  const look = (configuration: Configuration): void => {
    const now = clock.wallTime();
    if (takeover !== undefined && takeover <= now) ports.takeOver();
    const assigned = assignedCertificates(configuration, ports.keys, now);
    warn(assigned, ports, now);
    takeover = nextTakeover(configuration, now);
    const moments = [takeover, nextExpiryMoment(assigned, now)].filter((moment) => moment !== undefined);
    const waits = moments.map((moment) => Math.max(moment.getTime() - now.getTime(), 1));
    timer = clock.after(Math.min(longestSleepMs, ...waits), () => look(configuration));
  };
  return {
    follow(configuration) {
      timer?.cancel();
      takeover = undefined;
      look(configuration);
    },
    close: () => timer?.cancel(),
  };
}

/** Those in force for anything. One whose file is damaged is reported where it is loaded. */
function assignedCertificates(configuration: Configuration, keys: KeyStore, now: Date): readonly AssignedCertificate[] {
  const inForce = certificateUsages.map((usage) => ({ usage, record: certificateInForce(configuration, usage, now) }));
  const records = new Set(inForce.flatMap(({ record }) => record ?? []));
  return [...records].flatMap((record) => {
    const { thumbprint, friendlyName } = record;
    const usages = inForce.filter((each) => each.record === record).map(({ usage }) => usage);
    const notAfter = endOf(() => chainOf(record, keys)[0]?.notAfter);
    return notAfter === undefined ? [] : [{ thumbprint, friendlyName, usages, notAfter }];
  });
}

function endOf(read: () => Date | undefined): Date | undefined {
  try {
    return read();
  } catch (error) {
    if (isCodedError(error)) return undefined;
    throw error;
  }
}

/** Names of certificates that are assigned no longer are forgotten. */
function warn(assigned: readonly AssignedCertificate[], { given, onEvent }: CertificateWatchPorts, now: Date): void {
  const before = given.read();
  const warnings = assigned.map((certificate) => expiryWarning(certificate, now)).filter((each) => each !== undefined);
  const fresh = warnings.filter((warning) => !before.has(warningName(warning)));
  for (const warning of fresh) onEvent(expiryEvent(warning));
  const kept = [...before].filter((name) => assigned.some(({ thumbprint }) => name.startsWith(thumbprint)));
  if (fresh.length > 0) remember([...kept, ...fresh.map(warningName)], given, onEvent);
}

/** A full disk must not end the gateway; the warning comes again then. */
function remember(names: readonly string[], given: GivenWarnings, onEvent: OnLogEvent): void {
  try {
    given.write(names);
  } catch (error) {
    if (!isCodedError(error)) throw error;
    const { message, reason } = error;
    onEvent({ id: 'WarningsNotKept', level: 'warn', component: 'store', message, facts: { reason } });
  }
}

const expiryEvent = (warning: ExpiryWarning): Parameters<OnLogEvent>[0] => {
  const { certificate, threshold, days } = warning;
  const { thumbprint, usages, notAfter } = certificate;
  const [usage = 'ExternalEdge'] = usages;
  return {
    id: threshold === 0 ? 'CertificateExpired' : 'CertificateExpiring',
    level: threshold <= 1 ? 'error' : 'warn',
    component: 'service',
    message: expirySentence(warning),
    facts: {
      thumbprint,
      threshold,
      days,
      notAfter: notAfter.toISOString(),
      fix: `xgw request-certificate -New -Type ${usage} -Output edge.csr`,
    },
  };
};
