/**
 * What a MESSAGE says, whatever form it came in: plain text, HTML, RTF, the text among alternatives or with what belongs to
 * it [RFC 2046 §5.1, RFC 2387], each of them bare or in a CPIM envelope [RFC 3862]. Text is the truth: formatting does not
 * cross. Everything else is a 415 with what is accepted.
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { type BodyPart, bodyOf } from '../sip/bodies/body-part.ts';
import { cpimType, parseCpim } from '../sip/bodies/cpim.ts';
import { htmlToText } from '../sip/bodies/html-text.ts';
import { type DispositionAsked, dispositionAsked } from '../sip/bodies/imdn.ts';
import { isComposingType } from '../sip/bodies/is-composing.ts';
import { parseMultipart } from '../sip/bodies/multipart.ts';
import { rtfToText } from '../sip/bodies/rtf-text.ts';
import type { SipRequest } from '../sip/message.ts';
import { unquote } from '../sip/scan.ts';
import type { SipFailure } from './failure.ts';

/** Bytes of text that cross in one message, in either direction. Source: 128 kB is what servers in the field take. */
export const maxTextBytes = 128 * 1024;

const alternativeType = 'multipart/alternative';
const relatedType = 'multipart/related';
const mixedType = 'multipart/mixed';
const multiparts = [alternativeType, relatedType, mixedType];

/** Bodies a MESSAGE may have, as the Accept header of a 415 says them; the best first. */
export const acceptedBodies = ['text/plain', 'text/html', 'text/rtf', ...multiparts, cpimType, isComposingType].join(
  ', ',
);

/** Envelopes and multiparts inside each other. Source: own choice; clients use one of each. */
const maxNesting = 4;

const unsupported: SipFailure = { status: 415, reason: 'Unsupported Media Type' };

export interface OpenedBody {
  readonly part: BodyPart;
  /** What its sender asks to be told of the message. */
  readonly disposition?: DispositionAsked | undefined;
}

/** The body of a request out of its CPIM envelope, if it has one. */
export function openBody(request: SipRequest): Result<OpenedBody, SipFailure> {
  if (request.body.length > maxTextBytes) return refuse({ status: 413, reason: 'Message Too Large' });
  return openEnvelope(bodyOf(request));
}

function openEnvelope(part: BodyPart): Result<OpenedBody, SipFailure> {
  if (part.isEncoded) return refuse(unsupported);
  if (part.mediaType !== cpimType) return ok({ part });
  const inside = parseCpim(part.content);
  if (!inside.ok) return refuse({ status: 400, reason: 'Bad CPIM' });
  // An envelope in an envelope is nobody's message.
  const { entity, envelope } = inside.value;
  if (entity.isEncoded || entity.mediaType === cpimType) return refuse(unsupported);
  return ok({ part: entity, disposition: dispositionAsked(envelope) });
}

/** @returns A refusal as the status to answer with. */
export function textOfBody(part: BodyPart, nesting = 0): Result<string, SipFailure> {
  if (part.isEncoded || nesting > maxNesting) return refuse(unsupported);
  if (part.mediaType === 'text/plain') return decode(part);
  if (part.mediaType === 'text/html') {
    const html = decode(part);
    return html.ok ? ok(htmlToText(html.value)) : html;
  }
  if (part.mediaType === 'text/rtf' || part.mediaType === 'application/rtf') {
    const text = rtfToText(part.content);
    return text.ok ? text : refuse({ status: 400, reason: 'Bad RTF' });
  }
  return multiparts.includes(part.mediaType) ? textOfParts(part, nesting) : refuse(unsupported);
}

function textOfParts(multipart: BodyPart, nesting: number): Result<string, SipFailure> {
  const parts = parseMultipart(multipart);
  if (!parts.ok) return refuse({ status: 400, reason: 'Bad Multipart' });
  if (multipart.mediaType === mixedType) return textOfAll(parts.value, nesting);
  // All alternatives say the same; of what belongs together the first is the text, and pictures in it are not.
  const plain = parts.value.filter(({ mediaType }) => mediaType === 'text/plain');
  for (const part of multipart.mediaType === alternativeType ? [...plain, ...parts.value] : parts.value) {
    const text = textOfBody(part, nesting + 1);
    if (text.ok) return text;
  }
  return refuse(unsupported);
}

/** Each part says something of its own: when one of them cannot cross, the message has not arrived [RFC 2046 §5.1.3]. */
function textOfAll(parts: readonly BodyPart[], nesting: number): Result<string, SipFailure> {
  const texts: string[] = [];
  for (const part of parts) {
    const text = textOfBody(part, nesting + 1);
    if (!text.ok) return text;
    texts.push(text.value);
  }
  return ok(texts.join('\n'));
}

/** Character sets in which an octet is a character of the same number. */
const latin1: ReadonlySet<string> = new Set(['us-ascii', 'iso-8859-1']);

/** Without a mark of its own UTF-16 has the higher octet first [RFC 2781 §4.3]. */
const byMark = ({ content }: BodyPart): string =>
  content[0] === 0xff && content[1] === 0xfe ? 'utf-16le' : 'utf-16be';

function decode(part: BodyPart): Result<string, SipFailure> {
  const { parameters, content } = part;
  const charset = unquote(parameters.get('charset') ?? 'utf-8').toLowerCase();
  if (latin1.has(charset)) return ok(content.toString('latin1'));
  if (!['utf-8', 'utf-16', 'utf-16le', 'utf-16be'].includes(charset)) return refuse(unsupported);
  const decoder = new TextDecoder(charset === 'utf-16' ? byMark(part) : charset, { fatal: true });
  try {
    return ok(decoder.decode(content));
  } catch {
    return refuse({ status: 400, reason: 'Text Does Not Fit Its Charset' });
  }
}
