/**
 * One instant message on either side: `<message>` with a body, and a MESSAGE with a text body [RFC 7572 §4, §5].
 * Text is the truth: markup, styling and formatting do not cross, in either direction.
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { HeaderField } from '../sip/headers.ts';
import type { SipRequest } from '../sip/message.ts';
import { assertedName } from '../sip/speaker.ts';
import { namespaces } from '../xmpp/namespaces.ts';
import { stanza as stanzaOf } from '../xmpp/stanza.ts';
import { type StanzaError, stanzaError } from '../xmpp/stanza-error.ts';
import { childOf, type Element, element, textOf } from '../xmpp/xml/element.ts';
import { isCorrection, markCorrected } from './correction.ts';
import type { SipFailure } from './failure.ts';
import { escapeHeaderText } from './header-text.ts';
import { dateFields, delayOf, isExpired } from './message-age.ts';
import { receiptRequest } from './receipt.ts';
import { nickNamespace } from './speaker.ts';
import { maxTextBytes, type OpenedBody, textOfBody } from './text-body.ts';
import { xmlText } from './xml-text.ts';

/** What a MESSAGE carries, ready to be sent. */
export interface SipInstantMessage {
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
}

export interface Ends {
  readonly from: string;
  readonly to: string;
  /** Stanza id. */
  readonly id: string;
}

export interface Sending {
  readonly ends: Ends;
  readonly now: Date;
}

/**
 * `<message>` to MESSAGE. Subject, language and text cross; the stanza's type does not [RFC 7572 §4].
 *
 * @returns A refusal as the stanza error to answer with.
 */
export function messageToSip(stanza: Element): Result<SipInstantMessage, StanzaError> {
  const said = childText(stanza, 'body');
  const text = isCorrection(stanza) ? markCorrected(said) : said;
  const body = Buffer.from(text, 'utf8');
  if (body.length > maxTextBytes) return refuse(stanzaError('policy-violation', `More than ${maxTextBytes} bytes`));
  const subject = childText(stanza, 'subject');
  const language = stanza.attributes['xml:lang'] ?? '';
  const headers: HeaderField[] = [['Content-Type', 'text/plain;charset=UTF-8']];
  if (subject !== '') headers.push(['Subject', escapeHeaderText(subject)]);
  if (isLanguageTag(language)) headers.push(['Content-Language', language]);
  return ok({ headers: [...headers, ...dateFields(stanza)], body });
}

/**
 * MESSAGE to `<message>`. No type, which is `normal` [RFC 7572 §5]; the Call-ID becomes the thread,
 * and a name that was asserted of the sender his nickname [XEP-0172 §4.4].
 *
 * @param body - Of the request, out of its envelope.
 * @returns A refusal as the status to answer with; 415 for every body that is not text in some form.
 */
export function messageFromSip(
  request: SipRequest,
  body: OpenedBody,
  { ends, now }: Sending,
): Result<Element, SipFailure> {
  // As an INVITE whose time is over is answered [RFC 3261 §13.3.1].
  if (isExpired(request.headers, now)) return refuse({ status: 487, reason: 'Message Has Expired' });
  const text = textOfBody(body.part);
  if (!text.ok) return text;
  const subject = request.headers.get('Subject') ?? '';
  const callId = request.headers.get('Call-ID') ?? '';
  const language = request.headers.get('Content-Language') ?? '';
  const delay = delayOf(request.headers, now);
  return ok(
    stanzaOf(
      'message',
      { ...ends, 'xml:lang': isLanguageTag(language) ? language : undefined },
      ...(subject === '' ? [] : [textElement('subject', subject)]),
      textElement('body', text.value),
      ...(callId === '' ? [] : [textElement('thread', callId)]),
      ...(body.disposition?.delivered === true ? [receiptRequest] : []),
      ...(delay === undefined ? [] : [delay]),
      ...nickname(request),
    ),
  );
}

function nickname({ headers }: SipRequest): readonly Element[] {
  const name = assertedName(headers);
  return name === undefined ? [] : [element('nick', nickNamespace, {}, xmlText(name))];
}

const textElement = (name: string, text: string): Element => element(name, namespaces.server, {}, xmlText(text));

/** The text of a child of the stanza itself; empty when there is none. */
export function childText(stanza: Element, name: string): string {
  const child = childOf(stanza, name, stanza.namespace);
  return child === undefined ? '' : textOf(child);
}

/** Letters, digits and hyphens, 35 characters at most: what peers accept as xml:lang. */
export const isLanguageTag = (text: string): boolean =>
  /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/.test(text) && text.length <= 35;
