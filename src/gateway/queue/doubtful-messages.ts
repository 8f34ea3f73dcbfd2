/**
 * Messages that a partner took without a word: it acknowledges nothing, so that they count as delivered, and are in doubt for
 * a while all the same, since a connection may break behind them. A running gateway notices that itself; for the time after a
 * crash they are on disk as long as they are in doubt, and the next process tells their senders.
 */
import type { Clock, Timer } from '../../primitives/clock.ts';
import type { StateStore } from '../../primitives/state-store.ts';
import { inDoubtMs } from '../xmpp/s2s-limits.ts';
import { type QueuedFor, readQueuedFor, textIn } from './queued-message.ts';

export interface DoubtfulMessage extends QueuedFor {
  /** Of its stanza. */
  readonly id: string;
  /** Bare JIDs. */
  readonly from: string;
  readonly to: string;
  readonly correlationId: string;
}

export interface DoubtfulMessagesPorts {
  readonly clock: Clock;
  readonly state: StateStore;
  /** Nobody knows whether it has arrived. */
  onDoubt(message: DoubtfulMessage): void;
}

export class DoubtfulMessages {
  readonly #ports: DoubtfulMessagesPorts;
  /** When each is beyond doubt, on the monotonic clock, the oldest first. */
  readonly #until = new Map<string, number>();
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(ports: DoubtfulMessagesPorts) {
    this.#ports = ports;
  }

  /** Resolves when a crash would not make its sender believe that it has arrived. */
  async remember({ id, ...message }: DoubtfulMessage): Promise<void> {
    const { clock, state } = this.#ports;
    this.#until.set(id, clock.now() + inDoubtMs);
    state.write('sent-message', id, message);
    if (!this.#isStopped) this.#timer ??= clock.after(inDoubtMs, () => this.#forgetOld());
    await state.durable();
  }

  /** Its sender knows what became of it. */
  forget(id: string): void {
    if (this.#until.delete(id)) this.#ports.state.write('sent-message', id, undefined);
  }

  restore(): void {
    const { state, onDoubt } = this.#ports;
    for (const { key, value } of state.entries('sent-message')) {
      state.write('sent-message', key, undefined);
      const message = readDoubtful(key, value);
      if (message !== undefined) onDoubt(message);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** All streams have ended, each with its goodbye or with the news that it had none: nothing is in doubt that nobody was told of. */
  clear(): void {
    for (const id of [...this.#until.keys()]) this.forget(id);
  }

  #forgetOld(): void {
    const { clock } = this.#ports;
    this.#timer = undefined;
    for (const [id, until] of this.#until) {
      if (until > clock.now()) {
        this.#timer = clock.after(until - clock.now(), () => this.#forgetOld());
        return;
      }
      this.forget(id);
    }
  }
}

function readDoubtful(id: string, value: unknown): DoubtfulMessage | undefined {
  const sender = readQueuedFor(value);
  if (sender === undefined) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const [from, to, correlationId] = ['from', 'to', 'correlationId'].map((name) => textIn(record, name));
  if (from === undefined || to === undefined || correlationId === undefined) return undefined;
  return { ...sender, id, from, to, correlationId };
}
