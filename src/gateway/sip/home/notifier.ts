/**
 * The notifier's side of the subscriptions of one event package [RFC 6665 §4.2]: takes SUBSCRIBEs and keeps the dialogs they
 * make. It knows neither who may watch whom nor any state: both come through `update`.
 */
import { createHash } from 'node:crypto';

import type { Clock } from '../../../primitives/clock.ts';
import { dialogFromRequest, dialogKeyOfRequest, keyOfDialog, receiveInDialog } from '../dialog.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import type { Destination, Source } from '../transport.ts';
import { acceptedType } from './accepted-type.ts';
import { type EventPackage, eventValue } from './event-package.ts';
import { expirySeconds, type Intervals } from './expiry.ts';
import { ownContact, sourceAsDestination } from './own-contact.ts';
import type { SubscriptionUpdate } from './subscription-machine.ts';
import { runSubscription } from './subscription-runner.ts';
import { createSubscriptionTable, type TableEntry, type WatcherAndPresentity } from './subscription-table.ts';

/** Seconds that Lync's clients ask for. */
const longestSubscription = 28_800;
/** Seconds. 3600: RFC 3856 §6.4, RFC 3857 §4.4. The minimum is own choice. Nothing lasts longer than the time in which it is to be refreshed. */
const intervalsOf = (refresh: number): Intervals => ({
  min: Math.min(60, refresh),
  default: Math.min(3600, refresh),
  max: refresh,
});
/** Milliseconds a fetch waits for a state before it is answered without one. Source: own choice, well under 64*T1. */
export const fetchWaitMs = 4000;

export interface SubscribedEvent extends WatcherAndPresentity {
  /** The watcher wants the state once and keeps no subscription. */
  readonly fetch: boolean;
  /** The subscription existed before and its time has been renewed. */
  readonly refresh: boolean;
}

export interface SubscriptionView extends WatcherAndPresentity {
  /** The same for as long as the subscription lives; nobody else's. A token of SIP. */
  readonly id: string;
  readonly state: 'pending' | 'active';
  /** Seconds until it ends, and since it began. */
  readonly expiresIn: number;
  readonly duration: number;
}

export interface EndedSubscription extends WatcherAndPresentity {
  readonly id: string;
  /** As its last NOTIFY said [RFC 6665 §4.1.3]; `timeout` as well for a watcher that could not be reached. */
  readonly reason: string;
}

export interface NotifierOptions<State> {
  readonly package: EventPackage<State>;
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** Where the watcher's NOTIFYs go; by default back to where its SUBSCRIBE came from. */
  destinationOf?(source: Source, watcherAor: string): Destination;
  /** Seconds in which a subscription must be refreshed; asked for each. By default what Lync's clients ask for. */
  refreshSeconds?(): number;
  /** The watcher chooses among the types of the package; asked for each. By default it gets the first that it reads. */
  choosesByAccept?(): boolean;
  /** A SUBSCRIBE has been accepted. `update` may be called inside, and decides what the first NOTIFY says. */
  onSubscribed(event: SubscribedEvent): void;
  /** One subscription has ended; `subscriptionsTo` tells whether the watcher has others. Not called for a fetch. */
  onUnsubscribed(ended: EndedSubscription): void;
}

export class Notifier<State = string> {
  readonly #options: NotifierOptions<State>;
  readonly #table = createSubscriptionTable<State>();

  constructor(options: NotifierOptions<State>) {
    this.#options = options;
  }

  /** The token of its package. */
  get event(): string {
    return this.#options.package.event;
  }

