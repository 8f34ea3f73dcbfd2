/** The last steps in memory, whatever else is traced: bounded by their number and by what they hold, the oldest go first. */
import type { TraceNote, TraceStep } from '../../primitives/trace-step.ts';
import { visibleText } from '../../primitives/visible-text.ts';

/** Steps. Some 1500 messages: eight steps each. Source: own choice. */
export const maxRingSteps = 12_000;
/** Characters of messages that the steps hold. Source: own choice. */
export const maxRingCharacters = 16 * 1024 * 1024;
/** What a step costs beside the text of its message, characters. */
const stepCharacters = 600;

export interface LiveStep {
  readonly order: number;
  /** Since 1970. A Date takes ninety bytes more, twelve thousand times. */
  readonly timeMs: number;
  readonly note: TraceNote;
}

export class TraceRing {
  readonly #slots: (LiveStep | undefined)[];
  readonly #maxCharacters: number;
  #first = 0;
  #count = 0;
  #characters = 0;
  #order = 0;

  constructor(bounds: { readonly steps: number; readonly characters: number }) {
    this.#slots = Array.from({ length: bounds.steps });
    this.#maxCharacters = bounds.characters;
  }

  add(note: TraceNote, time: Date): LiveStep {
    this.#order += 1;
    const step = { order: this.#order, timeMs: time.getTime(), note };
    this.#characters += costOf(step);
    if (this.#count === this.#slots.length) this.#dropOldest();
    this.#slots[(this.#first + this.#count) % this.#slots.length] = step;
    this.#count += 1;
    while (this.#count > 1 && this.#characters > this.#maxCharacters) this.#dropOldest();
    return step;
  }

  /** Oldest first. */
  steps(): readonly LiveStep[] {
    return Array.from(
      { length: this.#count },
      (_, index) => this.#slots[(this.#first + index) % this.#slots.length],
    ).filter((step) => step !== undefined);
  }

  #dropOldest(): void {
    const oldest = this.#slots[this.#first];
    if (oldest !== undefined) this.#characters -= costOf(oldest);
    this.#slots[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#slots.length;
    this.#count -= 1;
  }
}

const costOf = ({ note }: LiveStep): number => stepCharacters + (note.size ?? 0);

/** As it is kept and shown: text of strangers made visible, line by line where there are lines. */
export function shownStep({ order, timeMs, note }: LiveStep): TraceStep {
  const { raw, summary, exchange, from, to, peer, facts, ...rest } = note;
  return {
    order,
    time: new Date(timeMs).toISOString(),
    ...rest,
    summary: visibleText(summary),
    ...shownFields({ exchange, from, to, peer }),
    facts: facts === undefined ? undefined : shownFacts(facts),
    raw: raw === undefined ? undefined : shownLines(raw()),
  };
}

const shownFields = <T extends Readonly<Record<string, string | undefined>>>(fields: T): T =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value === undefined ? undefined : visibleText(value)]),
  ) as T;

const shownFacts = (facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [name, typeof fact === 'string' ? visibleText(fact) : fact]),
  );

const shownLines = (text: string): string => text.split(/\r?\n/).map(visibleText).join('\n');
