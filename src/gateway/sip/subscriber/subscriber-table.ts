/** All subscriptions of this element to presentities of its next hop, found by their two ends, and by Call-ID for a NOTIFY. */
import type { IncomingRequest } from '../incoming-request.ts';
import { type PresenceNews, Subscriber, type SubscriberEnds, type SubscriberSetup } from './subscriber.ts';

export type SubscriberTableSetup = Omit<SubscriberSetup, 'newCallId' | 'onNews' | 'expires'> & {
  /** Seconds to ask for. */
  expires(): number;
  onNews(ends: SubscriberEnds, news: PresenceNews): void;
};

/** Bits of a Call-ID. Source: RFC 3261 §19.3 asks for 32 at least in a tag. */
const callIdBits = 128;

const keyOf = ({ watcherAor, presentityAor }: SubscriberEnds): string => `${watcherAor} ${presentityAor}`;

export class SubscriberTable {
  readonly #setup: SubscriberTableSetup;
  readonly #subscribers = new Map<string, { readonly ends: SubscriberEnds; readonly subscriber: Subscriber }>();
  /** By Call-ID: the key of its subscriber. */
  readonly #calls = new Map<string, string>();

  constructor(setup: SubscriberTableSetup) {
    this.#setup = setup;
  }

  /** Asks, unless that is being done. */
  start(ends: SubscriberEnds): void {
    const key = keyOf(ends);
    if (this.#subscribers.has(key)) return;
    const setup: SubscriberSetup = {
      ...this.#setup,
      expires: this.#setup.expires(),
      newCallId: (before) => this.#newCallId(key, before),
      onNews: (news) => {
        if (news.what === 'refused') this.#forget(key);
        this.#setup.onNews(ends, news);
      },
    };
    this.#subscribers.set(key, { ends, subscriber: new Subscriber(setup, ends) });
  }

  stop(ends: SubscriberEnds): void {
    const key = keyOf(ends);
    this.#subscribers.get(key)?.subscriber.stop();
    this.#forget(key);
  }

  /** Answers a NOTIFY: 481 for one that belongs to no subscription here [RFC 6665 §4.1.3]. */
  notified(incoming: IncomingRequest): void {
    const key = this.#calls.get(incoming.request.headers.get('Call-ID') ?? '');
    const subscriber = key === undefined ? undefined : this.#subscribers.get(key)?.subscriber;
    if (subscriber?.owns(incoming) === true) subscriber.notified(incoming);
    else incoming.respond(481);
  }

  /** Ends those here alone, without a word to the notifier. */
  forget(isForgotten: (ends: SubscriberEnds) => boolean): void {
    for (const [key, { subscriber, ends }] of this.#subscribers) {
      if (!isForgotten(ends)) continue;
      subscriber.close();
      this.#forget(key);
    }
  }

  /** Ends here alone: whoever starts anew subscribes anew. */
  close(): void {
    for (const { subscriber } of this.#subscribers.values()) subscriber.close();
    this.#subscribers.clear();
    this.#calls.clear();
  }

  #newCallId(key: string, before: string | undefined): string {
    if (before !== undefined) this.#calls.delete(before);
    const callId = this.#setup.token(callIdBits);
    this.#calls.set(callId, key);
    return callId;
  }

  #forget(key: string): void {
    const subscriber = this.#subscribers.get(key)?.subscriber;
    if (subscriber !== undefined) this.#calls.delete(subscriber.callId);
    this.#subscribers.delete(key);
  }
}
