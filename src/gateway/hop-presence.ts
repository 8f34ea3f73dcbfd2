/**
 * Presence of users that live behind a next hop [RFC 8048]. A contact who may see a user watches him there, by a SUBSCRIBE of
 * the gateway in the contact's name, so that the hop's own rules hold too; and devices that watch a contact subscribe here.
 */
import type { Clock } from '../primitives/clock.ts';
import type { Ids } from '../primitives/ids.ts';
import { canonicalAor, sipUriIn } from './sip/aor.ts';
import type { Pidf } from './sip/bodies/pidf.ts';
import { servedBy } from './sip/home/event-package.ts';
import { Notifier, type SubscribedEvent } from './sip/home/notifier.ts';
import { ownContact, sourceAsDestination } from './sip/home/own-contact.ts';
import { presencePackage } from './sip/home/presence-package.ts';
import { tagOf } from './sip/name-addr.ts';
import type { IncomingRequest, SipEndpoint } from './sip/sip-endpoint.ts';
import type { PresenceNews } from './sip/subscriber/subscriber.ts';
import { SubscriberTable } from './sip/subscriber/subscriber-table.ts';
import type { Destination, Source } from './sip/transport.ts';
import type { SipEnds, SipPresence } from './sip-presence.ts';

export interface HopPresenceOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** Where requests for this user go. @param source - Where the user's own request came from, when it was not ours. */
  destination(userAor: string, source?: Source): Destination | undefined;
  isLocalDomain(domain: string): boolean;
  /** 0 to below 1, at random. */
  fraction(): number;
  /** Seconds a subscription at the hop is asked for. */
  refreshSeconds(): number;
  /** A device that reads several formats gets the one it names first. Default: PIDF. */
  choosesByAccept?(): boolean;
  /** A device watches a contact; `notify` tells what is known of it. */
  onSubscribed(event: SubscribedEvent): void;
  /** The hop has told something new about a user, for this contact. */
  onNews(ends: SipEnds, news: PresenceNews): void;
}

export interface HopPresence extends SipPresence {
  /** Answers a SUBSCRIBE of one of our users. */
  subscribe(incoming: IncomingRequest, watcherAor: string): void;
  /** Answers a NOTIFY. */
  notified(incoming: IncomingRequest): void;
  /** Subscriptions of these users are forgotten here: other servers own them now. Whoever follows them asks those. */
  forget(isMoved: (userAor: string) => boolean): void;
  close(): void;
}

const keyOf = ({ userAor, contactAor }: SipEnds): string => `${userAor} ${contactAor}`;

export function hopPresence(options: HopPresenceOptions): HopPresence {
  const { clock, ids, endpoint } = options;
  /** What the hop said last, for each contact that follows a user. */
  const known = new Map<string, Pidf>();
  const notifier = new Notifier({
    clock,
    endpoint,
    package: presencePackage,
    // The hop's connection, while it is open; then the hop, wherever the request came from.
    destinationOf: (source, watcherAor) => options.destination(watcherAor, source) ?? sourceAsDestination(source),
    refreshSeconds: () => options.refreshSeconds(),
    choosesByAccept: () => options.choosesByAccept?.() ?? false,
    onSubscribed: (event) => options.onSubscribed(event),
    onUnsubscribed: () => undefined,
  });
  const subscribers = new SubscriberTable({
    clock,
    endpoint,
    destination: (presentityAor) => options.destination(presentityAor),
    contact: (watcherAor, destination) => ownContact(endpoint, destination, watcherAor),
    token: (bits) => ids.token(bits),
    fraction: () => options.fraction(),
    expires: () => options.refreshSeconds(),
    onNews({ watcherAor, presentityAor }, news) {
      const ends = { userAor: presentityAor, contactAor: watcherAor };
      if (news.what === 'active') known.set(keyOf(ends), news.document);
      else known.delete(keyOf(ends));
      options.onNews(ends, news);
    },
  });

  return {
    presenceOf: (ends) => known.get(keyOf(ends)),
    notify: (contactAor, userAor, update) => notifier.update(contactAor, userAor, update),
    follow: ({ userAor, contactAor }) => subscribers.start({ watcherAor: contactAor, presentityAor: userAor }),
    unfollow(ends) {
      subscribers.stop({ watcherAor: ends.contactAor, presentityAor: ends.userAor });
      known.delete(keyOf(ends));
    },
    subscribe(incoming, watcherAor) {
      const { headers, requestUri } = incoming.request;
      if (tagOf(headers.get('To')) !== undefined) return notifier.resubscribe(incoming, watcherAor);
      const uri = sipUriIn(`<${requestUri}>`);
      if (uri?.user === undefined || options.isLocalDomain(uri.host)) return incoming.respond(404);
      void servedBy(incoming, [notifier])?.subscribe(incoming, { watcherAor, presentityUri: canonicalAor(uri) });
    },
    notified: (incoming) => subscribers.notified(incoming),
    forget(isMoved) {
      for (const key of known.keys()) if (isMoved(key.split(' ', 1)[0] ?? '')) known.delete(key);
      subscribers.forget(({ presentityAor }) => isMoved(presentityAor));
      notifier.end(({ watcherAor }) => (isMoved(watcherAor) ? 'deactivated' : undefined));
    },
    close() {
      subscribers.close();
      notifier.close();
    },
  };
}
