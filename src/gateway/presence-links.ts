/**
 * Every watcher and presentity across the two sides. The gateway is the server of its SIP users: it keeps their
 * subscriptions to XMPP contacts, answers the contacts' requests as the partner's type demands, and carries state
 * both ways. Links live as long as the process; after a restart SIP watchers subscribe anew, and the contacts of
 * partners that need no approval are known again by their probe.
 */
import type { FederatedPartner } from '../config/federated-partner.ts';
import type { Crossing } from './crossing.ts';
import type { Addressed } from './addressed.ts';
import { userCapabilities } from './iq/entity-capabilities.ts';
import { userResource } from './iq/user-resource.ts';
import { admitDomain, admitUser } from './policy/partners.ts';
import {
  askedByUs,
  receiveStep,
  type SubscriptionStanza,
  seenByUs,
  seesUs,
  sendStep,
  waitsForUs,
} from './presence-link-machine.ts';
import { type LinkEnds, type PresenceLink, PresenceLinkTable } from './presence-link-table.ts';
import { type Notify, PresenceOutlet } from './presence-outlet.ts';
import { type Pidf, printPidf } from './sip/bodies/pidf.ts';
import type { SubscribedEvent } from './sip/home/notifier.ts';
import type { SubscriptionUpdate } from './sip/home/subscription-machine.ts';
import { parseSipUri } from './sip/sip-uri.ts';
import { sipUriToJid } from './translation/address.ts';
import { pidfToPresence, presenceToPidf, resourcePresenceOf } from './translation/presence.ts';
import { domainpartOf, type Jid, printJid } from './xmpp/jid.ts';
import type { Element } from './xmpp/xml/element.ts';

export interface PresencePorts {
  /** The state of one of our users as the home server knows it. */
  presenceOf(userAor: string): Pidf;
  readonly notify: Notify;
}

/** Resources of one contact that are kept. Source: own choice; people have a handful of devices. */
const maxResources = 20;

export class PresenceLinks {
  readonly #crossing: Crossing;
  readonly #ports: PresencePorts;
  readonly #links = new PresenceLinkTable();
  readonly #outlet: PresenceOutlet;

  constructor(crossing: Crossing, ports: PresencePorts) {
    this.#crossing = crossing;
    this.#ports = ports;
    this.#outlet = new PresenceOutlet(crossing, ports.notify);
  }

  /** A presence stanza of a contact; its partner and our user have been admitted. */
  receive(stanza: Element, addressed: Addressed): void {
    this.#outlet.begin(addressed.correlationId);
    const { type } = stanza.attributes as { type?: string };
    if (type === undefined || type === 'unavailable') return this.#state(stanza, addressed);
    if (type === 'probe') return this.#probe(addressed);
    if (isSubscription(type)) this.#subscription(type, addressed);
  }

  /** Whether the contact may see the presence of our user. */
  maySee(ends: LinkEnds): boolean {
    const link = this.#links.find(ends);
    return link !== undefined && seesUs(link.state);
  }

  /** One of our users watches a contact: a SUBSCRIBE has been accepted or refreshed. */
  watched({ watcherAor, presentityUri, refresh, fetch }: SubscribedEvent): void {
    this.#outlet.begin();
    this.#outlet.arrived(watcherAor, 'SUBSCRIBE');
    const ends = endsOf(watcherAor, presentityUri);
    const partner = ends === undefined ? undefined : this.#partnerOf(domainOf(ends.contact), watcherAor);
    if (ends === undefined || partner === undefined) {
      const refused = { state: 'terminated', reason: 'rejected' } as const;
      return this.#outlet.watchers({ contactAor: presentityUri, userAor: watcherAor }, refused);
    }
    const link = this.#links.find(ends) ?? (fetch ? undefined : this.#links.add(ends));
    if (link === undefined) return this.#outlet.watchers(ends, { state: 'pending' });
    if (!askedByUs(link.state)) this.#send(link, 'subscribe');
    else if (!refresh && seenByUs(link.state)) this.#outlet.typed(link, 'probe');
    this.#tellWatchers(link);
    if (waitsForUs(link.state) && approves(partner, link)) this.#approve(link);
  }

  /** The presence of one of our users has changed: whoever may see it gets to know. */
  userChanged(userAor: string, state: Pidf): void {
    this.#outlet.begin();
    for (const link of this.#links.ofUser(userAor)) if (seesUs(link.state)) this.#sendPresence(link, state);
  }

  /** The configuration has changed: what is no longer allowed ends at once. */
  reconsider(): void {
    this.#outlet.begin();
    for (const link of this.#links.all()) {
      const domain = domainOf(link.contact);
      if (this.#partnerOf(domain, link.userAor) !== undefined) continue;
      this.#outlet.watchers(link, { state: 'terminated', reason: 'rejected' });
      this.#links.remove(link);
    }
  }

  #state(stanza: Element, addressed: Addressed): void {
    const link = this.#links.find(addressed);
    if (link === undefined || !seenByUs(link.state)) return;
    const { from = '' } = stanza.attributes as { from?: string };
    const resource = from.includes('/') ? from.slice(from.indexOf('/') + 1) : '';
    const presence = resourcePresenceOf(stanza);
    if (presence.available && (link.resources.has(resource) || link.resources.size < maxResources)) {
      link.resources.set(resource, presence);
    } else if (resource === '') link.resources.clear();
    else link.resources.delete(resource);
    this.#tellWatchers(link);
  }

  #probe(addressed: Addressed): void {
    const link = this.#links.find(addressed);
    if (link !== undefined && seesUs(link.state)) return this.#sendPresence(link);
    const partner = this.#partnerOf(addressed.partnerDomain, addressed.userAor);
    const asked = link ?? this.#links.add(addressed);
    if (asked === undefined) return;
    // A contact that probes was approved once; partners who need no approval are believed that.
    if (partner !== undefined && approves(partner, asked)) {
      asked.state = sendStep(receiveStep(asked.state, 'subscribe').state, 'subscribed').state;
      return this.#sendPresence(asked);
    }
    this.#outlet.typed(asked, 'unsubscribed');
    this.#links.removeIfIdle(asked);
  }

