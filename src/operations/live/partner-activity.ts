/**
 * What the dashboard shows of each partner over the last minutes: how many messages crossed in each, how long they took, and
 * what went wrong last. Counted from the events of the gateway, for configured partners only: strangers fill no memory.
 */
import type { Clock } from '../../primitives/clock.ts';
import type { LogEvent } from '../../primitives/log-event.ts';
import { visibleText } from '../../primitives/visible-text.ts';

/** Minutes that are remembered. Source: own choice. */
export const activityMinutes = 20;
/** Domains that are remembered; the one that was quiet longest is forgotten. Source: own choice. */
export const maxActiveDomains = 1_000;
/** Messages of a domain whose latency is remembered. Source: own choice. */
export const maxLatencies = 500;

const minuteMs = 60_000;

export interface PartnerActivity {
  readonly domain: string;
  /** Messages that crossed, both directions; oldest minute first, the last one is going on. */
  readonly perMinute: readonly number[];
  /** Milliseconds, of the messages of these minutes; absent where none crossed. */
  readonly p95Ms?: number | undefined;
  readonly lastProblem?: { readonly time: string; readonly message: string } | undefined;
  /** ISO 8601; when something last went well. */
  readonly lastSuccess?: string | undefined;
}

interface Domain {
  /** Messages by the number of the minute. */
  readonly counts: Map<number, number>;
  latencies: { readonly minute: number; readonly ms: number }[];
  lastProblem?: PartnerActivity['lastProblem'];
  lastSuccess?: string;
}

export class PartnerActivities {
  readonly #clock: Clock;
  readonly #domains = new Map<string, Domain>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param isPartner - Whether a domain belongs to a configured partner. */
  count(event: LogEvent, isPartner: (domain: string) => boolean): void {
    const outcome = outcomes[event.id];
    const name = nameOf(event);
    if (outcome === undefined || name === undefined || !isPartner(name)) return;
    const domain = this.#domainOf(name);
    const time = this.#clock.wallTime().toISOString();
    if (outcome === 'problem') domain.lastProblem = { time, message: visibleText(event.message) };
    else domain.lastSuccess = time;
    const ms = event.facts?.['latencyMs'];
    if (outcome === 'message' && typeof ms === 'number') this.#delivered(domain, ms);
  }

  read(): readonly PartnerActivity[] {
    const minute = this.#minute();
    return Array.from(this.#domains, ([domain, { counts, latencies, lastProblem, lastSuccess }]) => ({
      domain,
      perMinute: Array.from(
        { length: activityMinutes },
        (_, index) => counts.get(minute - activityMinutes + 1 + index) ?? 0,
      ),
      p95Ms: p95(latencies.filter((each) => each.minute > minute - activityMinutes).map(({ ms }) => ms)),
      lastProblem,
      lastSuccess,
    }));
  }

  #delivered(domain: Domain, ms: number): void {
    const minute = this.#minute();
    domain.counts.set(minute, (domain.counts.get(minute) ?? 0) + 1);
    for (const old of domain.counts.keys()) if (old <= minute - activityMinutes) domain.counts.delete(old);
    domain.latencies.push({ minute, ms });
    if (domain.latencies.length > 2 * maxLatencies) domain.latencies = domain.latencies.slice(-maxLatencies);
  }

  /** The one that was used last is the last one of the map. */
  #domainOf(name: string): Domain {
    const domain = this.#domains.get(name) ?? { counts: new Map(), latencies: [] };
    this.#domains.delete(name);
    this.#domains.set(name, domain);
    if (this.#domains.size > maxActiveDomains) {
      const [oldest] = this.#domains.keys();
      if (oldest !== undefined) this.#domains.delete(oldest);
    }
    return domain;
  }

  #minute(): number {
    return Math.floor(this.#clock.now() / minuteMs);
  }
}

const outcomes: Readonly<Record<string, 'message' | 'success' | 'problem'>> = {
  MessageDelivered: 'message',
  StreamAuthenticated: 'success',
  PartnerUnreachable: 'problem',
  StreamRefused: 'problem',
  MessageNotDelivered: 'problem',
  MessageGivenUp: 'problem',
  MessageBounced: 'problem',
};

function nameOf({ facts }: LogEvent): string | undefined {
  const name = facts?.['remoteDomain'] ?? facts?.['partner'];
  return typeof name === 'string' ? name : undefined;
}

function p95(values: readonly number[]): number | undefined {
  const sorted = values.slice(-maxLatencies).toSorted((one, other) => one - other);
  return sorted[Math.max(Math.ceil(sorted.length * 0.95) - 1, 0)];
}
