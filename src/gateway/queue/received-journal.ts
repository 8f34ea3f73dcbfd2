/**
 * Messages of partners that nobody has answered for yet, on disk: those of a peer that acknowledges nothing before they go any
 * further, since it forgets them once they are sent; and those that hold back the acknowledgements of their stream for too long
 * [XEP-0198 §4]. The process after a crash takes them as if they had just come, with the time at which they did [XEP-0203].
 */
import type { Clock } from '../../primitives/clock.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import type { StateStore } from '../../primitives/state-store.ts';
import { domainpartOf } from '../xmpp/jid.ts';
import { awaitsAcknowledgement, delayed } from '../xmpp/lost-stanzas.ts';
import type { Handled } from '../xmpp/stanza.ts';
import { readStoredStanza, storedStanza } from '../xmpp/stored-stanza.ts';
import type { Element } from '../xmpp/xml/element.ts';
import { textIn, timeIn } from './queued-message.ts';

export interface ReceivedJournalPorts {
  readonly clock: Clock;
  readonly onEvent: OnLogEvent;
  readonly state: StateStore;
  /** Whether messages are kept at all. */
  isOn(): boolean;
  receive(stanza: Element): Handled;
}

interface Recovered {
  readonly key: string;
  readonly stanza: Element;
  readonly order: number;
  readonly since: Date;
}

export class ReceivedJournal {
  readonly #ports: ReceivedJournalPorts;
  #order = 0;

  constructor(ports: ReceivedJournalPorts) {
    this.#ports = ports;
  }

  /** @param isCounted - The peer keeps the stanza until it hears that it is handled. @returns When it is. */
  receive(stanza: Element, isCounted: boolean): Handled {
    if (isCounted || !this.#ports.isOn() || !isMessage(stanza)) return this.#ports.receive(stanza);
    const key = this.#write(stanza);
    const durable = this.#ports.state.durable();
    if (durable === undefined) return this.#carry(key, stanza);
    // A disk that takes nothing has its warning, and the message goes on without.
    return durable.then(() => this.#carry(key, stanza));
  }

  /**
   * A message whose peer is to hear that it is handled before it is.
   *
   * @param handling - Settles when it is handled.
   * @returns Whether it survives a crash now.
   */
  async keepLate(stanza: Element, handling: Promise<void | 'unanswered'>): Promise<boolean> {
    if (!this.#ports.isOn() || !isMessage(stanza)) return true;
    const key = this.#write(stanza);
    void this.#forgetAfter(key, handling);
    return (await this.#ports.state.durable()) ?? true;
  }

  /** Takes what the process before had not answered for. */
  restore(): void {
    const { state, onEvent } = this.#ports;
    const records = [...state.entries('received-message')];
    const messages = records.flatMap(({ key, value }) => readRecord(key, value) ?? []);
    const read = new Set(messages.map(({ key }) => key));
    for (const { key } of records) if (!read.has(key)) state.write('received-message', key, undefined);
    if (messages.length === 0) return;
    const message = `${messages.length} messages of partners were under way when the process before ended`;
    onEvent({ id: 'MessagesRecovered', level: 'warn', component: 'xmpp', message });
    for (const { key, stanza, since } of messages.toSorted((one, other) => one.order - other.order)) {
      const ours = domainpartOf(stanza.attributes['to'] ?? '');
      const isNews = ours === undefined || stanza.attributes['type'] === 'error';
      void this.#carry(key, isNews ? stanza : delayed(stanza, ours, since));
    }
  }

  /** Ascending keys: those of one moment are beside each other on the disk, and a later process's are higher. */
  #write(stanza: Element): string {
    const { clock, state } = this.#ports;
    const since = clock.wallTime();
    this.#order = Math.max(this.#order + 1, since.getTime() * orderPerMs);
    const key = String(this.#order);
    state.write('received-message', key, {
      stanza: storedStanza(stanza),
      order: this.#order,
      since: since.toISOString(),
    });
    return key;
  }

  #carry(key: string, stanza: Element): Promise<void | 'unanswered'> {
    return this.#forgetAfter(key, Promise.resolve(this.#ports.receive(stanza)));
  }

  /** What came to nothing without a word to its sender stays for the next process. */
  async #forgetAfter(key: string, handling: Promise<void | 'unanswered'>): Promise<void | 'unanswered'> {
    const fate = await handling.catch(() => undefined);
    if (fate !== 'unanswered') this.#ports.state.write('received-message', key, undefined);
    return fate;
  }
}

/** Keys of one millisecond. */
const orderPerMs = 1000;

/** Text that somebody sent, or that a message of ours came back. */
const isMessage = (stanza: Element): boolean =>
  stanza.name === 'message' && (stanza.attributes['type'] === 'error' || awaitsAcknowledgement(stanza));

function readRecord(key: string, value: unknown): Recovered | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const record = value as Readonly<Record<string, unknown>>;
  const [text, since, order] = [textIn(record, 'stanza'), timeIn(record, 'since'), record['order']];
  const stanza = text === undefined ? undefined : readStoredStanza(text);
  if (stanza === undefined || since === undefined || typeof order !== 'number') return undefined;
  return { key, stanza, since, order };
}
