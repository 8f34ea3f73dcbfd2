/**
 * Writes that are gathered and committed together: a flood of changes costs one fsync a batch, and of several writes of one
 * record only the last reaches the disk. The first write after a pause is committed with what else happens in that moment;
 * then commits keep a distance, a longer one on a slow disk. What the disk refuses is kept and tried again.
 */
import type { Clock, Timer } from '../primitives/clock.ts';

/** Milliseconds between commits at least: they bound the commits to five hundred a second. Source: own choice; nobody notices them. */
const gatherMs = 2;
/** A commit holds up everything else, so that the next one waits so many times as long as this one took. Source: own choice, a fifth of the time. */
const restFactor = 4;
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
  #tried: Attempt | undefined;
  #isInTrouble = false;
  /** On the monotonic clock: no commit before. */
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(ports: BatchPorts) {
    this.#ports = ports;
  }

  add(key: string, text: string | undefined): void {
    this.#gathered.set(key, text);
    if (!this.#isInTrouble) this.#tried ??= attempt();
    const { clock } = this.#ports;
    this.#timer ??= clock.after(Math.max(this.#restsUntil - clock.now(), 0), () => this.flush());
  }

  /** Of the writes so far: resolves with whether the disk took them, once it was asked. Nobody is kept waiting for a disk that refuses. */
  tried(): Promise<boolean> | undefined {
    return this.#isInTrouble ? Promise.resolve(false) : this.#tried?.promise;
  }

  /** Commits at once what has gathered. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const changes = this.#gathered;
    if (changes.size > 0) this.#commit(changes);
    this.#tried?.resolve(!this.#isInTrouble);
    this.#tried = undefined;
  }

  #commit(changes: ReadonlyMap<string, string | undefined>): void {
    const { clock } = this.#ports;
    const begun = clock.now();
    try {
      this.#ports.commit(changes);
      this.#restsUntil = clock.now() + Math.max(gatherMs, restFactor * (clock.now() - begun));
      this.#gathered = new Map();
      if (this.#isInTrouble) this.#ports.onTrouble(undefined);
      this.#isInTrouble = false;
    } catch (error) {
      if (!this.#isInTrouble) this.#ports.onTrouble(error);
      this.#isInTrouble = true;
      this.#timer = clock.after(retryMs, () => this.flush());
    }
  }

  stop(): void {
    this.flush();
    this.#timer?.cancel();
  }
}

interface Attempt {
  readonly promise: Promise<boolean>;
  readonly resolve: (isWritten: boolean) => void;
}

function attempt(): Attempt {
  let resolve: Attempt['resolve'] = () => undefined;
  const promise = new Promise<boolean>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
