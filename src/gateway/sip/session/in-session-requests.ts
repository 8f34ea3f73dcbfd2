/** The user's requests inside a session [RFC 3261 §12.2.2, §14.2, §15; RFC 3428 §7; RFC 3311]: every one of them is answered. */
import { allowMethods, unservedMethod } from '../allowed-methods.ts';
import { bodyOf } from '../bodies/body-part.ts';
import { isComposingType } from '../bodies/is-composing.ts';
import { keyboardActivityType, parseKeyboardActivity } from '../bodies/keyboard-activity.ts';
import type { HeaderField } from '../headers.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import { printImAnswer, readImOffer, sdpContent, unknownExtensions } from './im-offer.ts';
import type { Event } from './im-session-machine.ts';
import { contactAddress } from './own-address.ts';
import type { SessionRefreshes } from './session-refreshes.ts';
import type { SessionEnds, SessionRequest } from './session-setup.ts';
import { offeredInterval, sessionTimerFields } from './session-timer.ts';

/** The session as seen from here. */
export interface RequestedSession {
  readonly ends: SessionEnds;
  /** Our Contact. */
  readonly contact: string;
  feed(event: Event): void;
  readonly refreshes: Pick<SessionRefreshes, 'agreed' | 'isInviting'>;
  onRequest(request: SessionRequest): void;
}

export type AnswerableRequest = Pick<IncomingRequest, 'request' | 'respond'>;

export function answerInSession(session: RequestedSession, incoming: AnswerableRequest): void {
  const { request } = incoming;
  const unknown = unknownExtensions(request);
  if (unknown !== undefined) return incoming.respond(420, { headers: [['Unsupported', unknown]] });
  switch (request.method) {
    case 'MESSAGE':
      return message(session, incoming);
    case 'INFO':
      return typing(session, incoming);
    case 'BYE':
      incoming.respond(200);
      return session.feed({ type: 'bye-received' });
    case 'INVITE':
    case 'UPDATE':
      return refresh(session, incoming);
    case 'OPTIONS':
      return incoming.respond(200, { headers: [allowMethods] });
    default: {
      const { status, more } = unservedMethod(request.method, true);
      return incoming.respond(status, more);
    }
  }
}

/** Lync's report on a message that was delivered or not, seen from pidgin-sipe 1.25. */
const deliveryReportType = 'application/ms-imdn+xml';

function message(session: RequestedSession, incoming: AnswerableRequest): void {
  const { mediaType } = bodyOf(incoming.request);
  const isNotice = mediaType === isComposingType || mediaType === deliveryReportType;
  session.feed({ type: 'heard', what: isNotice ? 'typing' : 'message' });
  // Nobody here has asked for one.
  if (mediaType === deliveryReportType) return incoming.respond(200);
  session.onRequest({ ...toContact(session, incoming), respond: (status, more) => incoming.respond(status, more) });
}

/** The answer does not wait for the contact: nothing is lost when he does not see it. */
function typing(session: RequestedSession, incoming: AnswerableRequest): void {
  const { request } = incoming;
  const isActivity = bodyOf(request).mediaType === keyboardActivityType && parseKeyboardActivity(request.body).ok;
  if (!isActivity) return incoming.respond(415, { headers: [['Accept', keyboardActivityType]] });
  incoming.respond(200);
  session.feed({ type: 'heard', what: 'typing' });
  session.onRequest({ ...toContact(session, incoming), respond: () => undefined });
}

const toContact = ({ ends }: RequestedSession, { request }: AnswerableRequest) => ({
  aor: ends.userAor,
  request: { ...request, requestUri: ends.contactAor },
});

/** Nothing can be changed about an IM session, so the answer says what it said before. */
function refresh(session: RequestedSession, incoming: AnswerableRequest): void {
  const { ends, contact } = session;
  const { request } = incoming;
  if (request.method === 'INVITE' && session.refreshes.isInviting) return incoming.respond(491);
  const interval = offeredInterval(request);
  if (!interval.ok) return incoming.respond(interval.error.status, interval.error.more);
  const headers: HeaderField[] = [['Contact', contact], allowMethods, ...sessionTimerFields(interval.value)];
  // An UPDATE that only refreshes has no description [RFC 4028 §7.4].
  const isBare = request.method === 'UPDATE' && request.body.length === 0;
  const offer = isBare ? undefined : readImOffer(request);
  if (offer?.ok === false) return incoming.respond(offer.error.status, offer.error.more);
  const body = offer && printImAnswer(offer.value, contactAddress(contact), ends.contactAor);
  incoming.respond(200, body === undefined ? { headers } : { headers: [...headers, sdpContent], body });
  session.refreshes.agreed(interval.value);
}
