/** Listeners that follow the configuration. New ones that cannot be had are no reason to end the gateway: it says so, and goes on with what it has. */
import { isDeepStrictEqual } from 'node:util';

import type { OnLogEvent } from '../primitives/log-event.ts';

export class SideListening {
  readonly #onEvent: OnLogEvent;
  /** What does not work, by side. */
  readonly #problems = new Map<string, string>();

  constructor(onEvent: OnLogEvent) {
    this.#onEvent = onEvent;
  }

  /** One sentence each. */
  problems(): readonly string[] {
    return [...this.#problems.values()];
  }

  /** Binds anew where something changed, or where it failed before. */
  async rebind(side: 'XMPP' | 'SIP', [before, next]: readonly unknown[], bind: () => Promise<void>): Promise<void> {
    if (!this.#problems.has(side) && isDeepStrictEqual(before, next)) return;
    this.#problems.delete(side);
    try {
      await bind();
      const message = `${side} listens as configured`;
      this.#onEvent({ id: 'ListenersChanged', level: 'info', component: 'service', message });
    } catch (error) {
      const message = `${side} does not listen: ${error instanceof Error ? error.message : String(error)}`;
      this.#problems.set(side, message);
      this.#onEvent({ id: 'ListenersFailed', level: 'error', component: 'service', message });
    }
  }
}
