/** Renews what is due, one certificate after the other, and writes down what came of it. */
import type { CertificateRecord, Configuration } from '../../config/configuration.ts';
import { type CodedError, isCodedError } from '../../primitives/errors.ts';
import type { LogEvent, OnLogEvent } from '../../primitives/log-event.ts';
import type { KeyStore } from '../../store/key-store.ts';
import type { RenewalJournal } from '../../store/renewal-journal.ts';
import { chainOf } from '../certificates/certificates.ts';
import { PendingAtAuthority, retryAfterOf } from '../online-authority/online-authority.ts';
import { type RenewalPorts, renewCertificate } from './renew-certificate.ts';
import { refreshAdvice } from './renewal-advice.ts';
import { failureLevel, nextRenewal, retryDelayMs, type Validity } from './renewal-schedule.ts';

export interface PlannedRenewal {
  readonly record: CertificateRecord;
  readonly validity: Validity;
  /** When it is tried: at its moment, or after the pause that a failure or the authority demands. */
  readonly at: Date;
  /** What came of the last time, when that was a failure. */
  readonly lastError: string | undefined;
}

/**
 * Those of the configuration that are renewed by themselves: they have an authority, and serve something now or later. One
 * whose file is gone is reported where it is loaded.
 */
export function plannedRenewals(
  { certificates }: Configuration,
  keys: KeyStore,
  journal: RenewalJournal,
): readonly PlannedRenewal[] {
  return Object.values(certificates).flatMap((record) => {
    if (record.renewal === undefined || (record.assignedTo.length === 0 && record.planned === undefined)) return [];
    const validity = validityOf(record, keys);
    if (validity === undefined) return [];
    const attempt = journal.attemptOf(record.thumbprint);
    return [{ record, validity, at: nextRenewal(record.thumbprint, validity, attempt), lastError: attempt.lastError }];
  });
}

function validityOf(record: CertificateRecord, keys: KeyStore): Validity | undefined {
  try {
    return chainOf(record, keys)[0];
  } catch (error) {
    if (isCodedError(error)) return undefined;
    throw error;
  }
}

export interface RoundPorts extends RenewalPorts {
  readonly onEvent: OnLogEvent;
  /** From 0 to 1, another one each time. */
  random(): number;
}

/** To be called with the renewal lock held. Failures are events and entries of the journal; @throws none of them. */
export async function renewDue(ports: RoundPorts, signal: AbortSignal): Promise<void> {
  const planned = () => plannedRenewals(ports.store.read(), ports.keys, ports.journal);
  const records = planned().map(({ record }) => record);
  await refreshAdvice(records, ports, signal);
  const now = ports.now();
  const due = planned().filter(({ at }) => at <= now);
  for (const { record, validity } of due) {
    if (signal.aborted) return;
    await attempt(record, validity, ports, signal);
  }
}

async function attempt(
  { thumbprint }: CertificateRecord,
  validity: Validity,
  ports: RoundPorts,
  signal: AbortSignal,
): Promise<void> {
  try {
    const successor = await renewCertificate(thumbprint, ports, signal);
    ports.onEvent(renewedEvent(thumbprint, successor));
  } catch (error) {
    // The gateway stops: that is no failure of the authority.
    if (!isCodedError(error)) throw error;
    if (signal.aborted) return;
    const again = noteFailure(thumbprint, validity, error, ports);
    ports.onEvent(failedEvent({ thumbprint, validity, error, again, now: ports.now() }));
  }
}

/** @returns When it is tried again. */
export function noteFailure(
  thumbprint: string,
  { notAfter }: Validity,
  error: CodedError,
  { journal, now, random }: Pick<RoundPorts, 'journal' | 'now' | 'random'>,
): Date {
  const before = journal.attemptOf(thumbprint);
  const isPending = error instanceof PendingAtAuthority;
  const failures = isPending ? 0 : before.failures + 1;
  const left = notAfter.getTime() - now().getTime();
  const asked = retryAfterOf(error) ?? 0;
  const pause = isPending ? asked : Math.max(asked, retryDelayMs(failures, left, random()));
  const nextAttempt = new Date(now().getTime() + Math.max(pause, 1000));
  const { lastError: _, ...kept } = before;
  const lastError = isPending ? {} : { lastError: sentenceOf(error) };
  journal.write(thumbprint, { ...kept, ...lastError, failures, nextAttempt: nextAttempt.toISOString() });
  return nextAttempt;
}

const sentenceOf = ({ message, reason }: CodedError): string =>
  reason === undefined ? message : `${message} ${reason}.`;

const renewedEvent = (before: string, { thumbprint, assignedTo }: CertificateRecord): LogEvent => ({
  id: 'CertificateRenewed',
  level: 'info',
  component: 'service',
  message: `certificate ${before} has been renewed: ${thumbprint} takes its place`,
  facts: { thumbprint, before, assignedTo },
});

interface Failed {
  readonly thumbprint: string;
  readonly validity: Validity;
  readonly error: CodedError;
  /** When it is tried again. */
  readonly again: Date;
  readonly now: Date;
}

function failedEvent({ thumbprint, validity, error, again, now }: Failed): LogEvent {
  const facts = { thumbprint, notAfter: validity.notAfter.toISOString(), nextAttempt: again.toISOString() };
  if (error instanceof PendingAtAuthority)
    return {
      id: 'CertificateRenewalPending',
      level: 'info',
      component: 'service',
      message: `the authority has not decided yet on the successor of certificate ${thumbprint}`,
      facts,
    };
  return {
    id: 'CertificateRenewalFailed',
    level: failureLevel(validity, now),
    component: 'service',
    message: `certificate ${thumbprint} was not renewed and goes on serving: ${sentenceOf(error)}`,
    facts: { ...facts, reason: error.id, fix: error.fix[0] ?? `xgw update-certificate ${thumbprint} -Force` },
  };
}
