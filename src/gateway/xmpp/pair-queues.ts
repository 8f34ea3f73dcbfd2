/** The queues of all domain pairs, by pair: made when there is something to send, forgotten when nothing is left to do. */
import { ByteBudget } from '../../primitives/byte-budget.ts';
import type { DomainPair } from './dialback.ts';
import { PairQueue, type PairQueueHooks } from './pair-queue.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StanzaCarrier } from './stanza-carrier.ts';
import type { Element } from './xml/element.ts';

export interface PairQueuesHooks extends Omit<PairQueueHooks, 'budget' | 'carrier' | 'onIdle'> {
  /** Streams that the peers opened. */
  readonly inbound: Iterable<StanzaCarrier>;
}

const keyOf = ({ local, remote }: DomainPair): string => `${local} ${remote}`;

export class PairQueues {
  readonly #options: S2sOptions;
  readonly #hooks: PairQueuesHooks;
  readonly #budget: ByteBudget;
  readonly #queues = new Map<string, PairQueue>();

  constructor(options: S2sOptions, hooks: PairQueuesHooks) {
    this.#options = options;
    this.#hooks = hooks;
    this.#budget = new ByteBudget(() => options.limits.queuedBytesTotal);
  }

  /** A copy: queues come and go while their streams do. */
  all(): readonly PairQueue[] {
    return [...this.#queues.values()];
  }

  /** The queue that there is, or that needs no further connection: the peer lets us send on one of its own [XEP-0288]. */
  connected(pair: DomainPair): PairQueue | undefined {
    const queue = this.#queues.get(keyOf(pair));
    return queue ?? (this.#carrier(pair) === undefined ? undefined : this.open(pair));
  }

  open(pair: DomainPair): PairQueue {
    const queue = new PairQueue(pair, this.#options, {
      ...this.#hooks,
      budget: this.#budget,
      carrier: () => this.#carrier(pair),
      onIdle: () => this.#queues.delete(keyOf(pair)),
    });
    this.#queues.set(keyOf(pair), queue);
    return queue;
  }

  /** An answer of the pair's peer. @returns Whether it was to a question of its queue's own. */
  confirm(pair: DomainPair, answer: Element): boolean {
    return this.#queues.get(keyOf(pair))?.unconfirmed.confirm(answer) ?? false;
  }

  /** The policy changed: a dial to a domain that may not be dialled ends. */
  reconsider(): void {
    for (const queue of this.all()) {
      const { remote } = queue.pair;
      if (this.#options.securityFor(remote) === undefined) queue.stop(`${remote} is not an allowed partner any more`);
    }
  }

  /** Our stanzas of the pair may go back on a stream of the peer's. */
  onCarrier(carrier: StanzaCarrier, pair: DomainPair): void {
    this.#queues.get(keyOf(pair))?.use(carrier);
  }

  onEnding(carrier: StanzaCarrier): void {
    for (const queue of this.all()) queue.onEnding(carrier);
  }

  onClosed(carrier: StanzaCarrier): void {
    for (const queue of this.all()) queue.onClosed(carrier);
  }

  /** The newest: whoever opens another may have lost the one before. */
  #carrier(pair: DomainPair): StanzaCarrier | undefined {
    return [...this.#hooks.inbound].findLast((stream) => stream.sendsFor(pair));
  }
}
