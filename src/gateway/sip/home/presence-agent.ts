/**
 * The presence agent of the home server [RFC 3856 §3]: it knows the state of each local user and tells it to his watchers, and
 * passes subscriptions to presentities of other domains on to the gateway.
 */
import type { Clock } from '../../../primitives/clock.ts';
import type { Ids } from '../../../primitives/ids.ts';
import { type Pidf, printPidf } from '../bodies/pidf.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import { createExpiringTable } from './expiring-table.ts';
import { createNotifier, type Notifier, type SubscribedEvent } from './notifier.ts';
import { presenceState, saysTheSame } from './presence-state.ts';
import { type Publication, publish } from './publication.ts';
import type { WatcherAndPresentity } from './subscription-table.ts';

/** Bits of an entity-tag, which nobody else may guess. Source: own choice; RFC 3903 §14.1 tells why. */
const entityTagBits = 128;

export interface PresenceEvents {
  /** The presence of a local user has changed. */
  onPresenceChange(aor: string, state: Pidf): void;
  /** A local user watches a presentity of another domain; `notifier.update` tells what is known of it. */
  onSubscribed(event: SubscribedEvent): void;
  onUnsubscribed(parties: WatcherAndPresentity): void;
}

export interface PresenceAgentOptions extends PresenceEvents {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** Seconds in which a watcher must refresh its subscription. */
  refreshSeconds?(): number;
  isLocalUser(aor: string): boolean;
  isRegistered(aor: string): boolean;
}

export interface PresenceAgent {
  /** What the user's devices have published, else open while he is registered, else closed. */
  presenceOf(aor: string): Pidf;
  readonly notifier: Notifier;
  /** Answers the PUBLISH of a local user for himself. */
  publish(incoming: IncomingRequest, aor: string): void;
  /** To be called when the user has registered his first device or lost his last, which ends what he had published. */
  registrationChanged(aor: string, isRegistered: boolean): void;
  close(): void;
}

export function createPresenceAgent(options: PresenceAgentOptions): PresenceAgent {
  const { clock, ids, endpoint } = options;
  /** What watchers were told last. A user who is not in it was closed. */
  const told = new Map<string, Pidf>();
  const publications = createExpiringTable<Publication>(clock, refreshed);
  const notifier = createNotifier({
    clock,
    endpoint,
    ...(options.refreshSeconds && { refreshSeconds: options.refreshSeconds }),
    onSubscribed(event) {
      const { watcherAor, presentityUri } = event;
      if (options.isLocalUser(presentityUri)) tell(presentityUri, watcherAor, presenceOf(presentityUri));
      else options.onSubscribed(event);
    },
    onUnsubscribed(parties) {
      if (!options.isLocalUser(parties.presentityUri)) options.onUnsubscribed(parties);
    },
  });

  const presenceOf = (aor: string): Pidf => presenceState(aor, publications.of(aor), options.isRegistered(aor));

  function tell(presentityUri: string, watcherAor: string, state: Pidf): void {
    notifier.update(presentityUri, watcherAor, { state: 'active', pidf: printPidf(state) });
  }

  function refreshed(aor: string): void {
    const state = presenceOf(aor);
    const nothing = presenceState(aor, [], false);
    if (saysTheSame(state, told.get(aor) ?? nothing)) return;
    if (saysTheSame(state, nothing)) told.delete(aor);
    else told.set(aor, state);
    const watchers = new Set(notifier.subscriptionsTo(aor).map(({ watcherAor }) => watcherAor));
    for (const watcher of watchers) tell(aor, watcher, state);
    options.onPresenceChange(aor, state);
  }

  return {
    presenceOf,
    notifier,
    publish(incoming, aor) {
      const event = { request: incoming.request, now: clock.now(), entityTag: ids.token(entityTagBits) };
      const published = publish(publications.of(aor), event);
      if (!published.ok) return incoming.respond(published.error.status, published.error);
      incoming.respond(200, { headers: published.value.headers });
      publications.replace(aor, published.value.publications);
    },
    registrationChanged(aor, isRegistered) {
      // Nobody can be reached without a device, and baresip leaves without ending its publication.
      if (isRegistered) refreshed(aor);
      else publications.replace(aor, []);
    },
    close() {
      publications.close();
      notifier.close();
    },
  };
}
