/** What both directions share: the configuration in force, the two ways out, time, and where events go. */
import type { Configuration } from '../config/configuration.ts';
import type { Clock } from '../primitives/clock.ts';
import type { Ids } from '../primitives/ids.ts';
import type { OnLogEvent } from '../primitives/log-event.ts';
import type { OnTrace } from '../primitives/trace-step.ts';
import type { HeaderField } from './sip/headers.ts';
import type { LoopGuard } from './sip/loop-guard.ts';
import type { RefusalAdvice } from './sip/refusal-advice.ts';
import type { RefusalDetails } from './sip/refusal-details.ts';
import type { Speaker } from './sip/speaker.ts';
import type { ChatState } from './translation/typing.ts';
import type { Delivery } from './xmpp/s2s-sessions.ts';
import type { Element } from './xmpp/xml/element.ts';

/** A request for one of our SIP users, on behalf of an XMPP contact. */
export interface SipDelivery {
  readonly method: 'MESSAGE';
  /** `sip:contact@partner`. */
  readonly from: string;
  /** `sip:user@domain`. */
  readonly to: string;
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
  /** What it says when it is no message; an IM session has its own words for that. */
  readonly chatState?: ChatState | undefined;
  /** The client of the contact that says it. */
  readonly speaker?: Speaker | undefined;
}

/** The SIP side's final word. No answer is 408, a broken transport 503. */
export interface SipOutcome extends RefusalAdvice {
  readonly status: number;
  readonly reason: string;
  /** What else a refusal says of itself. */
  readonly details?: RefusalDetails | undefined;
}

export interface Crossing {
  /** The snapshot in force now; ask again for each decision, so that a change takes effect at once. */
  configuration(): Configuration;
  /**
   * Resolves when the stanza is with an authenticated stream, or can not be.
   *
   * @param withinMs - Milliseconds that it may take; 30 000 at most, and by default.
   */
  toXmpp(stanza: Element, withinMs?: number): Promise<Delivery>;
  /** Resolves within 32 s, or 128 s when the user must be invited to a session again. */
  toSip(delivery: SipDelivery): Promise<SipOutcome>;
  readonly loops: LoopGuard;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onEvent: OnLogEvent;
  readonly onTrace: OnTrace;
}
