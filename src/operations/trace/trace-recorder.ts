/**
 * One running trace: the steps of its scenario, written to a file in batches until its time or its size is over, somebody
 * stops it, or the disk takes no more. A gateway that is killed loses what it had not written: a second's worth at most.
 */
import type { Clock, Timer } from '../../primitives/clock.ts';
import { systemErrorCode } from '../../primitives/errors.ts';
import type { TraceEnd, TraceFile, TraceHeader } from '../../store/trace-files.ts';
import { type LiveStep, shownStep } from './trace-ring.ts';
import { scenarioKeeps, type TraceScenario } from './trace-scenario.ts';

/** Milliseconds that a step waits to be written at most. */
export const traceFlushMs = 1_000;
/** Characters that wait before they are written at once. */
export const traceBatchCharacters = 256 * 1024;

export interface TraceOrder extends TraceHeader {
  readonly scenario: TraceScenario;
  /** Milliseconds until it ends by itself. */
  readonly durationMs: number;
  /** Bytes of its file. */
  readonly maxBytes: number;
}

export interface RunningTrace extends TraceHeader {
  readonly path: string;
  readonly until: string;
  readonly steps: number;
  readonly bytes: number;
}

export class TraceRecorder {
  readonly #order: TraceOrder;
  readonly #file: TraceFile;
  readonly #clock: Clock;
  readonly #onEnded: (end: TraceEnd) => void;
  readonly #until: Date;
  readonly #deadline: Timer;
  #flush: Timer | undefined;
  #waiting: string[] = [];
  #waitingCharacters = 0;
  #steps = 0;
  #bytes = 0;
  #hasEnded = false;

  constructor(order: TraceOrder, file: TraceFile, clock: Clock, onEnded: (end: TraceEnd) => void) {
    this.#order = order;
    this.#file = file;
    this.#clock = clock;
    this.#onEnded = onEnded;
    this.#until = new Date(clock.wallTime().getTime() + order.durationMs);
    this.#deadline = clock.after(order.durationMs, () => this.end('its time is over'));
  }

  take(step: LiveStep): void {
    if (this.#hasEnded || !scenarioKeeps(this.#order.scenario, step.note)) return;
    const line = `${JSON.stringify(shownStep(step))}\n`;
    this.#steps += 1;
    this.#waiting.push(line);
    this.#waitingCharacters += line.length;
    this.#bytes += Buffer.byteLength(line);
    if (this.#bytes >= this.#order.maxBytes) this.end('its file is full');
    else if (this.#waitingCharacters >= traceBatchCharacters) this.#write();
    else this.#flush ??= this.#clock.after(traceFlushMs, () => this.#write());
  }

  state(): RunningTrace {
    const { name, scenario, started, withBodies } = this.#order;
    const until = this.#until.toISOString();
    return {
      name,
      scenario,
      started,
      withBodies,
      path: this.#file.path,
      until,
      steps: this.#steps,
      bytes: this.#bytes,
    };
  }

  /** Once; what waits is written first. */
  end(reason: string): void {
    if (this.#hasEnded) return;
    this.#write();
    this.#conclude(reason);
  }

  #conclude(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#deadline.cancel();
    const end = { time: this.#clock.wallTime().toISOString(), reason, steps: this.#steps };
    this.#waiting = [`${JSON.stringify({ ended: end })}\n`];
    this.#write();
    this.#file.close();
    this.#onEnded(end);
  }

  #write(): void {
    this.#flush?.cancel();
    this.#flush = undefined;
    const lines = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingCharacters = 0;
    if (lines === '') return;
    try {
      this.#file.append(lines);
    } catch (error) {
      this.#conclude(`its file cannot be written (${systemErrorCode(error) ?? 'unknown'})`);
    }
  }
}
