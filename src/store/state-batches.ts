/**
 * Writes that are gathered for some milliseconds and committed together: a flood of changes costs one fsync a batch, and of
 * several writes of one record only the last reaches the disk. What the disk refuses is kept and tried again.
 */
import type { Clock, Timer } from '../primitives/clock.ts';

/** Milliseconds during which writes gather. Nobody notices them, and they bound the commits to a hundred a second. */
const gatherMs = 10;
/** Milliseconds until a refused batch is tried again. */
const retryMs = 5000;

export interface BatchPorts {
  readonly clock: Clock;
  /** @throws Error when the disk refused; then nothing of it was written. */
  commit(changes: ReadonlyMap<string, string | undefined>): void;
  /** Called when a commit fails after one that did not, and with undefined when one succeeds again. */
  onTrouble(error: unknown): void;
}

export class StateBatches {
  readonly #ports: BatchPorts;
  /** By key: the text, or undefined for a record that goes. */
  #gathered = new Map<string, string | undefined>();
  #timer: Timer | undefined;
  #tried: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #isInTrouble = false;

  constructor(ports: BatchPorts) {
    this.#ports = ports;
  }

  add(key: string, text: string | undefined): void {
    this.#gathered.set(key, text);
    if (!this.#isInTrouble) this.#tried ??= waiting();
    this.#timer ??= this.#ports.clock.after(gatherMs, () => this.flush());
  }

  /** Of the writes so far: resolves when a commit of them was tried. Nobody is kept waiting for a disk that refuses. */
  tried(): Promise<void> | undefined {
    return this.#tried?.promise;
  }

  /** Commits at once what has gathered. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const changes = this.#gathered;
    if (changes.size > 0) this.#commit(changes);
    this.#tried?.resolve();
    this.#tried = undefined;
  }

  #commit(changes: ReadonlyMap<string, string | undefined>): void {
    try {
      this.#ports.commit(changes);
      this.#gathered = new Map();
      if (this.#isInTrouble) this.#ports.onTrouble(undefined);
      this.#isInTrouble = false;
    } catch (error) {
      if (!this.#isInTrouble) this.#ports.onTrouble(error);
      this.#isInTrouble = true;
      this.#timer = this.#ports.clock.after(retryMs, () => this.flush());
    }
  }

  stop(): void {
    this.flush();
    this.#timer?.cancel();
  }
}

function waiting(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
