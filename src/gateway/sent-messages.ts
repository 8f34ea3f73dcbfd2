/**
 * Messages that crossed to XMPP lately, so that an error or a receipt that comes later finds its sender and what he asked for,
 * and so that he is told of each once. Bounded by number and age; the oldest goes first.
 */
import type { Clock } from '../primitives/clock.ts';
import type { DispositionAsked } from './sip/bodies/imdn.ts';

/** Milliseconds that a bounce may take. Source: own choice; partners bounce within their stream timeouts, 1 to 2 minutes. */
const maxAgeMs = 600_000;
const maxMessages = 10_000;

export interface SentMessage {
  /** The SIP user who sent it, `sip:user@domain`. */
  readonly sender: string;
  /** The contact it went to, a bare JID. */
  readonly contact: string;
  readonly correlationId: string;
  /** What the sender asked to be told of it. */
  readonly disposition?: DispositionAsked | undefined;
}

export class SentMessages {
  readonly #messages = new Map<string, SentMessage & { readonly at: number }>();
  /** When its sender was told, by stanza id. */
  readonly #told = new Map<string, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  remember(stanzaId: string, message: SentMessage): void {
    this.#messages.set(stanzaId, { ...message, at: this.#clock.now() });
    this.#forget(this.#messages, ({ at }) => at);
  }

  /** The message an error or a receipt is about, once. */
  take(stanzaId: string, contact: string): SentMessage | undefined {
    const message = this.#messages.get(stanzaId);
    if (message === undefined || message.contact !== contact) return undefined;
    this.#messages.delete(stanzaId);
    this.told(stanzaId);
    return this.#clock.now() - message.at > maxAgeMs ? undefined : message;
  }

  /** Its sender knows. */
  told(stanzaId: string): void {
    this.#told.set(stanzaId, this.#clock.now());
    this.#forget(this.#told, (at) => at);
  }

  isTold(stanzaId: string): boolean {
    return this.#told.has(stanzaId);
  }

  #forget<T>(map: Map<string, T>, at: (entry: T) => number): void {
    const now = this.#clock.now();
    for (const [id, entry] of map) {
      if (map.size <= maxMessages && now - at(entry) <= maxAgeMs) return;
      map.delete(id);
    }
  }
}
