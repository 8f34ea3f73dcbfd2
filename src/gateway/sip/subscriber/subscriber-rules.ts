/** The tables of a subscriber: which answer ends it, what each reason of a termination asks for, and how long it waits [RFC 6665 §4.1]. */

/** The Subscription-State of a NOTIFY [RFC 6665 §8.2.3]; times in seconds. */
export interface SubscriptionState {
  readonly state: 'active' | 'pending' | 'terminated';
  readonly reason?: string | undefined;
  readonly expires?: number | undefined;
  readonly retryAfter?: number | undefined;
}

/** What a SUBSCRIBE was answered; times in seconds. */
export interface Answer {
  readonly status: number;
  /** The answer to a SUBSCRIBE outside of any dialog. */
  readonly isFirst: boolean;
  readonly expires?: number | undefined;
  readonly minExpires?: number | undefined;
  readonly retryAfter?: number | undefined;
}

/** Seconds of the longest subscription that is asked for, whatever a notifier demands. Source: own choice, a day. */
const maxExpiresSeconds = 86_400;
/** Failures in a row after which the waits grow no more. */
export const giveUpAfter = 8;

/** Seconds. Source: own choice; half an hour at most keeps a hop that comes back from staying unknown for long. */
const firstWaitSeconds = 15;
const maxWaitSeconds = 1800;
/** The part of a wait that chance may take away. */
const jitter = 0.25;

/**
 * Not allowed, no such user, no presence here: asking again gets the same [RFC 6665 §4.1.2.1, RFC 8048 §4]. Everything else
 * may be over soon.
 */
const forGood: ReadonlySet<number> = new Set([403, 404, 405, 406, 410, 416, 484, 489, 501, 603, 604]);

export const isRefusedForGood = (status: number): boolean => forGood.has(status);

/** Seconds to ask for instead, when that is what the notifier wants [RFC 6665 §4.1.2.1]. */
export const demandedExpires = ({ status, minExpires = 0 }: Answer, asked: number): number | undefined =>
  status === 423 && minExpires > asked && minExpires <= maxExpiresSeconds ? minExpires : undefined;

export type Termination =
  | { readonly next: 'ask-now' | 'keep' }
  | { readonly next: 'ask-later'; readonly retryAfter?: number | undefined }
  | { readonly next: 'never'; readonly reason: string };

/** By the reason of the termination [RFC 6665 §4.1.3]; one that is not known is a passing one. */
export function terminationOf({ reason = '', retryAfter }: SubscriptionState): Termination {
  switch (reason.toLowerCase()) {
    case 'deactivated':
    case 'timeout':
      return { next: 'ask-now' };
    case 'rejected':
    case 'noresource':
      return { next: 'never', reason };
    case 'invariant':
      return { next: 'keep' };
    default:
      return { next: 'ask-later', retryAfter };
  }
}

/** Seconds after which a subscription of so many seconds is refreshed: before it ends, with time for one retransmitted request. */
export const refreshAfter = (seconds: number): number =>
  Math.max(Math.floor(seconds / 2), seconds - Math.max(64, seconds / 10), 1);

/** Seconds before the next attempt: what the notifier asks for, else twice as long after each failure. */
export function waitSeconds(failures: number, fraction: number, retryAfter?: number): number {
  if (retryAfter !== undefined) return Math.min(Math.max(retryAfter, 1), maxWaitSeconds);
  const wait = Math.min(firstWaitSeconds * 2 ** (failures - 1), maxWaitSeconds);
  return wait * (1 - jitter * fraction);
}
