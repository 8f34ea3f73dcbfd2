/** The two ways out of a presence link, to the contact's server and to the user's watching devices, each with its step in the trace. */
import { correlationId } from '../primitives/ids.ts';
import type { Crossing } from './crossing.ts';
import { flow } from './flow.ts';
import type { LinkEnds } from './presence-link-table.ts';
import type { SubscriptionUpdate } from './sip/home/subscription-machine.ts';
import { stanza as stanzaOf } from './xmpp/stanza.ts';
import type { Element } from './xmpp/xml/element.ts';

/** Tells the user's watching devices about the contact. */
export type Notify = (contactAor: string, userAor: string, update: SubscriptionUpdate) => void;

export class PresenceOutlet {
  readonly #crossing: Crossing;
  readonly #notify: Notify;
  /** Of what is going on now: a stanza, a SUBSCRIBE or a change, and everything that follows from it. */
  #correlationId = '';

  constructor(crossing: Crossing, notify: Notify) {
    this.#crossing = crossing;
    this.#notify = notify;
  }

  /** Something happened: what is sent from now on follows from it. Everything here is synchronous, so acts do not mix. */
  begin(id?: string): void {
    this.#correlationId = id ?? correlationId(this.#crossing.clock.wallTime(), this.#crossing.ids);
  }

  /** A step that led here, for the trace. */
  arrived(from: string, label: string): void {
    this.#crossing.onEvent(flow(this.#correlationId, 'sip', { from, to: 'gateway', label }));
  }

  /** A presence stanza without content: a subscription stanza, a probe, or unavailable. */
  typed(ends: LinkEnds, type: string): void {
    this.stanza(ends, stanzaOf('presence', { from: ends.userJid, to: ends.contact, type }));
  }

  stanza({ userAor, contact }: LinkEnds, presence: Element): void {
    const id = this.#correlationId;
    const { type } = presence.attributes as { type?: string };
    const label = `<presence>${type === undefined ? '' : ` ${type}`}`;
    this.#crossing.onEvent(flow(id, 'xmpp', { from: 'gateway', to: contact, label }));
    void this.#crossing.toXmpp(presence).then((delivery) => {
      if (delivery.ok) return;
      const message = `presence of ${userAor} did not reach ${contact}: ${delivery.reason}`;
      this.#crossing.onEvent({
        id: 'PresenceNotDelivered',
        level: 'info',
        component: 'xmpp',
        message,
        correlationId: id,
      });
    });
  }

  watchers({ contactAor, userAor }: Pick<LinkEnds, 'contactAor' | 'userAor'>, update: SubscriptionUpdate): void {
    const reason = update.reason === undefined ? '' : `;reason=${update.reason}`;
    const label = `NOTIFY ${update.state}${reason}`;
    this.#crossing.onEvent(flow(this.#correlationId, 'sip', { from: 'gateway', to: userAor, label }));
    this.#notify(contactAor, userAor, update);
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
