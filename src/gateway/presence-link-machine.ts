/**
 * The subscription between one of our users and one XMPP contact, as the user's server sees it [RFC 6121 §3, Appendix A]:
 * nine states, and what each subscription stanza does in each of them, in both directions. Whether a `subscribe` is
 * approved is policy and decided elsewhere; this says what may cross and what changes.
 */

/** `po`: our request is pending out; `pi`: the contact's request is pending in. */
export type LinkState = 'none' | 'none+po' | 'none+pi' | 'none+po+pi' | 'to' | 'to+pi' | 'from' | 'from+po' | 'both';

export type SubscriptionStanza = 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed';

export interface LinkStep {
  readonly state: LinkState;
  /** Whether the stanza crosses: to the contact's server (outbound), or to our user (inbound). */
  readonly crosses: boolean;
  /** The contact asks for what it has already: answer `subscribed` again [RFC 6121 §3.1.3]. */
  readonly answerSubscribed?: true;
}

type Row = Readonly<Partial<Record<SubscriptionStanza, LinkState>>>;

/** Outbound stanzas that cross, and the state after each. What is not listed does not cross [RFC 6121 A.2]. */
const outboundRows: Readonly<Record<LinkState, Row>> = {
  none: { subscribe: 'none+po', unsubscribe: 'none' },
  'none+po': { subscribe: 'none+po', unsubscribe: 'none' },
  'none+pi': { subscribe: 'none+po+pi', unsubscribe: 'none+pi', subscribed: 'from', unsubscribed: 'none' },
  'none+po+pi': { subscribe: 'none+po+pi', unsubscribe: 'none+pi', subscribed: 'from+po', unsubscribed: 'none+po' },
  to: { subscribe: 'to', unsubscribe: 'none' },
  'to+pi': { subscribe: 'to+pi', unsubscribe: 'none+pi', subscribed: 'both', unsubscribed: 'to' },
  from: { subscribe: 'from+po', unsubscribe: 'from', unsubscribed: 'none' },
  'from+po': { subscribe: 'from+po', unsubscribe: 'from', unsubscribed: 'none+po' },
  both: { subscribe: 'both', unsubscribe: 'from', unsubscribed: 'to' },
};

/** Inbound stanzas that are delivered, and the state after each. What is not listed is not delivered [RFC 6121 A.3]. */
const inboundRows: Readonly<Record<LinkState, Row>> = {
  none: { subscribe: 'none+pi' },
  'none+po': { subscribe: 'none+po+pi', subscribed: 'to', unsubscribed: 'none' },
  'none+pi': { unsubscribe: 'none' },
  'none+po+pi': { unsubscribe: 'none+po', subscribed: 'to+pi', unsubscribed: 'none+pi' },
  to: { subscribe: 'to+pi', unsubscribed: 'none' },
  'to+pi': { unsubscribe: 'to', unsubscribed: 'none+pi' },
  from: { unsubscribe: 'none' },
  'from+po': { unsubscribe: 'none+po', subscribed: 'both', unsubscribed: 'from' },
  both: { unsubscribe: 'to', unsubscribed: 'from' },
};

export const isLinkState = (value: unknown): value is LinkState =>
  typeof value === 'string' && Object.hasOwn(outboundRows, value);

/** Our side sends: does the stanza go to the contact's server, and what is the state then? */
export function sendStep(state: LinkState, stanza: SubscriptionStanza): LinkStep {
  const next = outboundRows[state][stanza];
  return next === undefined ? { state, crosses: false } : { state: next, crosses: true };
}

/** The contact's server sends: is the stanza delivered to our user, and what is the state then? */
export function receiveStep(state: LinkState, stanza: SubscriptionStanza): LinkStep {
  if (stanza === 'subscribe' && seesUs(state)) return { state, crosses: false, answerSubscribed: true };
  const next = inboundRows[state][stanza];
  return next === undefined ? { state, crosses: false } : { state: next, crosses: true };
}

/** The contact may see our user's presence. */
export const seesUs = (state: LinkState): boolean => state === 'from' || state === 'from+po' || state === 'both';

/** Our user may see the contact's presence. */
export const seenByUs = (state: LinkState): boolean => state === 'to' || state === 'to+pi' || state === 'both';

/** Our user has asked for the contact's presence, whether or not the contact has answered. */
export const askedByUs = (state: LinkState): boolean => seenByUs(state) || state.includes('+po');

/** The contact waits for an answer. */
export const waitsForUs = (state: LinkState): boolean => state.includes('+pi');
