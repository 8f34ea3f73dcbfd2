/**
 * The first NOTIFY inside of the 2xx to a SUBSCRIBE, as servers of Microsoft send it to subscribers that support
 * `ms-piggyback-first-notify` [MS-SIP]. We do not say that we do; a hop may say so for us.
 */
import type { Pidf } from '../bodies/pidf.ts';
import { parsePresenceDocument } from '../bodies/presence-document.ts';
import { mediaTypeOf } from '../home/event-package.ts';
import type { SipResponse } from '../message.ts';
import type { SubscriptionState } from './subscriber-rules.ts';
import { readSubscriptionState } from './subscription-state.ts';

export interface PiggybackedNotify {
  /** The number that the NOTIFY would have had. */
  readonly cSeq: number;
  readonly subscription: SubscriptionState;
  readonly document: Pidf;
}

/** Undefined: there is none, or none that can be read. Then a NOTIFY of its own has to come. */
export function readPiggybackedNotify({ status, headers, body }: SipResponse): PiggybackedNotify | undefined {
  const cSeq = /^\s*([0-9]{1,9})\s*$/.exec(headers.get('ms-piggyback-cseq') ?? '')?.[1];
  if (status < 200 || status >= 300 || cSeq === undefined) return undefined;
  // A document is what only an active subscription has.
  const subscription = readSubscriptionState(headers.get('Subscription-State') ?? 'active');
  const document = parsePresenceDocument(mediaTypeOf({ headers }), body);
  if (subscription === undefined || !document.ok) return undefined;
  return { cSeq: Number(cSeq), subscription, document: document.value };
}
