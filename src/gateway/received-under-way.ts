/** Stanzas that were received and that nobody has answered for yet: a gateway that stops waits for them, so that their senders hear. */
import { UnderWay } from '../primitives/under-way.ts';
import type { Handled } from './xmpp/stanza.ts';

/** Milliseconds in which the senders of messages that a stop cuts off are told. Source: own choice; a dial takes a part of a second. */
export const tellingMs = 2_000;

export class ReceivedUnderWay {
  readonly #handling = new UnderWay<Promise<unknown>>();
  #count = 0;

  /** @returns The same. */
  add(handled: Handled): Handled {
    if (handled === undefined) return handled;
    const number = String((this.#count += 1));
    const ended = (): void => this.#handling.delete(number);
    this.#handling.set(number, handled);
    handled.then(ended, ended);
    return handled;
  }

  /** Resolves when everything received so far is dealt with. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#handling.values());
  }
}
