/**
 * The stanzas of one domain pair on their way out, in order: they wait for a stream, are written, and are done when the
 * peer acknowledged them, or, where it does not [XEP-0198], when the kernel took them. Bounded in number, bytes and time;
 * nothing leaves the queue without an answer. [RFC 6120 §10.1, §10.4]
 */
import type { Timer } from '../../primitives/clock.ts';
import type { Result } from '../../primitives/result.ts';
import { type Delivery, undelivered } from './delivery.ts';
import type { DomainPair } from './dialback.ts';
import { awaitsAcknowledgement, delayed, fateOf } from './lost-stanzas.ts';
import type { DialFailure } from './outbound-state.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { cancelled, type Dialled, type DialRequest } from './s2s-connector.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';
import type { StreamError } from './stream-error.ts';
import type { Element } from './xml/element.ts';
import { printElement } from './xml/xml-writer.ts';

interface Entry {
  stanza: Element;
  bytes: number;
  readonly sent: Date;
  /** Also of a resend: what is in doubt is sent again within `deliveryMs` or not at all, so never after minutes. */
  readonly deadline: Timer;
  readonly settle: (delivery: Delivery) => void;
  /** Written, and the kernel took it. */
  accepted: boolean;
  /** Streams that broke before the stanza was done. */
  broken: number;
}

/** A stanza is written again after one broken stream; a second one returns it. */
const maxBroken = 1;

export interface PairQueueHooks {
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
  readonly #waiting: Entry[] = [];
  readonly #written: Entry[] = [];
  #bytes = 0;
  #stream: OutboundStream | undefined;
  /** Ended, but the kernel may still take what was written to it. */
  #ending: OutboundStream | undefined;
  #dialling: AbortController | undefined;

  constructor(pair: DomainPair, options: S2sOptions, hooks: PairQueueHooks) {
    this.pair = pair;
    this.#options = options;
    this.#hooks = hooks;
  }

  /** Resolves with what became of the stanza, `deliveryMs` from now at the latest. */
  async send(stanza: Element): Promise<Delivery> {
    const { limits, clock } = this.#options;
    const bytes = bytesOf(stanza);
    const full =
      this.#waiting.length + this.#written.length >= limits.queuedStanzas || this.#bytes + bytes > limits.queuedBytes;
    if (full) return undelivered('resource-constraint', `Too much waits for ${this.pair.remote} already.`);
    return new Promise((resolve) => {
      const deadline = clock.after(limits.deliveryMs, () => this.#expire(entry));
      const once = { accepted: false, broken: 0, settle: resolve };
      const entry: Entry = { stanza, bytes, sent: clock.wallTime(), deadline, ...once };
      this.#bytes += bytes;
      this.#waiting.push(entry);
      this.#pump();
    });
  }

  /** The policy changed: a dial to a domain that may not be dialled ends. */
  reconsider(): void {
    if (this.#options.securityFor(this.pair.remote) === undefined)
      this.stop(`${this.pair.remote} is not an allowed partner any more`);
  }

  /** Ends the stream or the dial; what waits is returned, and so is what the peer does not acknowledge on the way out. */
  stop(reason: string, error?: StreamError): void {
    for (const entry of this.#written) entry.broken = maxBroken;
    this.#failWaiting('remote-server-timeout', reason);
    this.#dialling?.abort(cancelled);
    this.#stream?.close(reason, error);
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

  #write(entry: Entry, stream: OutboundStream): void {
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

  #onAccepted(entry: Entry, stream: OutboundStream): void {
    entry.accepted = true;
    if (!stream.isAcknowledged) return this.#finish(entry, stream, false);
    this.#count(stream);
    if (awaitsAcknowledgement(entry.stanza)) return;
    // It stays in the queue for the case that the stream is lost.
    entry.settle(deliveredBy(stream, false));
  }

  #finish(entry: Entry, stream: OutboundStream, acknowledged: boolean): void {
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
    if (stream !== this.#ending) return this.#pump();
    this.#ending = undefined;
    const lost = this.#written.splice(0);
    this.#waiting.unshift(...lost);
    const stanzas = this.#waiting.map(({ stanza }) => stanza);
    for (const [index, entry] of lost.entries()) this.#afterLoss(entry, stanzas.slice(index + 1));
    this.#pump();
  }

  #afterLoss(entry: Entry, later: readonly Element[]): void {
    entry.broken += 1;
    const isInDoubt = entry.accepted;
    const fate = isInDoubt ? fateOf(entry.stanza, later) : 'resend';
    if (fate === 'drop')
      return this.#fail(entry, 'remote-server-timeout', 'The stream broke, and it means nothing later.');
    if (fate === 'return' || entry.broken > maxBroken)
      return this.#fail(entry, 'remote-server-timeout', 'The stream broke before the stanza was delivered.');
    if (!isInDoubt) return undefined;
    entry.accepted = false;
    entry.stanza = delayed(entry.stanza, this.pair.local, entry.sent);
    this.#bytes -= entry.bytes;
    entry.bytes = bytesOf(entry.stanza);
    this.#bytes += entry.bytes;
  }

  #expire(entry: Entry): void {
    const stuck = this.#written.includes(entry) && !entry.accepted;
    this.#fail(entry, 'remote-server-timeout', `${this.pair.remote} did not take the stanza in time.`);
    if (stuck) this.#stream?.close('the peer does not read', { condition: 'connection-timeout' });
    this.#pump();
  }

  #failWaiting(condition: StanzaErrorCondition, reason: string): void {
    for (const entry of Array.from(this.#waiting)) this.#fail(entry, condition, reason);
  }

  #fail(entry: Entry, condition: StanzaErrorCondition, reason: string): void {
    this.#remove(this.#waiting, entry);
    this.#remove(this.#written, entry);
    entry.settle(undelivered(condition, reason));
  }

  #remove(list: Entry[], entry: Entry): void {
    const index = list.indexOf(entry);
    if (index === -1) return;
    list.splice(index, 1);
    entry.deadline.cancel();
    this.#bytes -= entry.bytes;
  }
}

const bytesOf = (stanza: Element): number => Buffer.byteLength(printElement(stanza));

const deliveredBy = ({ record, method }: OutboundStream, acknowledged: boolean): Delivery => ({
  ok: true,
  peerAddress: record.summary().peerAddress,
  method: method ?? 'TCP Dialback',
  acknowledged,
});
