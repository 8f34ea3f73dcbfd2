/**
 * Watcher information of the local users [RFC 3857]: each of them may learn who watches him and who asks to, and nobody else
 * may. What comes together is told together; a change that is over before it is told is not told [§4.7.2].
 */
import type { Clock, Timer } from '../../../primitives/clock.ts';
import { type Watcher, type WatcherEvent, watcherEvents } from '../bodies/watcher-info.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import { type EndedSubscription, Notifier, type SubscriptionView } from './notifier.ts';
import { type WatchersNow, watcherInfoPackage } from './watcher-info-package.ts';

/** Ended watchers of one user that are still to be told. Source: own choice. */
const maxEnded = 100;

export interface WatcherInformationOptions {
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** Seconds in which a subscription must be refreshed. */
  refreshSeconds?(): number;
  /** Who watches the user now, or asks to. */
  watchersOf(aor: string): readonly Watcher[];
}

export class WatcherInformation {
  readonly #options: WatcherInformationOptions;
  readonly notifier: Notifier<WatchersNow>;
  /** By user and by id, of users who want to know. */
  readonly #ended = new Map<string, Map<string, Watcher>>();
  /** What was told to each user last; another one is news to all of his devices. */
  readonly #states = new Map<string, WatchersNow>();
  readonly #untold = new Set<string>();
  #timer: Timer | undefined;

  constructor(options: WatcherInformationOptions) {
    this.#options = options;
    this.notifier = new Notifier({
      clock: options.clock,
      endpoint: options.endpoint,
      package: watcherInfoPackage,
      ...(options.refreshSeconds && { refreshSeconds: options.refreshSeconds }),
      onSubscribed: ({ presentityUri }) => this.#tell(presentityUri),
      onUnsubscribed: ({ presentityUri }) => this.#forgetUnlessWanted(presentityUri),
    });
  }

  /** The watchers of a user are others now. @param ended - The one that has ended, if one has. */
  changed(aor: string, ended?: Watcher): void {
    if (!this.#isWanted(aor)) return;
    if (ended !== undefined) this.#remember(aor, ended);
    this.#untold.add(aor);
    this.#timer ??= this.#options.clock.after(0, () => this.#tellAll());
  }

  close(): void {
    this.#timer?.cancel();
    this.notifier.close();
  }

  #isWanted(aor: string): boolean {
    return this.notifier.subscriptionsTo(aor).length > 0;
  }

  #forgetUnlessWanted(aor: string): void {
    if (this.#isWanted(aor)) return;
    this.#ended.delete(aor);
    this.#states.delete(aor);
  }

  #tell(aor: string): void {
    const document = this.#states.get(aor) ?? (() => ({ resource: aor, watchers: this.#watchersOf(aor) }));
    if (this.#isWanted(aor)) this.#states.set(aor, document);
    this.notifier.update(aor, aor, { state: 'active', document });
  }

  #tellAll(): void {
    this.#timer = undefined;
    const aors = [...this.#untold];
    this.#untold.clear();
    for (const aor of aors) {
      this.#states.delete(aor);
      this.#tell(aor);
    }
  }

  #watchersOf(aor: string): readonly Watcher[] {
    const current = this.#options.watchersOf(aor);
    const ids = new Set(current.map(({ id }) => id));
    const gone = [...(this.#ended.get(aor)?.values() ?? [])].filter(({ id }) => !ids.has(id));
    return [...current.toSorted((one, other) => rank(one) - rank(other)), ...gone];
  }

  #remember(aor: string, watcher: Watcher): void {
    const others = this.#ended.get(aor) ?? new Map<string, Watcher>();
    others.delete(watcher.id);
    this.#ended.set(aor, others.set(watcher.id, watcher));
    const [oldest] = others.keys();
    if (others.size > maxEnded && oldest !== undefined) others.delete(oldest);
  }
}

/** What waits for the user first, then what came last. */
const rank = ({ status, duration = 0 }: Watcher): number =>
  (status === 'active' ? Number.MAX_SAFE_INTEGER / 2 : 0) + duration;

/** A subscription at the presence agent: nobody needs to approve local users. */
export const localWatcher = ({ id, watcherAor, expiresIn, duration }: SubscriptionView): Watcher => ({
  id,
  uri: watcherAor,
  status: 'active',
  event: 'subscribe',
  expiration: expiresIn,
  duration,
});

export const endedWatcher = ({ id, watcherAor, reason }: EndedSubscription): Watcher => ({
  id,
  uri: watcherAor,
  status: 'terminated',
  event: eventOf(reason),
});

const eventOf = (reason: string): WatcherEvent => watcherEvents.find((event) => event === reason) ?? 'deactivated';
