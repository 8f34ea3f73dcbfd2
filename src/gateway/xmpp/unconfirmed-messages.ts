/**
 * Messages that the kernel took on streams whose peer acknowledges nothing: they count as delivered, until the stream breaks
 * right behind them. Then they are in doubt, and their senders are told, since sending them again might show them twice.
 */
import type { Clock } from '../../primitives/clock.ts';
import { awaitsAcknowledgement } from './lost-stanzas.ts';
import { inDoubtMs, maxUnacknowledged } from './s2s-limits.ts';
import { errorReply, stanzaError } from './stanza-error.ts';
import type { Element } from './xml/element.ts';

const doubt = stanzaError('remote-server-timeout', 'The connection broke: the message may not have arrived.');

interface Unconfirmed {
  /** Of the stream. */
  readonly id: string;
  /** On the monotonic clock. */
  readonly at: number;
  /** What its sender is told, made at once so that no large body is kept. */
  readonly answer: Element;
}

export class UnconfirmedMessages {
  readonly #clock: Clock;
  #messages: readonly Unconfirmed[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param id - Of the stream that took it. */
  add(stanza: Element, id: string): void {
    const answer = awaitsAcknowledgement(stanza) ? errorReply(stanza, doubt) : undefined;
    if (answer === undefined || stanza.name !== 'message') return;
    const at = this.#clock.now();
    this.#messages = [...this.#messages.filter((one) => at - one.at < inDoubtMs), { id, at, answer }].slice(
      -maxUnacknowledged,
    );
  }

  /** The stream has ended. @returns The answers to what it may have taken along, oldest first. */
  takeOf(id: string): readonly Element[] {
    const now = this.#clock.now();
    const ofStream = this.#messages.filter((one) => one.id === id && now - one.at < inDoubtMs);
    this.#messages = this.#messages.filter((one) => one.id !== id);
    return ofStream.map(({ answer }) => answer);
  }
}
