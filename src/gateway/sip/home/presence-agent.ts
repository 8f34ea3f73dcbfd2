/**
 * The presence agent of the home server [RFC 3856 §3]: it knows the state of each local user and tells it to his watchers, and
 * the watchers to the user himself; subscriptions to presentities of other domains are passed on to the gateway.
 */
import type { Clock } from '../../../primitives/clock.ts';
import type { Ids } from '../../../primitives/ids.ts';
import { type Pidf, printPidf } from '../bodies/pidf.ts';
import type { Watcher } from '../bodies/watcher-info.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import { parseVia } from '../via.ts';
import { isOfEvent, servedBy } from './event-package.ts';
import { createExpiringTable, type ExpiringTable } from './expiring-table.ts';
import { type EndedSubscription, Notifier, type SubscribedEvent } from './notifier.ts';
import { presencePackage } from './presence-package.ts';
import { presenceState, saysTheSame } from './presence-state.ts';
import { type Publication, publish } from './publication.ts';
import type { WatcherAndPresentity } from './subscription-table.ts';
import { endedWatcher, localWatcher, WatcherInformation } from './watcher-information.ts';

/** Bits of an entity-tag, which nobody else may guess. Source: own choice; RFC 3903 §14.1 tells why. */
const entityTagBits = 128;

export interface PresenceEvents {
  /** The presence of a local user has changed. */
  onPresenceChange(aor: string, state: Pidf): void;
  /** A local user watches a presentity of another domain; `notifier.update` tells what is known of it. */
  onSubscribed(event: SubscribedEvent): void;
  onUnsubscribed(parties: WatcherAndPresentity): void;
  /** Who of other domains watches a local user, or asks to. */
  watchersElsewhere(aor: string): readonly Watcher[];
}

export interface PresenceAgentOptions extends PresenceEvents {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** Seconds in which a watcher must refresh its subscription. */
  refreshSeconds?(): number;
  /** A watcher that reads several formats gets the one it names first. Default: PIDF. */
  choosesByAccept?(): boolean;
  isLocalUser(aor: string): boolean;
  isRegistered(aor: string): boolean;
}

export class PresenceAgent {
  readonly #options: PresenceAgentOptions;
  readonly #publications: ExpiringTable<Publication>;
  /** What watchers were told last. A user who is not in it was closed. */
  readonly #told = new Map<string, Pidf>();
  readonly notifier: Notifier;
  readonly #watchers: WatcherInformation;

