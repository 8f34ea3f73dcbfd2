/**
 * Messages that came lately, so that one which a peer sends again on another stream, because the first broke before it was
 * acknowledged, reaches its recipient once [XEP-0198 §5]. The same message on the same stream is its sender's own doing
 * and passes. Bounded in number and time; the oldest are forgotten first.
 */
import { createHash } from 'node:crypto';

import type { Clock } from '../../primitives/clock.ts';
import { RecentEntries } from '../../primitives/recent-entries.ts';
import { namespaces } from './namespaces.ts';
import { maxRemembered, repetitionMs } from './s2s-limits.ts';
import type { Handled } from './stanza.ts';
import { childOf, type Element, textOf } from './xml/element.ts';

interface Remembered {
  streamId: string;
  /** Of the first: a repetition is done when that is. */
  readonly handled: Handled;
}

export class RepeatedMessages {
  readonly #recent: RecentEntries<Remembered>;

  constructor(clock: Clock) {
    this.#recent = new RecentEntries(clock, { entries: maxRemembered, ms: repetitionMs });
  }

  /**
   * Lets the stanza through to `deliver`, or tells `onRepeated` when it is a message that came on another stream before.
   *
   * @param streamId - Of the stream that it came on.
   */
  pass(stanza: Element, streamId: string, deliver: () => Handled, onRepeated: () => void): Handled {
    const key = keyOf(stanza);
    if (key === undefined) return deliver();
    const known = this.#recent.get(key);
    if (known !== undefined && known.streamId !== streamId) {
      // Once a stream: whoever says the same again on this one means it.
      known.streamId = streamId;
      onRepeated();
      return known.handled;
    }
    const handled = deliver();
    const remembered = { streamId, handled };
    this.#recent.set(key, remembered);
    // Nobody answers for it: the next one is not a repetition.
    void handled?.then((fate) => {
      if (fate === 'unanswered' && this.#recent.get(key) === remembered) this.#recent.delete(key);
    });
    return handled;
  }
}

/** Characters of a text that is remembered as it is; of a longer one its hash is. Source: own choice: most are shorter. */
const maxPlainText = 256;

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
  const said = text.length <= maxPlainText ? text : createHash('sha256').update(text).digest('base64');
  // No XML has the character between them.
  return `${from ?? ''}\0${to ?? ''}\0${own}\0${said}`;
}
