/**
 * Messages for partners that are away, on disk until they are delivered, or given back to whoever sent them: bounded in
 * number, bytes and age, in order for each pair of addresses, with the time at which they were meant to be sent [XEP-0203].
 * What was kept survives the process; what cannot be kept is refused, never dropped.
 */

import { ByteBudget } from '../../primitives/byte-budget.ts';
import type { Clock, Timer } from '../../primitives/clock.ts';
import type { Ids } from '../../primitives/ids.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import type { StateStore } from '../../primitives/state-store.ts';
import { type Delivery, mayPass } from '../xmpp/delivery.ts';
import { domainpartOf } from '../xmpp/jid.ts';
import { delayed } from '../xmpp/lost-stanzas.ts';
import { bytesOf } from '../xmpp/queued-stanza.ts';
import { type StanzaError, stanzaError } from '../xmpp/stanza-error.ts';
import type { Element } from '../xmpp/xml/element.ts';
import { emptyQueue, type PartnerQueue, type PartnerQueueEvent, step } from './partner-queue-machine.ts';
import { answerLifetimeMs, maxQueuedBytes, maxQueuedBytesTotal, maxQueuedMessages } from './queue-limits.ts';
import { type QueuedMessage, queuedRecord, readQueuedRecord } from './queued-message.ts';
import { type Kept, type QueuedMessageView, viewOf } from './queued-message-view.ts';

export interface MessageQueuePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onEvent: OnLogEvent;
  readonly state: StateStore;
  /** Milliseconds for which a message is kept; 0: none is. */
  lifetimeMs(): number;
  toXmpp(stanza: Element): Promise<Delivery>;
  /** It has arrived after all. */
  onDelivered(message: QueuedMessage, delivery: Extract<Delivery, { ok: true }>): void;
  /** It is not in the queue any more: whoever sent it is to be told. */
  onGivenUp(message: QueuedMessage, error: StanzaError, reason: string): void;
}

interface ToKeep extends Omit<QueuedMessage, 'id' | 'order' | 'until'> {
  readonly expires?: Date | undefined;
}

interface Line {
  state: PartnerQueue;
  readonly budget: ByteBudget;
  retry?: Timer;
  expiry?: Timer;
}

export class MessageQueue {
  readonly #ports: MessageQueuePorts;
  readonly #kept = new Map<string, Kept>();
  /** By domain of the partner. */
  readonly #lines = new Map<string, Line>();
  readonly #total = new ByteBudget(() => maxQueuedBytesTotal);
  #order = 0;
  #isStopped = false;

  constructor(ports: MessageQueuePorts) {
    this.#ports = ports;
  }

  /** What an earlier process kept. */
  restore(): void {
    const { state } = this.#ports;
    const records = [...state.entries('queued-message')].map(({ key, value }) => ({
      key,
      message: readQueuedRecord(key, value),
    }));
    for (const { key, message } of records) if (message === undefined) state.write('queued-message', key, undefined);
    const messages = records.flatMap(({ message }) => message ?? []).toSorted((one, other) => one.order - other.order);
    for (const message of messages) {
      this.#order = Math.max(this.#order, message.order);
      this.#add(message);
      this.#tell(message.partnerDomain, { type: 'stored', id: message.id });
    }
  }

  /** Whether a message of this pair waits, so that the next one has to wait behind it. */
  holds({ from, to, partnerDomain }: Pick<QueuedMessage, 'from' | 'to' | 'partnerDomain'>): boolean {
    return this.#lines.get(partnerDomain)?.state.waiting.some(({ pair }) => pair === pairOf({ from, to })) ?? false;
  }

