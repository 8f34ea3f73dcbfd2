/** The two ways out of a presence link, to the contact's server and to the user's watching devices, each with its step in the trace. */
import { correlationId } from '../primitives/ids.ts';
import type { StateStore } from '../primitives/state-store.ts';
import { AfterWrites } from './after-writes.ts';
import type { Crossing } from './crossing.ts';
import type { LinkEnds } from './link-ends.ts';
import type { Refusal } from './policy/partners.ts';
import type { SubscriptionUpdate } from './sip/home/subscription-machine.ts';
import { exchangeOfStanza } from './trace/exchange.ts';
import { handover } from './trace/handover.ts';
import { stanza as stanzaOf } from './xmpp/stanza.ts';
import { errorReply, stanzaError } from './xmpp/stanza-error.ts';
import type { Element } from './xmpp/xml/element.ts';

/** Tells the user's watching devices about the contact. */
export type Notify = (contactAor: string, userAor: string, update: SubscriptionUpdate) => void;

export class PresenceOutlet {
  readonly #crossing: Crossing;
  readonly #notify: Notify;
  readonly #afterWrites: AfterWrites;
  /** Called when a contact's server cannot be reached. */
  onUnreachable: (ends: LinkEnds) => void = () => undefined;
  /** Of what is going on now: a stanza, a SUBSCRIBE or a change, and everything that follows from it. */
  #correlationId = '';

  constructor(crossing: Crossing, notify: Notify, state: StateStore) {
    this.#crossing = crossing;
    this.#notify = notify;
    this.#afterWrites = new AfterWrites(state);
  }

  /** Something happened: what is sent from now on follows from it. Everything here is synchronous, so acts do not mix. */
  begin(id?: string): void {
    this.#correlationId = id ?? correlationId(this.#crossing.clock.wallTime(), this.#crossing.ids);
  }

  /** A step that led here, for the trace. */
  arrived(from: string, label: string): void {
    this.#crossing.onTrace(handover(this.#correlationId, 'sip', { from, to: 'gateway', label, subject: 'Presence' }));
  }

  /** A presence stanza without content: a subscription stanza, a probe, or unavailable. */
  typed(ends: LinkEnds, type: string): Promise<void> {
    return this.stanza(ends, stanzaOf('presence', { from: ends.userJid, to: ends.contact, type }));
  }

  /** Leaves once what led to it survives a crash. Resolves when it has reached the contact's server, or can not. */
  stanza(ends: LinkEnds, presence: Element): Promise<void> {
    const id = this.#correlationId;
    return this.#afterWrites.run(() => this.#send(id, ends, presence));
  }

  async #send(id: string, ends: LinkEnds, presence: Element): Promise<void> {
    const { userAor, contact } = ends;
    const { type } = presence.attributes as { type?: string };
    const label = `<presence>${type === undefined ? '' : ` ${type}`}`;
    const arrow = { label, subject: 'Presence', exchange: exchangeOfStanza(presence) } as const;
    this.#crossing.onTrace(handover(id, 'xmpp', { from: 'gateway', to: contact, ...arrow }));
    const delivery = await this.#crossing.toXmpp(presence);
    if (delivery.ok) return;
    const message = `presence of ${userAor} did not reach ${contact}: ${delivery.reason}`;
    this.#crossing.onEvent({
      id: 'PresenceNotDelivered',
      level: 'info',
      component: 'xmpp',
      message,
      correlationId: id,
    });
    this.onUnreachable(ends);
  }

  watchers({ contactAor, userAor }: Pick<LinkEnds, 'contactAor' | 'userAor'>, update: SubscriptionUpdate): void {
    const reason = update.reason === undefined ? '' : `;reason=${update.reason}`;
    const label = `NOTIFY ${update.state}${reason}`;
    const arrow = { from: 'gateway', to: userAor, label, subject: 'Presence' } as const;
    this.#crossing.onTrace(handover(this.#correlationId, 'sip', arrow));
    this.#notify(contactAor, userAor, update);
  }

  /** The rules stand in the way of these two: which, and what opens it. */
  refused({ userAor, contactAor }: LinkEnds, { gate, reason, fix }: Refusal): void {
    this.#crossing.onEvent({
      id: 'PresenceRefused',
      level: 'info',
      component: 'policy',
      message: `${contactAor} and ${userAor}: ${reason}`,
      correlationId: this.#correlationId,
      facts: { user: userAor, contact: contactAor, gate, fix },
    });
  }

  /** The contact's domain asks for too much at once: it may ask again later. */
  tooMany(subscribe: Element, ends: LinkEnds): void {
    const reply = errorReply(subscribe, stanzaError('resource-constraint'));
    if (reply !== undefined) void this.stanza(ends, reply);
  }

  /** A contact's domain has as many links as it may have. */
  full({ contact, userAor }: LinkEnds): void {
    const message = `the subscription of ${contact} to ${userAor} was dropped: its domain has too many`;
    this.#crossing.onEvent({
      id: 'SubscriptionsFull',
      level: 'warn',
      component: 'policy',
      message,
      correlationId: this.#correlationId,
    });
  }
}
