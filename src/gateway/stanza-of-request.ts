/** What a user's request is to the XMPP side: a message, or what it says of typing, inside an IM session or outside. */
import { ok, type Result, refuse } from '../primitives/result.ts';
import { bodyOf } from './sip/bodies/body-part.ts';
import type { DispositionAsked } from './sip/bodies/imdn.ts';
import { isComposingType, parseIsComposing } from './sip/bodies/is-composing.ts';
import { keyboardActivityType, parseKeyboardActivity } from './sip/bodies/keyboard-activity.ts';
import type { SipRequest } from './sip/message.ts';
import { registeredMethods } from './sip/methods.ts';
import type { SipFailure } from './translation/failure.ts';
import { messageFromSip } from './translation/instant-message.ts';
import { openBody } from './translation/text-body.ts';
import { chatStateFromKeyboard, chatStateFromSip, goneFromSip } from './translation/typing.ts';
import type { Element } from './xmpp/xml/element.ts';

/** Bare JIDs. */
interface BareEnds {
  readonly from: string;
  readonly to: string;
}

export interface ForContact {
  readonly element: Element;
  readonly disposition?: DispositionAsked | undefined;
}

/** @returns A refusal as the answer. */
export function stanzaOf(
  request: SipRequest,
  { from, to }: BareEnds,
  { id, now }: { readonly id: string; readonly now: Date },
): Result<ForContact, SipFailure> {
  // What is said inside an IM session, beside messages; sessions let nothing else through.
  if (request.method === 'BYE') return ok({ element: goneFromSip({ from, to }) });
  if (request.method === 'INFO') return typedFor(request, { from, to });
  if (!registeredMethods.has(request.method)) return refuse({ status: 501, reason: 'Not Implemented' });
  if (request.method !== 'MESSAGE') return refuse({ status: 405, reason: 'Method Not Allowed' });
  const body = openBody(request);
  if (!body.ok) return body;
  const { part, disposition } = body.value;
  if (part.mediaType !== isComposingType) {
    const message = messageFromSip(request, body.value, { ends: { from, to, id }, now });
    return message.ok ? ok({ element: message.value, disposition }) : message;
  }
  const notice = parseIsComposing(part.content);
  return notice.ok
    ? ok({ element: chatStateFromSip(notice.value, { from, to }) })
    : refuse({ status: 400, reason: 'Bad Typing Notice' });
}

function typedFor(request: SipRequest, ends: BareEnds): Result<ForContact, SipFailure> {
  if (bodyOf(request).mediaType !== keyboardActivityType) return refuse({ status: 405, reason: 'Method Not Allowed' });
  const status = parseKeyboardActivity(request.body);
  return status.ok
    ? ok({ element: chatStateFromKeyboard(status.value, ends) })
    : refuse({ status: 400, reason: 'Bad Typing Notice' });
}
