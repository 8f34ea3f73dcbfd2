/**
 * What keeps presence links true without anybody asking: after a restart they are there again, whoever may see our users is
 * told how they are now, and what is no longer allowed ends; what a contact's server said is asked for anew within
 * SubscriptionRefreshInterval; and contacts of a partner that was lost are unknown until it comes back.
 */
import type { Timer } from '../primitives/clock.ts';
import type { Crossing } from './crossing.ts';
import { domainOf } from './link-ends.ts';
import { PacedLinks } from './paced-links.ts';
import { PartnerReaches } from './partner-reach.ts';
import type { PresenceActs } from './presence-acts.ts';
import { seenByUs, seesUs } from './presence-link-machine.ts';
import type { PresenceLink } from './presence-link-table.ts';
import { reviewAgain } from './presence-review.ts';

/** Milliseconds between looks for what is due, at most. */
const lookMs = 60_000;

export class PresenceUpkeep {
  readonly #crossing: Crossing;
  readonly #acts: PresenceActs;
  readonly #reaches: PartnerReaches;
  readonly #probes: PacedLinks<PresenceLink>;
  readonly #shows: PacedLinks<PresenceLink>;
  #timer: Timer | undefined;
  #hasStream: (domain: string) => boolean = () => false;

  constructor(crossing: Crossing, acts: PresenceActs) {
    this.#crossing = crossing;
    this.#acts = acts;
    this.#probes = new PacedLinks((link) => this.#act(link, isSeen, () => acts.probe(link)));
    this.#shows = new PacedLinks((link) => this.#act(link, maySeeUs, () => acts.showPresence(link)));
    this.#reaches = new PartnerReaches(crossing.clock, {
      hasStream: (domain) => this.#hasStream(domain),
      tellUnknown: (domain) => this.#tellUnknown(domain),
      probeOne: (domain) => this.#probes.add(this.#seenOf(domain).slice(0, 1)),
      probeAll: (domain) => this.#probeAgain(domain),
    });
    acts.outlet.onUnreachable = ({ contact }) => this.onStream(domainOf(contact), 'lost');
  }

  /** Takes over the links of an earlier process. To be called before anything arrives. */
  restore(): void {
    const { links } = this.#acts;
    const unusable = links.restore();
    const now = this.#crossing.clock.now();
    for (const link of links.all()) link.freshAt = now;
    if (unusable === 0) return;
    const message = `${unusable} presence subscriptions of an earlier run are not understood and were left out`;
    this.#crossing.onEvent({ id: 'SubscriptionsLeftOut', level: 'error', component: 'store', message });
  }

  /** To be called once when both sides are up. @param hasStream - Whether any stream to or from the domain lives. */
  begin(hasStream: (domain: string) => boolean): void {
    const { links } = this.#acts;
    this.#hasStream = hasStream;
    for (const link of links.all()) reviewAgain(this.#acts, link);
    this.#shows.add(links.all());
    this.#look();
  }

  /** A stream to or from the domain is up; or one was lost without a goodbye, or the domain could not be reached. */
  onStream(domain: string, is: 'up' | 'lost'): void {
    if (is === 'up') this.#reaches.feed(domain, { type: 'stream-up' });
    else if (this.#seesSomebodyAt(domain)) this.#reaches.feed(domain, { type: 'stream-lost' });
  }

  close(): void {
    this.#timer?.cancel();
    this.#reaches.close();
    this.#probes.clear();
    this.#shows.clear();
  }

  /** Each act of its own is a beginning in the trace. */
  #act(
    link: PresenceLink,
    isDue: (link: PresenceLink) => boolean,
    act: () => Promise<void>,
  ): Promise<void> | undefined {
    if (this.#acts.links.find(link) !== link || !isDue(link)) return undefined;
    this.#acts.outlet.begin();
    return act();
  }

  #look(): void {
    const refreshMs = this.#crossing.configuration().gateway.subscriptionRefreshInterval * 1000;
    const due = this.#crossing.clock.now() - refreshMs;
    this.#probes.add(this.#acts.links.all().filter((link) => isSeen(link) && (link.freshAt ?? due) <= due));
    this.#timer = this.#crossing.clock.after(Math.min(refreshMs, lookMs), () => this.#look());
  }

  #seenOf(domain: string): readonly PresenceLink[] {
    return [...this.#acts.links.ofDomain(domain)].filter(isSeen);
  }

  /** Asked for each stanza that does not arrive: the first one answers. */
  #seesSomebodyAt(domain: string): boolean {
    for (const link of this.#acts.links.ofDomain(domain)) if (isSeen(link)) return true;
    return false;
  }

  #tellUnknown(domain: string): void {
    const links = this.#seenOf(domain).filter(({ heard }) => heard === true);
    const message = `${domain} has been without a stream since one was lost: its contacts are unknown until it is back`;
    this.#crossing.onEvent({ id: 'PresenceUnknown', level: 'warn', component: 'xmpp', message });
    this.#acts.outlet.begin();
    for (const link of links) {
      this.#acts.forgetPresence(link);
      this.#acts.tellWatchers(link);
    }
  }

  /** Resources that have gone meanwhile say nothing more: what is known begins with the answers. */
  #probeAgain(domain: string): void {
    const links = this.#seenOf(domain);
    for (const link of links) link.resources = undefined;
    this.#probes.add(links);
  }
}

const isSeen = ({ state, resting }: PresenceLink): boolean => seenByUs(state) && resting !== true;
const maySeeUs = ({ state, resting }: PresenceLink): boolean => seesUs(state) && resting !== true;
