/**
 * What is done to one presence link, each time by the rules in force: asked, approved, shown, taken back. Every change of a
 * link's state goes through here.
 */
import type { ContactAction, ContactDirection } from '../config/contact-rules.ts';
import type { FederatedPartner } from '../config/federated-partner.ts';
import type { Result } from '../primitives/result.ts';
import type { StateStore } from '../primitives/state-store.ts';
import type { Crossing } from './crossing.ts';
import { LatestState } from './latest-state.ts';
import { type LinkEnds, policyEnds } from './link-ends.ts';
import { watcherOf, withEnd } from './link-watcher.ts';
import {
  admitAct,
  admitContact,
  admitEnds,
  type ContactRefused,
  type ContactStanding,
  stranger,
} from './policy/contacts.ts';
import {
  askedByUs,
  type LinkState,
  type SubscriptionStanza,
  seenByUs,
  seesUs,
  sendStep,
  waitsForUs,
} from './presence-link-machine.ts';
import { type PresenceLink, PresenceLinkTable } from './presence-link-table.ts';
import { PresenceOutlet } from './presence-outlet.ts';
import { type Pidf, printPidf } from './sip/bodies/pidf.ts';
import type { Watcher, WatcherEvent } from './sip/bodies/watcher-info.ts';
import type { SubscriptionUpdate } from './sip/home/subscription-machine.ts';
import type { SipPresence } from './sip-presence.ts';
import { presenceToPidf } from './translation/presence.ts';
import { userPresence } from './user-presence.ts';

export type PresencePorts = SipPresence;

export const rejected: SubscriptionUpdate = { state: 'terminated', reason: 'rejected' };

export class PresenceActs {
  readonly #crossing: Crossing;
  readonly #ports: PresencePorts;
  readonly #shown = new LatestState<PresenceLink>();
  readonly links: PresenceLinkTable;
  readonly outlet: PresenceOutlet;

  constructor(crossing: Crossing, ports: PresencePorts, state: StateStore) {
    this.#crossing = crossing;
    this.#ports = ports;
    this.links = new PresenceLinkTable(state);
    this.outlet = new PresenceOutlet(crossing, ports.notify, state);
  }

  /** What our user has said of the contact. */
  standingOf(ends: LinkEnds): ContactStanding {
    return this.links.find(ends)?.standing ?? stranger;
  }

