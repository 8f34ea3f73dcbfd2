/**
 * Every watcher and presentity across the two sides. The gateway is the server of its SIP users: it keeps their
 * subscriptions to XMPP contacts, answers the contacts' requests as the partner's type demands, and carries state
 * both ways. Links outlive the process; SIP dialogs do not, and their watchers subscribe anew [RFC 6665 §4.1.2.2].
 */
import { type StateStore, volatileState } from '../primitives/state-store.ts';
import type { Addressed } from './addressed.ts';
import { type ContactBook, contactBook } from './contact-book.ts';
import type { Crossing } from './crossing.ts';
import { endsOf, type LinkEnds } from './link-ends.ts';
import type { ContactStanding } from './policy/contacts.ts';
import { PresenceActs, type PresencePorts, rejected } from './presence-acts.ts';
import {
  askedByUs,
  receiveStep,
  type SubscriptionStanza,
  seenByUs,
  seesUs,
  sendStep,
} from './presence-link-machine.ts';
import type { PresenceLink } from './presence-link-table.ts';
import { reviewAgain } from './presence-review.ts';
import { PresenceUpkeep } from './presence-upkeep.ts';
import type { Pidf } from './sip/bodies/pidf.ts';
import type { Watcher } from './sip/bodies/watcher-info.ts';
import type { SubscribedEvent } from './sip/home/notifier.ts';
import type { PresenceNews } from './sip/subscriber/subscriber.ts';
import type { SipEnds } from './sip-presence.ts';
import { SubscriptionRate } from './subscription-rate.ts';
import { resourcePresenceOf } from './translation/presence.ts';
import type { Handled } from './xmpp/stanza.ts';
import type { Element } from './xmpp/xml/element.ts';

/** Resources of one contact that are kept. Source: own choice; people have a handful of devices. */
const maxResources = 20;

export class PresenceLinks {
  readonly #acts: PresenceActs;
  readonly #state: StateStore;
  readonly #rate: SubscriptionRate;
  /** The same links as an administrator sees and changes them. */
  readonly contacts: ContactBook;

  /** What keeps the links true: after a restart, while time passes, and when partners are lost and come back. */
  readonly upkeep: PresenceUpkeep;

