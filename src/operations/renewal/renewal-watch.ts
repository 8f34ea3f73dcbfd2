/**
 * Renews certificates while the gateway runs. What is due is computed anew at every look, so a restart, a killed process and a
 * machine that slept are all the same; one process renews at a time.
 */
import type { Configuration } from '../../config/configuration.ts';
import type { Clock, Timer } from '../../primitives/clock.ts';
import { isCodedError } from '../../primitives/errors.ts';
import { type PlannedRenewal, plannedRenewals, type RoundPorts, renewDue } from './renewal-round.ts';

/** What an administrator is told beside the events. */
export interface RenewalSummary {
  /** ISO 8601, UTC; undefined: nothing is renewed here. */
  readonly next: string | undefined;
  /** Of each certificate whose last renewal failed, one sentence. */
  readonly problems: readonly string[];
}

export interface RenewalWatch {
  /** After every change of the configuration. */
  follow(configuration: Configuration): void;
  summary(): RenewalSummary;
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** Milliseconds after which the wall clock and the journal are looked at again: another process may have renewed. */
const longestSleepMs = 3_600_000;
/** Milliseconds to the next look while another process renews. */
const busyPauseMs = 60_000;

export function watchRenewals(ports: RoundPorts & { readonly clock: Clock }): RenewalWatch {
  const { clock } = ports;
  const stopping = new AbortController();
  let configuration: Configuration | undefined;
  let timer: Timer | undefined;
  let round: Promise<void> | undefined;

  const sleep = (leastMs: number): void => {
    timer?.cancel();
    if (stopping.signal.aborted || configuration === undefined) return;
    const now = clock.wallTime().getTime();
    const moments = plannedRenewals(configuration, ports.keys, ports.journal).map(({ at }) => at.getTime() - now);
    timer = clock.after(Math.max(leastMs, Math.min(longestSleepMs, ...moments)), begin);
  };
  const begin = (): void => {
    round ??= work().then((leastMs) => {
      round = undefined;
      sleep(leastMs);
    });
  };
  /** @returns Milliseconds that the next look has to wait at least. */
  const work = async (): Promise<number> => {
    try {
      await ports.journal.alone('Start-Service', async () => await renewDue(ports, stopping.signal));
      return 1000;
    } catch (error) {
      if (!isCodedError(error)) throw error;
      const { message, reason } = error;
      if (error.id !== 'RenewalBusy')
        ports.onEvent({ id: 'RenewalNotStarted', level: 'warn', component: 'service', message, facts: { reason } });
      return busyPauseMs;
    }
  };
  return {
    follow(next) {
      configuration = next;
      if (round === undefined) sleep(1);
    },
    summary: () =>
      summaryOf(configuration === undefined ? [] : plannedRenewals(configuration, ports.keys, ports.journal)),
    async close() {
      stopping.abort();
      timer?.cancel();
      await round;
    },
  };
}

function summaryOf(planned: readonly PlannedRenewal[]): RenewalSummary {
  const [next] = planned.map(({ at }) => at.toISOString()).toSorted();
  const problems = planned.flatMap(({ record, lastError, at }) =>
    lastError === undefined
      ? []
      : [`Certificate ${record.thumbprint} was not renewed: ${lastError} The next attempt is at ${at.toISOString()}.`],
  );
  return { next, problems };
}