  /** Answers a SUBSCRIBE for its package outside of a dialog, from a watcher who may know that the presentity exists. */
  async subscribe(incoming: IncomingRequest, parties: WatcherAndPresentity): Promise<void> {
    const { clock, endpoint, destinationOf = sourceAsDestination, package: served } = this.#options;
    const { request, localTag, source } = incoming;
    const contentType = this.#acceptedType(incoming, served.contentTypes);
    const seconds = contentType === undefined ? undefined : this.#acceptedSeconds(incoming);
    if (contentType === undefined || seconds === undefined) return;
    const dialog = dialogFromRequest(request, localTag);
    if (!dialog.ok) return incoming.respond(400, { reason: dialog.error });
    const isFull = this.#table.countOf(parties.watcherAor) >= served.maxPerWatcher;
    if (isFull) return incoming.respond(403, { reason: 'Too Many Subscriptions' });
    const destination = destinationOf(source, parties.watcherAor);
    const contact = await ownContact(endpoint, destination, parties.presentityUri);
    if (!contact.ok) return incoming.respond(500, { reason: 'No Way Back' });

    const running = runSubscription({
      clock,
      endpoint,
      package: served,
      contentType,
      dialog: dialog.value,
      destination,
      contact: contact.value,
      event: eventValue(request, served.event),
      isFetch: seconds === 0,
      onRemoved: () => this.#removed(entry),
    });
    const entry: TableEntry<State> = { ...parties, running, contact: contact.value, contentType, since: clock.now() };
    this.#table.add(entry);
    accept(this.#options, incoming, entry, { seconds, refresh: false });
  }

  /** Answers a SUBSCRIBE inside a dialog: refresh or end; 481 when there is no such dialog of this watcher. */
  resubscribe(incoming: IncomingRequest, watcherAor: string): void {
    const { destinationOf = sourceAsDestination } = this.#options;
    const entry = this.#table.find(dialogKeyOfRequest(incoming.request));
    if (entry?.watcherAor !== watcherAor) return incoming.respond(481);
    // One subscription has documents of one type, however the refresh orders its Accept.
    if (this.#acceptedType(incoming, [entry.contentType]) === undefined) return;
    const seconds = this.#acceptedSeconds(incoming);
    if (seconds === undefined) return;
    const dialog = receiveInDialog(entry.running.dialog(), incoming.request);
    if (!dialog.ok) return incoming.respond(dialog.error);
    entry.running.moveTo(dialog.value, destinationOf(incoming.source, watcherAor));
    accept(this.#options, incoming, entry, { seconds, refresh: true });
  }

  /** One entry for each dialog that lives; a fetch is none. */
  subscriptionsTo(presentityUri: string): readonly SubscriptionView[] {
    const now = this.#options.clock.now();
    return this.#table
      .to(presentityUri)
      .filter(({ running }) => !running.state().isFetch && running.state().ending === undefined)
      .map((entry) => viewOf(entry, now));
  }

  /** Tells every dialog of this watcher about the presentity. Without such a subscription it does nothing. */
  update(presentityUri: string, watcherAor: string, update: SubscriptionUpdate<State>): void {
    const entries = this.#table.to(presentityUri).filter((entry) => entry.watcherAor === watcherAor);
    for (const { running } of entries) running.feed({ type: 'updated', update });
  }

  /** Ends each subscription for which there is a reason to. */
  end(reasonFor: (parties: WatcherAndPresentity) => string | undefined): void {
    for (const entry of this.#table.all()) {
      const reason = reasonFor(entry);
      if (reason !== undefined) entry.running.feed({ type: 'updated', update: { state: 'terminated', reason } });
    }
  }

  close(): void {
    this.#table.close();
  }

  /** Undefined: the request has been refused. */
  #acceptedType(incoming: IncomingRequest, offered: EventPackage<never>['contentTypes']): string | undefined {
    const type = acceptedType(incoming.request.headers, offered, this.#options.choosesByAccept?.());
    if (type === undefined) incoming.respond(406, { headers: [['Accept', offered.join(', ')]] });
    return type;
  }

  #acceptedSeconds(incoming: IncomingRequest): number | undefined {
    const refresh = this.#options.refreshSeconds?.() ?? longestSubscription;
    return acceptedSeconds(incoming, intervalsOf(refresh));
  }

  #removed(entry: TableEntry<State>): void {
    this.#table.remove(entry);
    const { running, watcherAor, presentityUri } = entry;
    if (running.state().isFetch) return;
    const reason = running.state().ending?.reason ?? 'timeout';
    this.#options.onUnsubscribed({ watcherAor, presentityUri, id: idOf(entry), reason });
  }
}

interface Granted {
  readonly seconds: number;
  readonly refresh: boolean;
}

/** The 2xx goes out before anything is notified. */
function accept<State>(
  options: NotifierOptions<State>,
  incoming: IncomingRequest,
  entry: TableEntry<State>,
  granted: Granted,
): void {
  const { seconds, refresh } = granted;
  const { running, contact, watcherAor, presentityUri } = entry;
  const { isFetch } = running.state();
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

const idOf = <State>({ running }: TableEntry<State>): string =>
  createHash('sha256').update(keyOfDialog(running.dialog()), 'utf8').digest('base64url');

function viewOf<State>(entry: TableEntry<State>, now: number): SubscriptionView {
  const { watcherAor, presentityUri, running, since } = entry;
  return {
    watcherAor,
    presentityUri,
    id: idOf(entry),
    state: running.state().authorization,
    expiresIn: Math.max(Math.ceil((running.state().expiresAt - now) / 1000), 0),
    duration: Math.floor((now - since) / 1000),
  };
}

/** The granted seconds, 0 for an end or a fetch. Undefined: the request has been refused. */
function acceptedSeconds(incoming: IncomingRequest, intervals: Intervals): number | undefined {
  const seconds = expirySeconds(incoming.request.headers.get('Expires'), intervals);
  if (seconds.ok) return seconds.value;
  incoming.respond(423, { headers: [['Min-Expires', String(seconds.error)]] });
  return undefined;
}