  constructor(options: PresenceAgentOptions) {
    this.#options = options;
    this.#publications = createExpiringTable(options.clock, (aor) => this.#refreshed(aor));
    this.notifier = new Notifier({
      ...options,
      package: presencePackage,
      onSubscribed: (event) => this.#subscribed(event),
      onUnsubscribed: (ended) => this.#unsubscribed(ended),
    });
    this.#watchers = new WatcherInformation({
      ...options,
      watchersOf: (aor) => [...options.watchersElsewhere(aor), ...this.notifier.subscriptionsTo(aor).map(localWatcher)],
    });
  }

  /** What the user's devices have published, else open while he is registered, else closed. */
  presenceOf(aor: string): Pidf {
    return presenceState(aor, this.#publications.of(aor), this.#options.isRegistered(aor));
  }

  /** Answers a SUBSCRIBE outside of a dialog, from a watcher who may know that the presentity exists. */
  subscribe(incoming: IncomingRequest, parties: WatcherAndPresentity): void {
    const notifier = servedBy(incoming, [this.notifier, this.#watchers.notifier]);
    // Who watches is the user's own business [RFC 3857 §4.6].
    const isOthers = notifier === this.#watchers.notifier && parties.watcherAor !== parties.presentityUri;
    if (isOthers) incoming.respond(403, { reason: 'Only For Oneself' });
    else void notifier?.subscribe(incoming, parties);
  }

  /** Answers a SUBSCRIBE inside a dialog. */
  resubscribe(incoming: IncomingRequest, watcherAor: string): void {
    const notifiers = [this.notifier, this.#watchers.notifier];
    const notifier = notifiers.find(({ event }) => isOfEvent(incoming.request, event));
    if (notifier === undefined) incoming.respond(481);
    else notifier.resubscribe(incoming, watcherAor);
  }

  /** The watchers of a local user that are of other domains are others now. @param ended - The one that is none any more. */
  watchersChanged(aor: string, ended?: Watcher): void {
    this.#watchers.changed(aor, ended);
  }

  /** Answers the PUBLISH of a local user for himself. */
  publish(incoming: IncomingRequest, aor: string): void {
    const { clock, ids } = this.#options;
    const tag = { now: clock.now(), entityTag: ids.token(entityTagBits) };
    const event = { ...tag, request: incoming.request, device: deviceOf(incoming) };
    const published = publish(this.#publications.of(aor), event);
    if (!published.ok) return incoming.respond(published.error.status, published.error);
    incoming.respond(200, { headers: published.value.headers });
    this.#publications.replace(aor, published.value.publications);
  }

  /** To be called when the user has registered his first device or lost his last, which ends what he had published. */
  registrationChanged(aor: string, isRegistered: boolean): void {
    // Nobody can be reached without a device, and baresip leaves without ending its publication.
    if (isRegistered) this.#refreshed(aor);
    else this.#publications.replace(aor, []);
  }

  /** Ends what removed users have published, watch and are watched by. */
  forget(isRemoved: (aor: string) => boolean): void {
    for (const aor of this.#publications.keys()) if (isRemoved(aor)) this.#publications.replace(aor, []);
    for (const each of [this.notifier, this.#watchers.notifier]) each.end((parties) => endReason(parties, isRemoved));
  }

  /** Ends what these users have published and watch; who watches them goes on. */
  signOut(users: ReadonlySet<string>): void {
    for (const aor of this.#publications.keys()) if (users.has(aor)) this.#publications.replace(aor, []);
    for (const each of [this.notifier, this.#watchers.notifier])
      each.end(({ watcherAor }) => (users.has(watcherAor) ? 'deactivated' : undefined));
  }

  close(): void {
    this.#publications.close();
    this.notifier.close();
    this.#watchers.close();
  }

  #subscribed(event: SubscribedEvent): void {
    const { watcherAor, presentityUri, fetch, refresh } = event;
    if (!this.#options.isLocalUser(presentityUri)) return this.#options.onSubscribed(event);
    this.#tell(presentityUri, watcherAor, this.presenceOf(presentityUri));
    if (!fetch && !refresh) this.#watchers.changed(presentityUri);
  }

  #unsubscribed(ended: EndedSubscription): void {
    const { watcherAor, presentityUri } = ended;
    if (this.#options.isLocalUser(presentityUri)) this.#watchers.changed(presentityUri, endedWatcher(ended));
    else this.#options.onUnsubscribed({ watcherAor, presentityUri });
  }

  #tell(presentityUri: string, watcherAor: string, state: Pidf): void {
    this.notifier.update(presentityUri, watcherAor, { state: 'active', document: printPidf(state) });
  }

  #refreshed(aor: string): void {
    const state = this.presenceOf(aor);
    const nothing = presenceState(aor, [], false);
    if (saysTheSame(state, this.#told.get(aor) ?? nothing)) return;
    if (saysTheSame(state, nothing)) this.#told.delete(aor);
    else this.#told.set(aor, state);
    const watching = new Set(this.notifier.subscriptionsTo(aor).map(({ watcherAor }) => watcherAor));
    for (const watcher of watching) this.#tell(aor, watcher, state);
    this.#options.onPresenceChange(aor, state);
  }
}

/** The element that made the request, whatever proxies it came through: the sender of the lowest Via [RFC 3261 §20.42]. */
function deviceOf({ request, source }: IncomingRequest): string {
  const via = parseVia(request.headers.getAll('Via').at(-1) ?? '');
  const { host = '', port = '' } = via.ok ? via.value : {};
  return `${source.transport} ${source.address} ${host}:${port}`;
}

/** A watcher who is gone shall not come back, and nobody shall ask for a presentity that is gone [RFC 6665 §4.1.3]. */
function endReason(
  { watcherAor, presentityUri }: WatcherAndPresentity,
  isRemoved: (aor: string) => boolean,
): string | undefined {
  if (isRemoved(watcherAor)) return 'rejected';
  return isRemoved(presentityUri) ? 'noresource' : undefined;
}
