/**
 * Messages that came lately, so that one which a peer sends again on another stream, because the first broke before it was
 * acknowledged, reaches its recipient once [XEP-0198 §5]. The same message on the same stream is its sender's own doing
 * and passes. Bounded in number and time; the oldest is forgotten first.
 */
import { createHash } from 'node:crypto';

import type { Clock } from '../../primitives/clock.ts';
import { namespaces } from './namespaces.ts';
import { maxRemembered, repetitionMs } from './s2s-limits.ts';
import type { Handled } from './stanza.ts';
import { childOf, type Element, textOf } from './xml/element.ts';

interface Remembered {
  streamId: string;
  readonly at: number;
  /** Of the first: a repetition is done when that is. */
  readonly handled: Handled;
}

export class RepeatedMessages {
  readonly #clock: Clock;
  readonly #known = new Map<string, Remembered>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Lets the stanza through to `deliver`, or tells `onRepeated` when it is a message that came on another stream before.
   *
   * @param streamId - Of the stream that it came on.
   */
  pass(stanza: Element, streamId: string, deliver: () => Handled, onRepeated: () => void): Handled {
    const key = keyOf(stanza);
    if (key === undefined) return deliver();
    const now = this.#clock.now();
    const known = this.#known.get(key);
    if (known !== undefined && known.streamId !== streamId && now - known.at <= repetitionMs) {
      // Once a stream: whoever says the same again on this one means it.
      known.streamId = streamId;
      onRepeated();
      return known.handled;
    }
    const handled = deliver();
    this.#known.delete(key);
    this.#known.set(key, { streamId, at: now, handled });
    this.#forget(now);
    return handled;
  }

  #forget(now: number): void {
    for (const [key, { at }] of this.#known) {
      if (this.#known.size <= maxRemembered && now - at <= repetitionMs) return;
      this.#known.delete(key);
    }
  }
}

/**
 * By sender, recipient and id, and by the text, since some clients begin anew with the same ids; nothing for a message
 * without an id, which cannot be told from another.
 */
function keyOf(stanza: Element): string | undefined {
  if (stanza.name !== 'message') return undefined;
  const { from, to, id } = stanza.attributes as Readonly<Record<string, string | undefined>>;
  const own = childOf(stanza, 'origin-id', namespaces.stanzaIds)?.attributes['id'] ?? id;
  if (own === undefined) return undefined;
  const text = textOf(childOf(stanza, 'body', stanza.namespace));
  return createHash('sha256')
    .update(JSON.stringify([from, to, own, text]))
    .digest('base64');
}
