/**
 * Messages that crossed to XMPP lately, so that an error or a receipt that comes later finds its sender and what he asked for,
 * and so that he is told of each once. Bounded by number and age; the oldest goes first.
 */
import type { Clock } from '../primitives/clock.ts';
import { RecentEntries } from '../primitives/recent-entries.ts';
import type { DispositionAsked } from './sip/bodies/imdn.ts';

/** Milliseconds that a bounce may take. Source: own choice; partners bounce within their stream timeouts, 1 to 2 minutes. */
const maxAgeMs = 600_000;
/** Messages: the last ten thousand for all of that time. Source: own choice. */
const maxMessages = 20_000;
const bounds = { entries: maxMessages, ms: maxAgeMs };

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
  readonly #messages: RecentEntries<SentMessage>;
  /** Of those whose senders were told, by stanza id. */
  readonly #told: RecentEntries<true>;

  constructor(clock: Clock) {
    this.#messages = new RecentEntries(clock, bounds);
    this.#told = new RecentEntries(clock, bounds);
  }

  remember(stanzaId: string, message: SentMessage): void {
    this.#messages.set(stanzaId, message);
  }

  /** The message an error or a receipt is about, once. */
  take(stanzaId: string, contact: string): SentMessage | undefined {
    const message = this.#messages.get(stanzaId);
    if (message === undefined || message.contact !== contact) return undefined;
    this.#messages.delete(stanzaId);
    this.told(stanzaId);
    return message;
  }

  /** Its sender knows. */
  told(stanzaId: string): void {
    this.#told.set(stanzaId, true);
  }

  isTold(stanzaId: string): boolean {
    return this.#told.get(stanzaId) === true;
  }
}
