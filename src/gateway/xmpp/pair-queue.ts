/**
 * The stanzas of one domain pair on their way out, in order: they wait for a stream, are written, and are done when the
 * peer acknowledged them, or, where it does not [XEP-0198], when the kernel took them. Bounded in number, bytes and time;
 * nothing leaves the queue without an answer. [RFC 6120 §10.1, §10.4] A stream that the peer opened for both directions
 * [XEP-0288] is as good as one that is dialled; there is one at a time, so that nothing overtakes on another.
 */
import { ByteBudget } from '../../primitives/byte-budget.ts';
import type { Result } from '../../primitives/result.ts';
import { type Delivery, deliveredBy, isPassingFailure, undelivered } from './delivery.ts';
import type { DomainPair } from './dialback.ts';
import { awaitsAcknowledgement } from './lost-stanzas.ts';
import type { DialFailure } from './outbound-state.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { PairDial } from './pair-dial.ts';
import { afterLoss, bytesOf, maxBroken, type QueuedStanza } from './queued-stanza.ts';
import type { Dialled, DialRequest } from './s2s-connector.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StanzaCarrier } from './stanza-carrier.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';
import type { StanzaReceiver } from './stanza-traffic.ts';
import type { StreamError } from './stream-error.ts';
import { UnconfirmedMessages } from './unconfirmed-messages.ts';
import type { Element } from './xml/element.ts';

type QueueLimit = 'queuedStanzas' | 'queuedBytes' | 'queuedBytesTotal';

export interface PairQueueHooks {
  /** Of all queues together. */
  readonly budget: ByteBudget;
  /** Takes what the peer sends on the streams that we open. */
  readonly receiver: StanzaReceiver;
  /** A stream that the peer opened and lets us send the pair's stanzas on. */
  carrier(): StanzaCarrier | undefined;
  dial(request: DialRequest): Promise<Result<Dialled, DialFailure>>;
  onStream(stream: OutboundStream): void;
  onClosed(stream: OutboundStream): void;
  /** Nothing is left to do: the queue may be forgotten. */
  onIdle(): void;
}

export class PairQueue {
  readonly pair: DomainPair;
  readonly #options: S2sOptions;
  readonly #hooks: PairQueueHooks;
  readonly #waiting: QueuedStanza[] = [];
  readonly #written: QueuedStanza[] = [];
  readonly #bytes: ByteBudget;
  readonly unconfirmed: UnconfirmedMessages;
  readonly #dial: PairDial;
  #stream: StanzaCarrier | undefined;
  /** Ended, but the kernel may still take what was written to it. */
  #ending: StanzaCarrier | undefined;
  /** Came up while the peer's was in use. The peer may send on it; we do when the other has ended. */
  #spare: StanzaCarrier | undefined;

  constructor(pair: DomainPair, options: S2sOptions, hooks: PairQueueHooks) {
    this.pair = pair;
    this.#options = options;
    this.#hooks = hooks;
    this.#dial = new PairDial(options, (request) => hooks.dial(request));
    this.unconfirmed = new UnconfirmedMessages(options, pair);
    this.#bytes = new ByteBudget(() => options.limits.queuedBytes, hooks.budget);
  }

