/**
 * The books of a round, kept outside the gateway: what was sent, what came of it at the far end, and what its sender was told.
 * A message that neither arrived nor was reported is lost, unless its own side lost it before the gateway could have known of it.
 */

export type Direction = 'sip-to-xmpp' | 'xmpp-to-sip';

export type BookEvent =
  | { readonly type: 'sent'; readonly id: string; readonly direction: Direction; readonly pair: string }
  /** The gateway took it: a 2xx, an acknowledgement, or the far end has seen it. */
  | { readonly type: 'taken'; readonly id: string }
  /** The far end has it; `isLate`: it came with the time of an earlier attempt [XEP-0203]. */
  | { readonly type: 'delivered'; readonly id: string; readonly isLate?: boolean }
  /** The sender's own side sent it again, so that it may come twice and out of order. */
  | { readonly type: 'resent'; readonly id: string }
  /** The sender knows that it may not have arrived. `how`: final response, silence until Timer F, error stanza, notification. */
  | { readonly type: 'told'; readonly id: string; readonly how: string }
  /** A notice that names the pair and no message. */
  | { readonly type: 'told-of-one'; readonly pair: string }
  /** Nobody can know whether the gateway ever had it: its own server died, or its stream broke behind nobody's acknowledgement. `isAtFarEnd`: the server it was for had it, and died. */
  | { readonly type: 'excused'; readonly id: string; readonly why: string; readonly isAtFarEnd?: boolean };

export interface Lost {
  readonly id: string;
  readonly direction: Direction;
  readonly wasTaken: boolean;
}

export interface Balance {
  readonly sent: number;
  /** At least once. */
  readonly delivered: number;
  /** Not delivered, and its sender knows. */
  readonly reported: number;
  /** Delivered although its sender was told otherwise. */
  readonly toldWrongly: number;
  /** Deliveries beyond the first. */
  readonly duplicates: number;
  /** Messages that came behind a later one of their pair, and that nobody had sent again. */
  readonly misordered: readonly string[];
  /** Neither delivered nor reported, and nobody can say that the gateway had it. */
  readonly excused: number;
  readonly lost: readonly Lost[];
}

interface Entry {
  readonly id: string;
  readonly direction: Direction;
  readonly pair: string;
  readonly number: number;
  deliveries: number;
  isResent: boolean;
  isTold: boolean;
  isTaken: boolean;
  excuse?: string;
}

export class Books {
  readonly #entries = new Map<string, Entry>();
  /** First arrivals, by pair. */
  readonly #arrivals = new Map<string, Entry[]>();
  readonly #toldOfOne = new Map<string, number>();

  /** Events about a message that this round has not sent are none of its business. */
  note(event: BookEvent): void {
    if (event.type === 'told-of-one')
      return void this.#toldOfOne.set(event.pair, (this.#toldOfOne.get(event.pair) ?? 0) + 1);
    if (event.type === 'sent') return this.#open(event);
    const entry = this.#entries.get(event.id);
    if (entry === undefined) return;
    if (event.type === 'delivered') this.#deliver(entry, event.isLate === true);
    else if (event.type === 'taken') take(entry);
    else if (event.type === 'resent') entry.isResent = true;
    else if (event.type === 'told') entry.isTold = true;
    else if (event.isAtFarEnd === true || !entry.isTaken) entry.excuse = event.why;
  }

  /** Messages whose fate is open, and should not be for long: what a round waits for. */
  open(): readonly string[] {
    return this.#unaccounted().flatMap(({ id, excuse }) => (excuse === undefined ? [id] : []));
  }

  /** Messages of a pair that have neither arrived nor been reported. */
  openOf(pair: string): number {
    return [...this.#entries.values()].filter((entry) => entry.pair === pair && !isAccounted(entry)).length;
  }

  balance(): Balance {
    const entries = [...this.#entries.values()];
    const unaccounted = this.#unaccounted();
    const isReported = (entry: Entry): boolean => entry.deliveries === 0 && !unaccounted.includes(entry);
    return {
      sent: entries.length,
      delivered: entries.filter(({ deliveries }) => deliveries > 0).length,
      reported: entries.filter(isReported).length,
      toldWrongly: entries.filter(({ deliveries, isTold }) => deliveries > 0 && isTold).length,
      duplicates: entries.reduce((sum, { deliveries }) => sum + Math.max(deliveries - 1, 0), 0),
      misordered: [...this.#arrivals.values()].flatMap(misorderedIn),
      excused: unaccounted.filter(({ excuse }) => excuse !== undefined).length,
      lost: unaccounted
        .filter(({ excuse }) => excuse === undefined)
        .map(({ id, direction, isTaken }) => ({ id, direction, wasTaken: isTaken })),
    };
  }

  #open({ id, direction, pair }: Extract<BookEvent, { type: 'sent' }>): void {
    const number = this.#entries.size;
    this.#entries.set(id, {
      id,
      direction,
      pair,
      number,
      deliveries: 0,
      isResent: false,
      isTold: false,
      isTaken: false,
    });
  }

  #deliver(entry: Entry, isLate: boolean): void {
    entry.deliveries += 1;
    entry.isResent ||= isLate;
    if (entry.deliveries > 1) return;
    const arrivals = this.#arrivals.get(entry.pair) ?? [];
    arrivals.push(entry);
    this.#arrivals.set(entry.pair, arrivals);
  }

  /** A notice without a name is about one of those that are missing, and about one that was taken for certain first. */
  #unaccounted(): readonly Entry[] {
    const left = new Map(this.#toldOfOne);
    const missing = [...this.#entries.values()].filter((entry) => !isAccounted(entry));
    const takenFirst = missing.toSorted((one, other) => Number(other.isTaken) - Number(one.isTaken));
    const explained = takenFirst.filter(({ pair }) => {
      const notices = left.get(pair) ?? 0;
      left.set(pair, notices - 1);
      return notices > 0;
    });
    return missing.filter((entry) => !explained.includes(entry));
  }
}

/** Whoever was shown it by the gateway knows that the gateway had it. */
function take(entry: Entry): void {
  entry.isTaken = true;
  delete entry.excuse;
}

const isAccounted = ({ deliveries, isTold }: Entry): boolean => deliveries > 0 || isTold;

/** What was sent again, or reported and arrived all the same, has no place of its own in the order. */
function misorderedIn(arrivals: readonly Entry[]): string[] {
  let latest = -1;
  return arrivals
    .filter(({ isResent, isTold }) => !isResent && !isTold)
    .flatMap(({ id, number }) => {
      const isBehind = number < latest;
      latest = Math.max(latest, number);
      return isBehind ? [id] : [];
    });
}
