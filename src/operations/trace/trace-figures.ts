/** What the messages of a trace took, and what became of them: by partner and direction. */
import type { TraceStep } from '../../primitives/trace-step.ts';

export interface TraceFigures {
  readonly partner: string;
  readonly direction: string;
  readonly delivered: number;
  /** Milliseconds, of those that were delivered; absent where none was. */
  readonly p50Ms?: number | undefined;
  readonly p95Ms?: number | undefined;
  readonly p99Ms?: number | undefined;
  readonly maxMs?: number | undefined;
  /** How many took up to so long, milliseconds. */
  readonly histogram: readonly { readonly upToMs: number; readonly count: number }[];
}

export interface TraceFailures {
  /** `MessageRefused`, `StanzaRefused`, `PartnerUnreachable`, ... */
  readonly event: string;
  readonly partner: string;
  readonly count: number;
  /** The last one, as the log told it. */
  readonly last: string;
}

/** Upper bounds of the histogram, milliseconds; the last one takes all that is longer. */
const buckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, Number.POSITIVE_INFINITY];

export function figuresOf(steps: readonly TraceStep[]): readonly TraceFigures[] {
  const latencies = new Map<string, number[]>();
  for (const { facts } of steps) {
    if (facts?.['event'] !== 'MessageDelivered') continue;
    const { partner, direction, latencyMs } = facts;
    const key = JSON.stringify([String(partner), String(direction)]);
    const known = latencies.get(key);
    if (known === undefined) latencies.set(key, [Number(latencyMs)]);
    else known.push(Number(latencyMs));
  }
  return [...latencies].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([key, all]) => figures(key, all));
}

function figures(key: string, latencies: readonly number[]): TraceFigures {
  const [partner = '', direction = ''] = JSON.parse(key) as readonly string[];
  const sorted = latencies.toSorted((one, other) => one - other);
  return {
    partner,
    direction,
    delivered: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p95Ms: quantile(sorted, 0.95),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1),
    histogram: buckets
      .map((upToMs, index) => ({
        upToMs,
        count: sorted.filter((each) => each <= upToMs && each > (buckets[index - 1] ?? Number.NEGATIVE_INFINITY))
          .length,
      }))
      .filter(({ count }) => count > 0),
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The smallest value that so large a part does not exceed. */
const quantile = (sorted: readonly number[], part: number): number | undefined =>
  sorted[Math.max(Math.ceil(sorted.length * part) - 1, 0)];

export function failuresOf(steps: readonly TraceStep[]): readonly TraceFailures[] {
  const found = new Map<string, TraceFailures>();
  for (const { kind, level, facts, summary, peer } of steps) {
    if (kind !== 'Event' || (level !== 'warn' && level !== 'error')) continue;
    const [event, partner] = [text(facts?.['event']), peer ?? ''];
    const key = `${event} ${partner}`;
    found.set(key, { event, partner, count: (found.get(key)?.count ?? 0) + 1, last: summary });
  }
  return [...found.values()].toSorted((one, other) => other.count - one.count);
}