  #subscription(type: SubscriptionStanza, addressed: Addressed): void {
    const link = this.#links.find(addressed) ?? this.#links.add(addressed);
    if (link === undefined) return this.#outlet.full(addressed);
    const step = receiveStep(link.state, type);
    link.state = step.state;
    if (step.answerSubscribed) {
      this.#outlet.typed(link, 'subscribed');
      this.#sendPresence(link);
    }
    if (step.crosses) this.#crossed(type, link, addressed);
    this.#links.removeIfIdle(link);
  }

  #crossed(type: SubscriptionStanza, link: PresenceLink, { partnerDomain, userAor }: Addressed): void {
    switch (type) {
      case 'subscribe': {
        const partner = this.#partnerOf(partnerDomain, userAor);
        if (partner !== undefined && approves(partner, link)) this.#approve(link);
        return;
      }
      case 'subscribed':
        return this.#tellWatchers(link);
      case 'unsubscribed':
        link.resources.clear();
        return this.#outlet.watchers(link, { state: 'terminated', reason: 'rejected' });
      case 'unsubscribe':
        // The server of the presentity says goodbye for it [RFC 6121 §3.3.3].
        return this.#outlet.typed(link, 'unavailable');
    }
  }

  #approve(link: PresenceLink): void {
    this.#send(link, 'subscribed');
    this.#sendPresence(link);
  }

  #send(link: PresenceLink, type: SubscriptionStanza): void {
    const step = sendStep(link.state, type);
    link.state = step.state;
    if (step.crosses) this.#outlet.typed(link, type);
  }

  /** Status notes reach federated partners only. */
  #sendPresence(link: PresenceLink, state: Pidf = this.#ports.presenceOf(link.userAor)): void {
    const domain = domainOf(link.contact);
    const note = this.#partnerOf(domain, link.userAor)?.partnerType === 'Federated';
    const presence = pidfToPresence(state, stanzaEnds(link), { note });
    this.#outlet.stanza(link, presenceOfResource(presence, `${link.userJid}/${userResource}`));
  }

  #tellWatchers(link: PresenceLink): void {
    const update: SubscriptionUpdate = seenByUs(link.state)
      ? { state: 'active', pidf: printPidf(presenceToPidf(link.contactAor, link.resources)) }
      : { state: 'pending' };
    this.#outlet.watchers(link, update);
  }

  #partnerOf(domain: string, userAor: string): FederatedPartner | undefined {
    const configuration = this.#crossing.configuration();
    const partner = admitDomain(configuration, domain, this.#crossing.clock.wallTime());
    return partner.ok && admitUser(configuration, userAor).ok ? partner.value : undefined;
  }
}

/** Trusted partners' contacts need nobody's approval; others only see whom our user has asked to see. */
const approves = ({ partnerType }: FederatedPartner, link: PresenceLink): boolean =>
  partnerType !== 'PublicUnverified' || askedByUs(link.state);

/** From the user's resource; what it can do belongs to presence that is available [XEP-0115 §3]. */
function presenceOfResource(presence: Element, from: string): Element {
  const isAvailable = presence.attributes['type'] === undefined;
  const children = isAvailable ? [...presence.children, userCapabilities] : presence.children;
  return { ...presence, attributes: { ...presence.attributes, from }, children };
}

const isSubscription = (type: string): type is SubscriptionStanza =>
  ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed'].includes(type);

/** As the configuration names it: A-labels, where the printed address has U-labels. */
const domainOf = (jid: string): string => domainpartOf(jid) ?? jid;

/** Both ends in both worlds; nothing when one of them has no XMPP form. */
function endsOf(userAor: string, contactAor: string): LinkEnds | undefined {
  const [user, contact] = [contactOf(userAor), contactOf(contactAor)];
  if (user === undefined || contact === undefined) return undefined;
  return { userAor, userJid: printJid(user), contactAor, contact: printJid(contact) };
}

const stanzaEnds = ({ userJid, contact }: PresenceLink): { from: string; to: string } => ({
  from: userJid,
  to: contact,
});

function contactOf(uri: string): Jid | undefined {
  const parsed = parseSipUri(uri);
  const jid = parsed.ok ? sipUriToJid(parsed.value) : undefined;
  return jid?.ok ? jid.value : undefined;
}
