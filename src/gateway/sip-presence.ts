/** Presence on the SIP side, wherever the users live: what is known of them, and how their watching devices get to know of others. */
import type { LinkEnds } from './link-ends.ts';
import type { Notify } from './presence-outlet.ts';
import type { Pidf } from './sip/bodies/pidf.ts';
import type { Watcher } from './sip/bodies/watcher-info.ts';

/** One of our users and one contact, as SIP names them. */
export type SipEnds = Pick<LinkEnds, 'userAor' | 'contactAor'>;

export interface SipPresence {
  /** What the contact may be shown of the user, by the SIP side's own rules; undefined while nothing is known. */
  presenceOf(ends: SipEnds): Pidf | undefined;
  readonly notify: Notify;
  /** The contact may see the user from now on: who knows the user's presence is asked to tell. */
  follow(ends: SipEnds): void;
  unfollow(ends: SipEnds): void;
  /**
   * The contacts that see the user, or ask to, are others now. Absent where nobody is told who watches.
   *
   * @param ended - The one that does not any more.
   */
  watchersChanged?(userAor: string, ended: Watcher | undefined): void;
}
