/**
 * Messages that the kernel took on streams whose peer acknowledges nothing: they count as delivered, and are in doubt until the
 * peer has shown that it has read them. It shows that by its answer to a ping behind them [XEP-0199; RFC 6120 §8.2.3: every
 * question is answered, §10.1: in order]. When the stream ends before, their senders are told, since sending them again might
 * show them twice. A peer that leaves its first ping unanswered is none that answers: what it took is in doubt for `inDoubtMs`.
 */
import type { Clock, Timer } from '../../primitives/clock.ts';
import type { Ids } from '../../primitives/ids.ts';
import type { DomainPair } from './dialback.ts';
import { parseJid } from './jid.ts';
import { awaitsAcknowledgement } from './lost-stanzas.ts';
import { askAgainMs, inDoubtMs, maxUnacknowledged, type S2sLimits } from './s2s-limits.ts';
import { stanza as stanzaOf } from './stanza.ts';
import type { StanzaCarrier } from './stanza-carrier.ts';
import { errorReply, stanzaError } from './stanza-error.ts';
import { type Element, element } from './xml/element.ts';

const doubt = stanzaError('remote-server-timeout', 'The connection broke: the message may not have arrived.');
const pingNamespace = 'urn:xmpp:ping';

interface Unconfirmed {
  /** Of the stream. */
  readonly id: string;
  /** On the monotonic clock. */
  readonly at: number;
  /** What its sender is told, made at once so that no large body is kept; or an error, which has none and is sent again. */
  readonly told: Element;
}

interface Asked {
  readonly pingId: string;
  readonly stream: StanzaCarrier;
  /** What an answer confirms. */
  readonly messages: ReadonlySet<Unconfirmed>;
}

export interface InDoubt {
  /** For users of ours. */
  readonly answers: readonly Element[];
  /** For contacts: to be sent again. */
  readonly errors: readonly Element[];
}

interface Surroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly limits: Pick<S2sLimits, 'acknowledgementMs'>;
}

export class UnconfirmedMessages {
  readonly #around: Surroundings;
  readonly #pair: DomainPair;
  #messages: readonly Unconfirmed[] = [];
  #asked: Asked | undefined;
  #timer: Timer | undefined;
  /** What its pings have come to: whoever answers one answers whatever he reads. */
  #peer: 'unknown' | 'answers' | 'mute' = 'unknown';

  constructor(around: Surroundings, pair: DomainPair) {
    this.#around = around;
    this.#pair = pair;
  }

  add(stanza: Element, stream: StanzaCarrier): void {
    if (stanza.name !== 'message' || !awaitsAcknowledgement(stanza)) return;
    const told = stanza.attributes['type'] === 'error' ? stanza : errorReply(stanza, doubt);
    if (told === undefined) return;
    const at = this.#around.clock.now();
    this.#messages = [...this.#recent(at), { id: stream.record.id, at, told }].slice(-maxUnacknowledged);
    if (this.#asked === undefined && this.#timer === undefined) this.#ask(stream);
  }

  /** An answer of the peer's, on whatever stream. @returns Whether it was to a ping of ours. */
  confirm({ attributes: { id } }: Element): boolean {
    const asked = this.#asked;
    if (asked === undefined || id !== asked.pingId) return false;
    this.#peer = 'answers';
    this.#messages = this.#messages.filter((message) => !asked.messages.has(message));
    this.#asked = undefined;
    this.#timer?.cancel();
    // A burst costs one question a second.
    this.#timer = this.#around.clock.after(askAgainMs, () => {
      this.#timer = undefined;
      if (this.#messages.length > 0) this.#ask(asked.stream);
    });
    return true;
  }

  /** Whether something that the stream took may not have been read. */
  has({ record: { id } }: StanzaCarrier): boolean {
    return this.#recent(this.#around.clock.now()).some((one) => one.id === id);
  }

  /** The stream has ended. @returns The answers to what it may have taken along, and the errors among it, oldest first. */
  takeOf({ record: { id }, doubt: left }: StanzaCarrier): InDoubt {
    const ofStream = this.#recent(this.#around.clock.now()).filter((one) => one.id === id);
    this.#messages = this.#messages.filter((one) => one.id !== id);
    if (this.#asked?.stream.record.id === id || this.#messages.length === 0) this.stop();
    const isInDoubt = left === 'lost' || (this.#peer === 'answers' && left === 'unread');
    const told = isInDoubt ? ofStream.map((one) => one.told) : [];
    return {
      answers: told.filter((one) => isOurs(one, this.#pair)),
      errors: told.filter((one) => !isOurs(one, this.#pair)),
    };
  }

  /** Asks nothing more. */
  stop(): void {
    this.#asked = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #recent(now: number): readonly Unconfirmed[] {
    return this.#peer === 'mute' ? this.#messages.filter(({ at }) => now - at < inDoubtMs) : this.#messages;
  }

  #ask(stream: StanzaCarrier): void {
    if (!stream.sendsFor(this.#pair)) return;
    const { clock, ids, limits } = this.#around;
    const pingId = ids.token(128);
    this.#asked = { pingId, stream, messages: new Set(this.#messages.filter(({ id }) => id === stream.record.id)) };
    const { local: from, remote: to } = this.#pair;
    const ping = stanzaOf('iq', { from, to, type: 'get', id: pingId }, element('ping', pingNamespace));
    stream.sendStanza(ping, { onAccepted: () => undefined, onAcknowledged: () => undefined });
    this.#timer = clock.after(limits.acknowledgementMs, () => {
      this.#timer = undefined;
      this.#asked = undefined;
      if (this.#peer === 'unknown') this.#peer = 'mute';
      if (this.#peer === 'answers') stream.close('the peer answers nothing', { condition: 'connection-timeout' });
    });
  }
}

/** Whether it goes to a user of ours. */
const isOurs = ({ attributes: { to = '' } }: Element, { local }: DomainPair): boolean => {
  const jid = parseJid(to);
  return jid.ok && jid.value.domainpart === local;
};