  constructor(crossing: Crossing, ports: PresencePorts, state: StateStore = volatileState) {
    this.#state = state;
    this.#acts = new PresenceActs(crossing, ports, state);
    this.#rate = new SubscriptionRate(crossing);
    this.contacts = contactBook(this.#acts);
    this.upkeep = new PresenceUpkeep(crossing, this.#acts);
  }

  /**
   * A presence stanza of a contact; its partner and our user have been admitted. What is returned settles when what it
   * changed survives a crash.
   */
  receive(stanza: Element, addressed: Addressed): Handled {
    this.#acts.outlet.begin(addressed.correlationId);
    this.#take(stanza, addressed);
    return this.#state.durable()?.then(() => undefined);
  }

  #take(stanza: Element, addressed: Addressed): void {
    const { type } = stanza.attributes as { type?: string };
    if (type === undefined || type === 'unavailable') return this.#presence(stanza, addressed);
    if (type === 'probe') return this.#probe(addressed);
    if (type === 'subscribe' && this.#isExcess(addressed)) return this.#acts.outlet.tooMany(stanza, addressed);
    if (isSubscription(type)) this.#subscription(type, addressed);
  }

  /** What our user has said of the contact. */
  standingOf(ends: LinkEnds): ContactStanding {
    return this.#acts.standingOf(ends);
  }

  /** One of our users watches a contact: a SUBSCRIBE has been accepted or refreshed. */
  watched({ watcherAor, presentityUri, refresh, fetch }: SubscribedEvent): void {
    const { links, outlet } = this.#acts;
    outlet.begin();
    outlet.arrived(watcherAor, 'SUBSCRIBE');
    const ends = endsOf(watcherAor, presentityUri);
    if (ends === undefined) return outlet.watchers({ contactAor: presentityUri, userAor: watcherAor }, rejected);
    const admitted = this.#acts.admit(ends, 'AddContact', 'FromUser');
    if (!admitted.ok) {
      outlet.refused(ends, admitted.error);
      return outlet.watchers(ends, rejected);
    }
    const link = links.find(ends) ?? (fetch ? undefined : links.add(ends));
    if (link === undefined) return outlet.watchers(ends, { state: 'pending' });
    if (!refresh && seenByUs(link.state)) void this.#acts.probe(link);
    if (!fetch || askedByUs(link.state)) this.#acts.addContact(link);
    this.#acts.tellWatchers(link);
  }

  /** The contacts that see the user, or ask to. */
  watchersOf(userAor: string): readonly Watcher[] {
    return this.#acts.links.ofUser(userAor).flatMap((link) => this.#acts.watcherOf(link) ?? []);
  }

  /** The presence of one of our users has changed: whoever may see it gets to know. */
  userChanged(userAor: string, state: Pidf): void {
    this.#acts.outlet.begin();
    for (const link of this.#acts.links.ofUser(userAor)) void this.#acts.showPresence(link, state);
  }

  /** A next hop has told something of a user, for one contact. What it does not know now stays as it was. */
  userTold({ userAor, contactAor }: SipEnds, news: PresenceNews): void {
    const ends = endsOf(userAor, contactAor);
    const link = ends === undefined ? undefined : this.#acts.links.find(ends);
    if (link === undefined || !seesUs(link.state)) return;
    this.#acts.outlet.begin();
    this.#acts.outlet.arrived(userAor, `NOTIFY ${news.what}`);
    if (news.what === 'active') void this.#acts.showPresence(link, news.document);
    if (news.what !== 'refused') return;
    this.#acts.revoke(link);
    this.#acts.links.removeIfIdle(link);
  }

  /** The SIP side has begun anew: whom contacts may see is followed again. */
  followAgain(): void {
    for (const link of this.#acts.links.all()) if (seesUs(link.state)) this.#acts.follow(link);
  }

  /** The configuration has changed: what is no longer allowed ends at once, and what waited for this goes on. */
  reconsider(): void {
    for (const link of this.#acts.links.all()) reviewAgain(this.#acts, link);
  }

  #presence(stanza: Element, addressed: Addressed): void {
    const link = this.#acts.links.find(addressed);
    if (link === undefined || !seenByUs(link.state)) return;
    const { from = '' } = stanza.attributes as { from?: string };
    const resource = from.includes('/') ? from.slice(from.indexOf('/') + 1) : '';
    this.#acts.hear(link);
    const presence = resourcePresenceOf(stanza);
    link.resources ??= new Map();
    if (presence.available && (link.resources.has(resource) || link.resources.size < maxResources)) {
      link.resources.set(resource, presence);
    } else if (resource === '') link.resources.clear();
    else link.resources.delete(resource);
    this.#acts.tellWatchers(link);
  }

  #probe(addressed: Addressed): void {
    const { links, outlet } = this.#acts;
    const link = links.find(addressed);
    if (link !== undefined && seesUs(link.state)) return void this.#acts.showPresence(link);
    const admitted = this.#acts.admit(addressed, 'SeePresence', 'FromContact');
    if (!admitted.ok) outlet.refused(addressed, admitted.error);
    // A contact that probes was approved once; partners who need no approval are believed that.
    const asked = admitted.ok ? (link ?? links.add(addressed)) : undefined;
    if (asked === undefined) return void outlet.typed(addressed, 'unsubscribed');
    this.#acts.become(asked, sendStep(receiveStep(asked.state, 'subscribe').state, 'subscribed').state);
    void this.#acts.showPresence(asked);
  }

  #isExcess(addressed: Addressed): boolean {
    return this.#acts.links.find(addressed) === undefined && !this.#rate.admits(addressed.partnerDomain);
  }

  #subscription(type: SubscriptionStanza, addressed: Addressed): void {
    const { links, outlet } = this.#acts;
    const link = links.find(addressed) ?? links.add(addressed);
    if (link === undefined) return outlet.full(addressed);
    const sawUs = seesUs(link.state);
    const step = receiveStep(link.state, type);
    this.#acts.become(link, step.state);
    if (step.answerSubscribed) {
      void outlet.typed(link, 'subscribed');
      void this.#acts.showPresence(link);
    }
    if (step.crosses) this.#crossed(type, link, sawUs);
    links.removeIfIdle(link);
  }

  #crossed(type: SubscriptionStanza, link: PresenceLink, sawUs: boolean): void {
    switch (type) {
      case 'subscribe':
        return this.#acts.letThrough(link);
      case 'subscribed':
        this.#acts.hear(link);
        return this.#acts.tellWatchers(link);
      case 'unsubscribed':
        this.#acts.forgetPresence(link);
        return this.#acts.outlet.watchers(link, rejected);
      case 'unsubscribe':
        // The server of the presentity says goodbye for it [RFC 6121 §3.3.3]; to strangers it would say who exists.
        if (sawUs) void this.#acts.outlet.typed(link, 'unavailable');
    }
  }
}

const isSubscription = (type: string): type is SubscriptionStanza =>
  ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed'].includes(type);