  /** Whether the two of a link may have to do with each other at all, and what the contact may do then. */
  admissions(link: PresenceLink) {
    const named = policyEnds(link);
    const ends = admitEnds(this.#crossing.configuration(), named, this.#crossing.clock.wallTime());
    const of = (action: ContactAction): Result<FederatedPartner, ContactRefused> =>
      admitAct(ends, {
        action,
        direction: 'FromContact',
        userAor: named.userAor,
        contactAor: named.contactAor,
        standing: link.standing,
      });
    return { ends, presence: of('SeePresence'), note: of('SeeNote') };
  }

  admit(ends: LinkEnds, action: ContactAction, direction: ContactDirection): Result<FederatedPartner, ContactRefused> {
    const act = { ...policyEnds(ends), action, direction, standing: this.standingOf(ends) };
    return admitContact(this.#crossing.configuration(), act, this.#crossing.clock.wallTime());
  }

  /** @param ended - Why the contact watches no longer, if that is what changes. */
  become(link: PresenceLink, state: LinkState, ended: WatcherEvent = 'timeout'): void {
    if (link.state === state) return;
    const watched = this.watcherOf(link);
    const sawUs = seesUs(link.state);
    link.state = state;
    if (seesUs(state) && !sawUs) this.#ports.follow(link);
    if (!seesUs(state) && sawUs) this.#ports.unfollow(link);
    link.since = this.#crossing.clock.wallTime().getTime();
    this.links.changed(link);
    this.#tellWhoWatches(link, watched, ended);
  }

  /** The contact as watcher information names it; nothing while it neither sees our user nor asks to. */
  watcherOf(link: PresenceLink): Watcher | undefined {
    return watcherOf(link, this.#crossing.clock.wallTime());
  }

  #tellWhoWatches(link: PresenceLink, before: Watcher | undefined, ended: WatcherEvent): void {
    const now = this.watcherOf(link);
    if (before?.status === now?.status) return;
    this.#ports.watchersChanged?.(link.userAor, before && !now ? withEnd(before, ended) : undefined);
  }

  follow(link: PresenceLink): void {
    this.#ports.follow(link);
  }

  /** Sends a subscription stanza of our side where it means something. */
  send(link: PresenceLink, type: SubscriptionStanza): void {
    const step = sendStep(link.state, type);
    this.become(link, step.state, 'rejected');
    if (step.crosses) void this.outlet.typed(link, type);
  }

  /** Our user has said something of the contact. */
  regard(link: PresenceLink, said: Partial<ContactStanding>): void {
    const watched = this.watcherOf(link);
    link.standing = { ...link.standing, ...said };
    this.links.changed(link);
    this.#tellWhoWatches(link, watched, 'rejected');
  }

  /** Whether nothing crosses for now. */
  rest(link: PresenceLink, resting: boolean): void {
    const watched = this.watcherOf(link);
    link.resting = resting;
    this.#tellWhoWatches(link, watched, 'probation');
  }

  /** Our user adds the contact: asks once, and lets through what waited for that. */
  addContact(link: PresenceLink): void {
    this.regard(link, { listed: true });
    if (!askedByUs(link.state)) this.send(link, 'subscribe');
    this.letThrough(link);
  }

  /** A request that waits is approved as soon as the rules allow it; until then nobody is told anything. */
  letThrough(link: PresenceLink): void {
    if (!waitsForUs(link.state)) return;
    const admitted = this.admit(link, 'AddContact', 'FromContact');
    if (admitted.ok) this.approve(link);
    else this.outlet.refused(link, admitted.error);
  }

  approve(link: PresenceLink): void {
    this.send(link, 'subscribed');
    void this.showPresence(link);
  }

  /** The contact sees our user no longer, and asks in vain if it was asking. */
  revoke(link: PresenceLink): void {
    if (seesUs(link.state)) void this.outlet.typed(link, 'unavailable');
    this.send(link, 'unsubscribed');
  }

  /** Our user sees the contact no longer. */
  stopWatching(link: PresenceLink): void {
    this.outlet.watchers(link, rejected);
    if (askedByUs(link.state)) this.send(link, 'unsubscribe');
    this.forgetPresence(link);
  }

  /** The contact's server has said what the contact is. */
  hear(link: PresenceLink): void {
    link.heard = true;
    link.freshAt = this.#crossing.clock.now();
  }

  /** What the contact was is not known any more. */
  forgetPresence(link: PresenceLink): void {
    link.resources = undefined;
    link.heard = false;
  }

  /** Asks the contact's server what the contact is now. */
  probe(link: PresenceLink): Promise<void> {
    link.freshAt = this.#crossing.clock.now();
    return this.outlet.typed(link, 'probe');
  }

  /**
   * Nothing is said while nothing is known of the user; it will be, then. While one state is on its way to the contact,
   * only the newest waits behind it, and whether it may be seen is decided when it leaves.
   */
  showPresence(link: PresenceLink, state: Pidf | undefined = this.#ports.presenceOf(link)): Promise<void> {
    return this.#shown.send(link, async () => {
      if (state === undefined || !seesUs(link.state) || !this.admit(link, 'SeePresence', 'FromContact').ok) return;
      const note = this.admit(link, 'SeeNote', 'FromContact').ok;
      link.noteShown = note;
      return this.outlet.stanza(link, userPresence(link, state, note));
    });
  }

  tellWatchers(link: PresenceLink): void {
    const update: SubscriptionUpdate = seenByUs(link.state)
      ? { state: 'active', document: contactDocument(link) }
      : { state: 'pending' };
    this.outlet.watchers(link, update);
  }
}

/**
 * Of whom nothing is known there is no document [RFC 3856 §6.6.2, RFC 6665 §4.2.1.2]: he may be open or closed, and
 * libpurple does not answer a NOTIFY whose document says neither.
 */
const contactDocument = ({ contactAor, heard, resources = new Map() }: PresenceLink): string =>
  heard === true ? printPidf(presenceToPidf(contactAor, resources)) : '';
