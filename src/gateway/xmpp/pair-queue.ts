/**
 * The stanzas of one domain pair on their way out, in order: they wait for a stream, are written, and are done when the
 * peer acknowledged them, or, where it does not [XEP-0198], when the kernel took them. Bounded in number, bytes and time;
 * nothing leaves the queue without an answer. [RFC 6120 §10.1, §10.4]
 */
import type { Result } from '../../primitives/result.ts';
import { ByteBudget } from './byte-budget.ts';
import { type Delivery, undelivered } from './delivery.ts';
import type { DomainPair } from './dialback.ts';
import { awaitsAcknowledgement, delayed, fateOf } from './lost-stanzas.ts';
import type { DialFailure } from './outbound-state.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { bytesOf, type QueuedStanza } from './queued-stanza.ts';
import { cancelled, type Dialled, type DialRequest } from './s2s-connector.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';
import type { StreamError } from './stream-error.ts';
import { UnconfirmedMessages } from './unconfirmed-messages.ts';
import type { Element } from './xml/element.ts';

type QueueLimit = 'queuedStanzas' | 'queuedBytes' | 'queuedBytesTotal';

/** A stanza is written again after one broken stream; a second one returns it. */
const maxBroken = 1;

export interface PairQueueHooks {
  /** Of all queues together. */
  readonly budget: ByteBudget;
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
  readonly #unconfirmed: UnconfirmedMessages;
  #stream: OutboundStream | undefined;
  /** Ended, but the kernel may still take what was written to it. */
  #ending: OutboundStream | undefined;
  #dialling: AbortController | undefined;

  constructor(pair: DomainPair, options: S2sOptions, hooks: PairQueueHooks) {
    this.pair = pair;
    this.#options = options;
    this.#hooks = hooks;
    this.#unconfirmed = new UnconfirmedMessages(options.clock);
    this.#bytes = new ByteBudget(() => options.limits.queuedBytes, hooks.budget);
  }