  /**
   * @param given - `expires`: it is of no use later, even when it may wait for longer.
   * @param attempt - What becomes of the attempt that is under way; absent while there is none.
   * @returns Whether it will survive a crash: its sender may be told that it is accepted. False: nothing was kept.
   */
  async keep({ expires, ...given }: ToKeep, attempt?: Promise<Delivery>): Promise<boolean> {
    const { ids, state, lifetimeMs } = this.#ports;
    // Nobody hears of an answer that is given up, so that one waits in any case.
    const lifetime = given.for === undefined ? Math.max(lifetimeMs(), answerLifetimeMs) : lifetimeMs();
    const bytes = bytesOf(given.stanza);
    if (lifetime === 0 || this.#isStopped || !this.#hasRoomFor(given.partnerDomain, bytes)) return false;
    this.#order += 1;
    const latest = Math.min(given.since.getTime() + lifetime, expires?.getTime() ?? Number.POSITIVE_INFINITY);
    const message = { ...given, until: new Date(latest), id: ids.token(64), order: this.#order };
    this.#add(message);
    state.write('queued-message', message.id, queuedRecord(message));
    const isDurable = (await state.durable()) ?? true;
    if (!isDurable) this.#forget(message, false);
    else if (attempt === undefined) this.#tell(message.partnerDomain, { type: 'stored', id: message.id });
    else void attempt.then((delivery) => this.#settle(message, delivery));
    return isDurable;
  }

  /** A stream with the domain is up. */
  reachable(partnerDomain: string): void {
    if (this.#lines.has(partnerDomain)) this.#tell(partnerDomain, { type: 'reachable' });
  }

  /** Tries now what waits for a domain; without one, for all of them. */
  retry(partnerDomain?: string): void {
    const domains = partnerDomain === undefined ? [...this.#lines.keys()] : [partnerDomain];
    for (const domain of domains) this.#tell(domain, { type: 'retry-due' });
  }

  get size(): number {
    return this.#kept.size;
  }

  /** In the order in which they came. */
  list(): readonly QueuedMessageView[] {
    return [...this.#kept.values()].map((kept) => viewOf(kept, this.#isUnderWay(kept.message)));
  }

  /** Gives a message back to its sender. @returns False: there is none, or it is under way and may arrive. */
  remove(id: string): boolean {
    const kept = this.#kept.get(id);
    if (kept === undefined || this.#isUnderWay(kept.message)) return false;
    this.#giveUp(kept.message, stanzaError('undefined-condition', removed), 'an administrator removed it');
    return true;
  }

  /** Nothing is tried any more; what is kept waits for the next process. */
  stop(): void {
    this.#isStopped = true;
    for (const { retry, expiry } of this.#lines.values()) for (const timer of [retry, expiry]) timer?.cancel();
  }

  #isUnderWay({ id, partnerDomain }: QueuedMessage): boolean {
    return this.#lines.get(partnerDomain)?.state.underWay.includes(id) ?? false;
  }

  #hasRoomFor(partnerDomain: string, bytes: number): boolean {
    const line = this.#lines.get(partnerDomain);
    if ((line?.state.waiting.length ?? 0) >= maxQueuedMessages) return false;
    return line?.budget.hasRoomFor(bytes) ?? this.#total.hasRoomFor(bytes);
  }

  #add(message: QueuedMessage): void {
    const { clock } = this.#ports;
    const { id, partnerDomain, until } = message;
    const expiresAt = clock.now() + (until.getTime() - clock.wallTime().getTime());
    const bytes = bytesOf(message.stanza);
    const line = this.#lines.get(partnerDomain) ?? {
      state: emptyQueue,
      budget: new ByteBudget(() => maxQueuedBytes, this.#total),
    };
    this.#lines.set(partnerDomain, line);
    line.budget.add(bytes);
    this.#kept.set(id, { message, bytes, attempts: 0 });
    this.#tell(partnerDomain, { type: 'added', message: { id, pair: pairOf(message), expiresAt } });
  }

  #tell(partnerDomain: string, event: PartnerQueueEvent): void {
    const line = this.#lines.get(partnerDomain);
    if (line === undefined || this.#isStopped) return;
    const { clock } = this.#ports;
    const { state, effects } = step(line.state, event, clock.now());
    line.state = state;
    for (const effect of effects) {
      if (effect.do === 'try') this.#try(effect.id);
      else if (effect.do === 'expire') this.#expire(effect.id);
      else if (effect.do === 'retry-in') this.#arm(line, 'retry', effect.ms, partnerDomain);
      else this.#arm(line, 'expiry', effect.ms, partnerDomain);
    }
    if (line.state.waiting.length > 0 || this.#lines.get(partnerDomain) !== line) return;
    for (const timer of [line.retry, line.expiry]) timer?.cancel();
    this.#lines.delete(partnerDomain);
  }

  #arm(line: Line, which: 'retry' | 'expiry', ms: number, partnerDomain: string): void {
    line[which]?.cancel();
    line[which] = this.#ports.clock.after(ms, () => this.#tell(partnerDomain, { type: `${which}-due` }));
  }

  #try(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    const { stanza, from, since } = kept.message;
    const ours = domainpartOf(from);
    const late = ours === undefined ? stanza : delayed(stanza, ours, since);
    void this.#ports.toXmpp(late).then((delivery) => this.#settle(kept.message, delivery));
  }

  #settle(message: QueuedMessage, delivery: Delivery): void {
    const kept = this.#kept.get(message.id);
    // What arrives while the streams are closed has arrived; anything else is for the next process.
    if (kept === undefined || (this.#isStopped && !delivery.ok)) return;
    kept.attempts += 1;
    if (delivery.ok) {
      this.#forget(message, true);
      this.#ports.onDelivered(message, delivery);
    } else if (mayPass(delivery)) {
      kept.lastReason = delivery.reason;
      this.#tell(message.partnerDomain, { type: 'held', id: message.id });
    } else this.#giveUp(message, delivery.error, delivery.reason);
  }

  /** The machine has let go of it. */
  #expire(id: string): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#giveUp(kept.message, stanzaError('remote-server-timeout'), kept.lastReason ?? 'it waited for too long');
  }

  #giveUp(message: QueuedMessage, error: StanzaError, reason: string): void {
    this.#forget(message, false);
    this.#ports.onGivenUp(message, error, reason);
  }

  #forget({ id, partnerDomain }: QueuedMessage, isDelivered: boolean): void {
    const kept = this.#kept.get(id);
    if (kept === undefined) return;
    this.#kept.delete(id);
    this.#lines.get(partnerDomain)?.budget.add(-kept.bytes);
    this.#ports.state.write('queued-message', id, undefined);
    this.#tell(partnerDomain, { type: 'done', id, isDelivered });
  }
}

const removed = 'An administrator removed it from the queue.';

const pairOf = ({ from, to }: Pick<QueuedMessage, 'from' | 'to'>): string => `${from} ${to}`;
