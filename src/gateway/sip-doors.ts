/** Where the SIP side hands over what its users do, and whom it asks what they may. */
import type { FromSip, RequestFromUser } from './from-sip.ts';
import type { Pidf } from './sip/bodies/pidf.ts';
import type { Watcher } from './sip/bodies/watcher-info.ts';
import type { SubscribedEvent } from './sip/home/notifier.ts';
import type { LoopGuard } from './sip/loop-guard.ts';
import type { PresenceNews } from './sip/subscriber/subscriber.ts';
import type { SipEnds } from './sip-presence.ts';

export interface SipDoors {
  /** Knows what has been sent on from here before. */
  readonly loops: LoopGuard;
  onOutgoing(request: RequestFromUser): void;
  /** Whether a user may begin an IM session. */
  admit: FromSip['admit'];
  onPresenceChange(userAor: string, state: Pidf): void;
  onSubscribed(event: SubscribedEvent): void;
  /** The contacts that see a user of the home server, or ask to. */
  watchersOf(userAor: string): readonly Watcher[];
  /** What a next hop tells of a user, for one contact. */
  onNews(ends: SipEnds, news: PresenceNews): void;
}
