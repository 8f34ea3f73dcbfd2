/**
 * The notifier's side of presence subscriptions [RFC 6665 §4.2, RFC 3856]: takes SUBSCRIBEs and keeps the dialogs they make.
 * It knows neither who may watch whom nor anybody's presence: both come through `update`.
 */
import type { Clock } from '../../../primitives/clock.ts';
import { pidfType } from '../bodies/pidf.ts';
import { dialogFromRequest, dialogKeyOfRequest, receiveInDialog } from '../dialog.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import type { Destination, Source } from '../transport.ts';
import { eventValue, isPresenceEvent, presenceEvent } from './event-package.ts';
import { expirySeconds, type Intervals } from './expiry.ts';
import { ownContact, sourceAsDestination } from './own-contact.ts';
import type { SubscriptionUpdate } from './subscription-machine.ts';
import { runSubscription } from './subscription-runner.ts';
import { createSubscriptionTable, type TableEntry, type WatcherAndPresentity } from './subscription-table.ts';

/** Seconds that Lync's clients ask for. */
const longestSubscription = 28_800;
/** Seconds. 3600: RFC 3856 §6.4. The minimum is own choice. Nothing lasts longer than the time in which it is to be refreshed. */
const intervalsOf = (refresh: number): Intervals => ({
  min: Math.min(60, refresh),
  default: Math.min(3600, refresh),
  max: refresh,
});
/** Milliseconds a fetch waits for a state before it is answered without one. Source: own choice, well under 64*T1. */
export const fetchWaitMs = 4000;
/** Subscriptions of one watcher: several devices with a long contact list each. Source: own choice. */
export const maxSubscriptionsPerWatcher = 2000;

export interface SubscribedEvent extends WatcherAndPresentity {
  /** The watcher wants the state once and keeps no subscription. */
  readonly fetch: boolean;
  /** The subscription existed before and its time has been renewed. */
  readonly refresh: boolean;
}

export interface SubscriptionView extends WatcherAndPresentity {
  readonly state: 'pending' | 'active';
  /** Seconds. */
  readonly expiresIn: number;
}

export interface NotifierOptions {
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** Where the watcher's NOTIFYs go; by default back to where its SUBSCRIBE came from. */
  destinationOf?(source: Source): Destination;
  /** Seconds in which a subscription must be refreshed; asked for each. By default what Lync's clients ask for. */
  refreshSeconds?(): number;
  /** A SUBSCRIBE has been accepted. `update` may be called inside, and decides what the first NOTIFY says. */
  onSubscribed(event: SubscribedEvent): void;
  /** One subscription has ended; `subscriptionsTo` tells whether the watcher has others. Not called for a fetch. */
  onUnsubscribed(parties: WatcherAndPresentity): void;
}

export interface Notifier {
  /** Answers a SUBSCRIBE outside of a dialog, from a watcher who may know that the presentity exists. */
  subscribe(incoming: IncomingRequest, parties: WatcherAndPresentity): Promise<void>;
  /** Answers a SUBSCRIBE inside a dialog: refresh or end; 481 when there is no such dialog of this watcher. */
  resubscribe(incoming: IncomingRequest, watcherAor: string): void;
  /** One entry for each dialog. */
  subscriptionsTo(presentityUri: string): readonly SubscriptionView[];
  /** Tells every dialog of this watcher about the presentity. Without such a subscription it does nothing. */
  update(presentityUri: string, watcherAor: string, update: SubscriptionUpdate): void;
  close(): void;
}

