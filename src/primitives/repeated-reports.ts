/**
 * What happens too often to be told each time: the first time is told, then once a period with how often it was, so that
 * whoever runs into a limit cannot fill the log as well. Bounded; the subject told the longest ago is forgotten first.
 */
import type { Clock } from './clock.ts';

/** Milliseconds between two reports about one subject. Source: own choice. */
export const reportEveryMs = 60_000;
/** Subjects that are remembered. */
export const maxReportedSubjects = 1_000;

interface Told {
  readonly at: number;
  readonly untold: number;
}

export class RepeatedReports {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #told = new Map<string, Told>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** It happened again. @returns How often since it was told last, this time included, when it is to be told now. */
  count(subject: string): number | undefined {
    const now = this.#clock.now();
    const before = this.#told.get(subject);
    const times = (before?.untold ?? 0) + 1;
    if (before !== undefined && now - before.at < reportEveryMs) {
      this.#told.set(subject, { at: before.at, untold: times });
      return undefined;
    }
    this.#told.delete(subject);
    this.#told.set(subject, { at: now, untold: 0 });
    const [oldest] = this.#told.keys();
    if (this.#told.size > maxReportedSubjects && oldest !== undefined) this.#told.delete(oldest);
    return times;
  }
}
