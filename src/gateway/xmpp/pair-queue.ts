/**
 * The stanzas of one domain pair on their way out, in order: they wait for a stream, are written, and are done when the
 * kernel took them. Bounded in number, bytes and time; nothing leaves the queue without an answer. [RFC 6120 §10.1, §10.4]
 */
import type { Timer } from '../../primitives/clock.ts';
import { type Delivery, undelivered } from './delivery.ts';
import type { DomainPair } from './dialback.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { type DialRequest, dial } from './s2s-connector.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';
import type { StreamError } from './stream-error.ts';
import type { Element } from './xml/element.ts';
import { printElement } from './xml/xml-writer.ts';

interface Entry {
  readonly stanza: Element;
  readonly bytes: number;
  readonly deadline: Timer;
  readonly settle: (delivery: Delivery) => void;
  /** Streams that broke while the stanza was being written. */
  broken: number;
}

/** A stanza is written again after one broken stream; a second one returns it. */
const maxBroken = 1;

export interface PairQueueHooks {
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
  readonly #writing: Entry[] = [];
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
    const bytes = Buffer.byteLength(printElement(stanza));
    const full =
      this.#waiting.length + this.#writing.length >= limits.queuedStanzas || this.#bytes + bytes > limits.queuedBytes;
    if (full) return undelivered('resource-constraint', `Too much waits for ${this.pair.remote} already.`);
    return new Promise((resolve) => {
      const deadline = clock.after(limits.deliveryMs, () => this.#expire(entry));
      const entry: Entry = { stanza, bytes, deadline, broken: 0, settle: resolve };
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

  /** Ends the stream or the dial; what waits is returned. */
  stop(reason: string, error?: StreamError): void {
    this.#failWaiting('remote-server-timeout', reason);
    this.#dialling?.abort();
    this.#stream?.close(reason, error);
  }

  #pump(): void {
    const stream = this.#stream;
    if (stream?.isEstablished === true) {
      for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift())
        this.#write(entry, stream);
      stream.record.queued = this.#writing.length;
    } else if (this.#waiting.length > 0 && this.#ending === undefined && this.#dialling === undefined)
      void this.#dial();
    else if (this.#waiting.length === 0 && this.#isUnused()) this.#hooks.onIdle();
  }

  #isUnused(): boolean {
    return this.#writing.length === 0 && !this.#stream && !this.#ending && !this.#dialling;
  }

  #write(entry: Entry, stream: OutboundStream): void {
    this.#writing.push(entry);
    stream.sendStanza(entry.stanza, () => {
      this.#remove(this.#writing, entry);
      stream.record.queued = this.#writing.length;
      const { peerAddress } = stream.record.summary();
      entry.settle({ ok: true, peerAddress, method: stream.method ?? 'TCP Dialback' });
    });
  }

  async #dial(): Promise<void> {
    const { clock, limits } = this.#options;
    const controller = new AbortController();
    this.#dialling = controller;
    const deadline = clock.after(limits.deliveryMs, () => controller.abort());
    const dialled = await dial(this.#request(controller.signal), this.#options);
    deadline.cancel();
    this.#dialling = undefined;
    if (dialled.ok) {
      if ('stream' in dialled.value && dialled.value.stream.isEstablished) this.#stream = dialled.value.stream;
    } else {
      const { step, condition, reason } = dialled.error;
      this.#options.onEvent({
        type: 'dial-failed',
        localDomain: this.pair.local,
        remoteDomain: this.pair.remote,
        step,
        reason,
      });
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
    if (this.#writing.length > 0) this.#ending = stream;
    this.#pump();
  }

  /** What the kernel did not take goes to the next stream, ahead of what came later. */
  #onClosed(stream: OutboundStream): void {
    this.#hooks.onClosed(stream);
    if (stream !== this.#ending) return this.#pump();
    this.#ending = undefined;
    const unwritten = this.#writing.splice(0);
    for (const entry of unwritten) entry.broken += 1;
    this.#waiting.unshift(...unwritten);
    for (const entry of unwritten.filter(({ broken }) => broken > maxBroken))
      this.#fail(entry, 'remote-server-timeout', 'The stream broke twice while the stanza was being written.');
    this.#pump();
  }

  #expire(entry: Entry): void {
    const stuck = this.#writing.includes(entry);
    this.#fail(entry, 'remote-server-timeout', `${this.pair.remote} did not take the stanza in time.`);
    if (stuck) this.#stream?.close('the peer does not read', { condition: 'connection-timeout' });
    this.#pump();
  }

  #failWaiting(condition: StanzaErrorCondition, reason: string): void {
    for (const entry of Array.from(this.#waiting)) this.#fail(entry, condition, reason);
  }

  #fail(entry: Entry, condition: StanzaErrorCondition, reason: string): void {
    this.#remove(this.#waiting, entry);
    this.#remove(this.#writing, entry);
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