  /** Resolves with what became of it, `deliveryMs` from now at the latest, or `withinMs` if that is less. */
  async send(stanza: Element, withinMs = Number.POSITIVE_INFINITY): Promise<Delivery> {
    const { limits, clock } = this.#options;
    const bytes = bytesOf(stanza);
    const full = this.#limitReached(bytes);
    if (full !== undefined) return this.#refuse(full);
    return new Promise((resolve) => {
      const deadline = clock.after(Math.min(limits.deliveryMs, withinMs), () => this.#expire(entry));
      const entry: QueuedStanza = {
        stanza,
        bytes,
        sent: clock.wallTime(),
        deadline,
        settle: resolve,
        accepted: false,
        broken: 0,
      };
      this.#bytes.add(bytes);
      this.#waiting.push(entry);
      this.#pump();
    });
  }

  /** Ends the stream or the dial; what waits is returned, and so is what the peer does not acknowledge on the way out. */
  stop(reason: string, error?: StreamError): void {
    for (const entry of this.#written) entry.broken = maxBroken;
    this.#failWaiting('remote-server-timeout', reason);
    this.#dial.cancel();
    for (const stream of [this.#stream, this.#spare]) stream?.close(reason, error);
  }

  /** Whether there is a connection for it beside those that the peer opened, or is to be one. */
  get isConnected(): boolean {
    const isOurs = this.#stream === undefined || this.#stream.record.direction === 'outbound';
    return isOurs || this.#spare !== undefined || this.#dial.isRunning;
  }

  /** The peer lets us send on a stream that it opened, or that has room again: a dial that has not reached it is for nothing. */
  use(carrier: StanzaCarrier): void {
    if (this.#ending !== undefined || (this.#stream ?? carrier) !== carrier) return;
    this.#stream = carrier;
    this.#dial.cancelUnlessConnected();
    this.#pump();
  }

  #limitReached(bytes: number): QueueLimit | undefined {
    if (this.#waiting.length + this.#written.length >= this.#options.limits.queuedStanzas) return 'queuedStanzas';
    if (!this.#hooks.budget.hasRoomFor(bytes)) return 'queuedBytesTotal';
    return this.#bytes.hasRoomFor(bytes) ? undefined : 'queuedBytes';
  }

  #refuse(limit: QueueLimit): Delivery {
    const reason = `too much waits to be sent already (${limit} ${this.#options.limits[limit]})`;
    this.#options.onEvent({ type: 'limit-reached', limit, subject: this.pair.remote, times: 1, reason });
    return undelivered('resource-constraint', reason);
  }

  #pump(): void {
    const stream = this.#usableStream();
    if (stream?.sendsFor(this.pair) === true) {
      for (let [entry] = this.#waiting; entry !== undefined && stream.hasRoom; [entry] = this.#waiting)
        this.#write(entry, stream);
      this.#count(stream);
    } else if (this.#waiting.length > 0) {
      if (this.#ending === undefined && !this.#dial.isRunning) void this.#connect();
    } else if (this.#isUnused()) this.#hooks.onIdle();
  }

  /** Nothing overtakes what may still arrive on a stream that is ending. */
  #usableStream(): StanzaCarrier | undefined {
    if (this.#waiting.length > 0 && this.#ending === undefined) this.#stream ??= this.#spare ?? this.#hooks.carrier();
    if (this.#stream === this.#spare) this.#spare = undefined;
    return this.#stream;
  }

  #isUnused(): boolean {
    return this.#written.length === 0 && !this.#stream && !this.#ending && !this.#spare && !this.#dial.isRunning;
  }

  #write(entry: QueuedStanza, stream: StanzaCarrier): void {
    if (entry.bytes > stream.maxBytes) {
      const limit = `${this.pair.remote} takes no more than ${stream.maxBytes} bytes in a stanza.`;
      return this.#fail(entry, 'policy-violation', limit);
    }
    this.#waiting.splice(this.#waiting.indexOf(entry), 1);
    this.#written.push(entry);
    stream.sendStanza(entry.stanza, {
      onAccepted: (isCounted) => this.#onAccepted(entry, stream, isCounted),
      onAcknowledged: () => this.#finish(entry, stream, true),
    });
  }

  #onAccepted(entry: QueuedStanza, stream: StanzaCarrier, isCounted: boolean): void {
    entry.accepted = true;
    if (!isCounted) return this.#finish(entry, stream, false);
    this.#count(stream);
    if (awaitsAcknowledgement(entry.stanza)) return;
    // It stays in the queue for the case that the stream is lost.
    entry.settle(deliveredBy(stream, false));
  }

  #finish(entry: QueuedStanza, stream: StanzaCarrier, acknowledged: boolean): void {
    if (!acknowledged) this.unconfirmed.add(entry.stanza, stream);
    this.#remove(this.#written, entry);
    this.#count(stream);
    entry.settle(deliveredBy(stream, acknowledged));
    this.#pump();
  }

  #count({ record }: StanzaCarrier): void {
    record.queued = this.#waiting.length + this.#written.filter(({ accepted }) => !accepted).length;
  }

  async #connect(): Promise<void> {
    const dialled = await this.#dial.start({
      pair: this.pair,
      receiver: this.#hooks.receiver,
      onStream: (stream) => this.#hooks.onStream(stream),
      onEnding: (stream) => this.onEnding(stream),
      onClosed: (stream) => {
        this.#hooks.onClosed(stream);
        this.onClosed(stream);
      },
    });
    if (dialled?.ok === true) {
      if ('stream' in dialled.value && dialled.value.stream.isEstablished) this.#spare = dialled.value.stream;
    } else if (dialled !== undefined && this.#stream === undefined) {
      const { step, condition, reason } = dialled.error;
      this.#failWaiting(condition, `${step}: ${reason}`, isPassingFailure(dialled.error));
    }
    this.#pump();
  }

  onEnding(stream: StanzaCarrier): void {
    if (stream === this.#spare) this.#spare = undefined;
    if (stream !== this.#stream) return;
    this.#stream = undefined;
    if (this.#written.length > 0 || this.unconfirmed.has(stream)) this.#ending = stream;
    this.#pump();
  }

  /** What is not done goes to the next stream, ahead of what came later. */
  onClosed(stream: StanzaCarrier): void {
    const { answers, errors } = this.unconfirmed.takeOf(stream);
    for (const answer of answers) void this.#options.onStanza(answer, stream.record.summary(), false);
    for (const error of errors) this.#options.onErrorLost?.(error);
    if (stream !== this.#ending) return this.#pump();
    this.#ending = undefined;
    const lost = this.#written.splice(0);
    this.#waiting.unshift(...lost);
    const stanzas = this.#waiting.map(({ stanza }) => stanza);
    for (const [index, entry] of lost.entries()) this.#afterLoss(entry, stanzas.slice(index + 1));
    this.#pump();
  }

  #afterLoss(entry: QueuedStanza, later: readonly Element[]): void {
    const { bytes } = entry;
    const problem = afterLoss(entry, later, this.pair.local);
    this.#bytes.add(entry.bytes - bytes);
    if (problem !== undefined) this.#fail(entry, 'remote-server-timeout', problem, true);
  }

  #expire(entry: QueuedStanza): void {
    const stuck = this.#written.includes(entry) && !entry.accepted;
    this.#fail(entry, 'remote-server-timeout', `${this.pair.remote} did not take the stanza in time.`, true);
    if (stuck) this.#stream?.close('the peer does not read', { condition: 'connection-timeout' });
    this.#pump();
  }

  #failWaiting(condition: StanzaErrorCondition, reason: string, isPassing = false): void {
    for (const entry of Array.from(this.#waiting)) this.#fail(entry, condition, reason, isPassing);
  }

  #fail(entry: QueuedStanza, condition: StanzaErrorCondition, reason: string, isPassing = false): void {
    for (const list of [this.#waiting, this.#written]) this.#remove(list, entry);
    entry.settle(undelivered(condition, reason, isPassing));
  }

  #remove(list: QueuedStanza[], entry: QueuedStanza): void {
    const index = list.indexOf(entry);
    if (index === -1) return;
    list.splice(index, 1);
    entry.deadline.cancel();
    this.#bytes.add(-entry.bytes);
  }
}