export function createNotifier(options: NotifierOptions): Notifier {
  const { clock, endpoint, destinationOf = sourceAsDestination } = options;
  const intervals = (): Intervals => intervalsOf(options.refreshSeconds?.() ?? longestSubscription);
  const table = createSubscriptionTable();

  async function subscribe(incoming: IncomingRequest, parties: WatcherAndPresentity): Promise<void> {
    const { request, localTag, source } = incoming;
    const seconds = acceptedSeconds(incoming, intervals());
    if (seconds === undefined) return;
    const dialog = dialogFromRequest(request, localTag);
    if (!dialog.ok) return incoming.respond(400, { reason: dialog.error });
    const isFull = table.countOf(parties.watcherAor) >= maxSubscriptionsPerWatcher;
    if (isFull) return incoming.respond(403, { reason: 'Too Many Subscriptions' });
    const destination = destinationOf(source);
    const contact = await ownContact(endpoint, destination, parties.presentityUri);
    if (!contact.ok) return incoming.respond(500, { reason: 'No Way Back' });

    const running = runSubscription({
      clock,
      endpoint,
      dialog: dialog.value,
      destination,
      contact: contact.value,
      event: eventValue(request),
      isFetch: seconds === 0,
      onRemoved: () => removed(entry),
    });
    const entry: TableEntry = { ...parties, running, contact: contact.value };
    table.add(entry);
    accept(options, incoming, entry, { seconds, refresh: false });
  }

  function resubscribe(incoming: IncomingRequest, watcherAor: string): void {
    const entry = table.find(dialogKeyOfRequest(incoming.request));
    if (entry?.watcherAor !== watcherAor) return incoming.respond(481);
    const seconds = acceptedSeconds(incoming, intervals());
    if (seconds === undefined) return;
    const dialog = receiveInDialog(entry.running.dialog, incoming.request);
    if (!dialog.ok) return incoming.respond(dialog.error);
    entry.running.moveTo(dialog.value, destinationOf(incoming.source));
    accept(options, incoming, entry, { seconds, refresh: true });
  }

  function removed(entry: TableEntry): void {
    table.remove(entry);
    const { running, watcherAor, presentityUri } = entry;
    if (!running.state.isFetch) options.onUnsubscribed({ watcherAor, presentityUri });
  }

  return {
    subscribe,
    resubscribe,
    subscriptionsTo: (presentityUri) => table.to(presentityUri).map((entry) => viewOf(entry, clock.now())),
    update(presentityUri, watcherAor, update) {
      const entries = table.to(presentityUri).filter((entry) => entry.watcherAor === watcherAor);
      for (const { running } of entries) running.feed({ type: 'updated', update });
    },
    close: () => table.close(),
  };
}

interface Granted {
  readonly seconds: number;
  readonly refresh: boolean;
}

/** The 2xx goes out before anything is notified. */
function accept(options: NotifierOptions, incoming: IncomingRequest, entry: TableEntry, granted: Granted): void {
  const { seconds, refresh } = granted;
  const { running, contact, watcherAor, presentityUri } = entry;
  const { isFetch } = running.state;
  incoming.respond(200, {
    headers: [
      ['Contact', contact],
      ['Expires', String(seconds)],
    ],
  });
  if (refresh && seconds === 0) return running.feed({ type: 'expired' });
  options.onSubscribed({ watcherAor, presentityUri, fetch: isFetch, refresh });
  running.feed({ type: 'answered', expiresAt: options.clock.now() + (isFetch ? fetchWaitMs : seconds * 1000) });
}

const viewOf = ({ watcherAor, presentityUri, running }: TableEntry, now: number): SubscriptionView => ({
  watcherAor,
  presentityUri,
  state: running.state.authorization,
  expiresIn: Math.max(Math.ceil((running.state.expiresAt - now) / 1000), 0),
});

/** The granted seconds, 0 for an end or a fetch. Undefined: the request has been refused. */
function acceptedSeconds(incoming: IncomingRequest, intervals: Intervals): number | undefined {
  const { headers } = incoming.request;
  if (!isPresenceEvent(incoming.request)) {
    incoming.respond(489, { headers: [['Allow-Events', presenceEvent]] });
    return undefined;
  }
  if (headers.has('Accept') && !headers.getAll('Accept').some(takesPidf)) {
    incoming.respond(406, { headers: [['Accept', pidfType]] });
    return undefined;
  }
  const seconds = expirySeconds(headers.get('Expires'), intervals);
  if (seconds.ok) return seconds.value;
  incoming.respond(423, { headers: [['Min-Expires', String(seconds.error)]] });
  return undefined;
}

const takesPidf = (range: string): boolean =>
  [pidfType, 'application/*', '*/*'].includes(range.split(';', 1)[0]?.trim().toLowerCase() ?? '');