  /** Resolves with what became of the stanza, `deliveryMs` from now at the latest. */
  async send(stanza: Element): Promise<Delivery> {
    const { limits, clock } = this.#options;
    const bytes = bytesOf(stanza);
    const full = this.#limitReached(bytes);
    if (full !== undefined) return this.#refuse(full);
    return new Promise((resolve) => {
      const deadline = clock.after(limits.deliveryMs, () => this.#expire(entry));
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

  /** The policy changed: a dial to a domain that may not be dialled ends. */
  reconsider(): void {
    const { remote } = this.pair;
    if (this.#options.securityFor(remote) === undefined) this.stop(`${remote} is not an allowed partner any more`);
  }

  /** Ends the stream or the dial; what waits is returned, and so is what the peer does not acknowledge on the way out. */
  stop(reason: string, error?: StreamError): void {
    for (const entry of this.#written) entry.broken = maxBroken;
    this.#failWaiting('remote-server-timeout', reason);
    this.#dialling?.abort(cancelled);
    this.#stream?.close(reason, error);
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
    const stream = this.#stream;
    if (stream?.isEstablished === true) {
      for (let [entry] = this.#waiting; entry !== undefined && stream.hasRoom; [entry] = this.#waiting)
        this.#write(entry, stream);
      this.#count(stream);
    } else if (this.#waiting.length > 0 && this.#ending === undefined && this.#dialling === undefined)
      void this.#dial();
    else if (this.#waiting.length === 0 && this.#isUnused()) this.#hooks.onIdle();
  }

  #isUnused(): boolean {
    return this.#written.length === 0 && !this.#stream && !this.#ending && !this.#dialling;
  }

  #write(entry: QueuedStanza, stream: OutboundStream): void {
    if (entry.bytes > stream.maxBytes) {
      const limit = `${this.pair.remote} takes no more than ${stream.maxBytes} bytes in a stanza.`;
      return this.#fail(entry, 'policy-violation', limit);
    }
    this.#waiting.splice(this.#waiting.indexOf(entry), 1);
    this.#written.push(entry);
    stream.sendStanza(entry.stanza, {
      onAccepted: () => this.#onAccepted(entry, stream),
      onAcknowledged: () => this.#finish(entry, stream, true),
    });
  }

  #onAccepted(entry: QueuedStanza, stream: OutboundStream): void {
    entry.accepted = true;
    if (!stream.isAcknowledged) return this.#finish(entry, stream, false);
    this.#count(stream);
    if (awaitsAcknowledgement(entry.stanza)) return;
    // It stays in the queue for the case that the stream is lost.
    entry.settle(deliveredBy(stream, false));
  }

  #finish(entry: QueuedStanza, stream: OutboundStream, acknowledged: boolean): void {
    if (!acknowledged) this.#unconfirmed.add(entry.stanza, stream.record.id);
    this.#remove(this.#written, entry);
    this.#count(stream);
    entry.settle(deliveredBy(stream, acknowledged));
    this.#pump();
  }

  #count({ record }: OutboundStream): void {
    record.queued = this.#waiting.length + this.#written.filter(({ accepted }) => !accepted).length;
  }

  async #dial(): Promise<void> {
    const { clock, limits } = this.#options;
    const controller = new AbortController();
    this.#dialling = controller;
    const deadline = clock.after(limits.deliveryMs, () => controller.abort());
    const dialled = await this.#hooks.dial(this.#request(controller.signal));
    deadline.cancel();
    this.#dialling = undefined;
    if (dialled.ok) {
      if ('stream' in dialled.value && dialled.value.stream.isEstablished) this.#stream = dialled.value.stream;
    } else {
      const { step, condition, reason } = dialled.error;
      this.#failWaiting(condition, `${step}: ${reason}`);
    }
    this.#pump();
  }

  #request(signal: AbortSignal): DialRequest {
    return {
      pair: this.pair,
      purpose: { type: 'stanzas' },
      signal,
      onStream: (stream) => this.#hooks.onStream(stream),
      onEnding: (stream) => this.#onEnding(stream),
      onClosed: (stream) => this.#onClosed(stream),
    };
  }

  #onEnding(stream: OutboundStream): void {
    if (stream !== this.#stream) return;
    this.#stream = undefined;
    if (this.#written.length > 0) this.#ending = stream;
    this.#pump();
  }

  /** What is not done goes to the next stream, ahead of what came later. */
  #onClosed(stream: OutboundStream): void {
    this.#hooks.onClosed(stream);
    const inDoubt = this.#unconfirmed.takeOf(stream.record.id);
    if (stream.leavesDoubt) for (const answer of inDoubt) void this.#options.onStanza(answer, stream.record.summary());
    if (stream !== this.#ending) return this.#pump();
    this.#ending = undefined;
    const lost = this.#written.splice(0);
    this.#waiting.unshift(...lost);
    const stanzas = this.#waiting.map(({ stanza }) => stanza);
    for (const [index, entry] of lost.entries()) this.#afterLoss(entry, stanzas.slice(index + 1));
    this.#pump();
  }

  #afterLoss(entry: QueuedStanza, later: readonly Element[]): void {
    entry.broken += 1;
    const fate = entry.accepted ? fateOf(entry.stanza, later) : 'resend';
    if (fate === 'drop')
      return this.#fail(entry, 'remote-server-timeout', 'The stream broke, and it means nothing later.');
    if (fate === 'return' || entry.broken > maxBroken)
      return this.#fail(entry, 'remote-server-timeout', 'The stream broke before the stanza was delivered.');
    if (!entry.accepted) return undefined;
    entry.accepted = false;
    entry.stanza = delayed(entry.stanza, this.pair.local, entry.sent);
    const bytes = bytesOf(entry.stanza);
    this.#bytes.add(bytes - entry.bytes);
    entry.bytes = bytes;
  }

  #expire(entry: QueuedStanza): void {
    const stuck = this.#written.includes(entry) && !entry.accepted;
    this.#fail(entry, 'remote-server-timeout', `${this.pair.remote} did not take the stanza in time.`);
    if (stuck) this.#stream?.close('the peer does not read', { condition: 'connection-timeout' });
    this.#pump();
  }

  #failWaiting(condition: StanzaErrorCondition, reason: string): void {
    for (const entry of Array.from(this.#waiting)) this.#fail(entry, condition, reason);
  }

  #fail(entry: QueuedStanza, condition: StanzaErrorCondition, reason: string): void {
    for (const list of [this.#waiting, this.#written]) this.#remove(list, entry);
    entry.settle(undelivered(condition, reason));
  }

  #remove(list: QueuedStanza[], entry: QueuedStanza): void {
    const index = list.indexOf(entry);
    if (index === -1) return;
    list.splice(index, 1);
    entry.deadline.cancel();
    this.#bytes.add(-entry.bytes);
  }
}

const deliveredBy = ({ record, method }: OutboundStream, acknowledged: boolean): Delivery => ({
  ok: true,
  peerAddress: record.summary().peerAddress,
  method: method ?? 'TCP Dialback',
  acknowledged,
});
