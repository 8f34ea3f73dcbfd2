/** One body: a media type and octets, as the whole of a message, inside CPIM, or as a part of a multipart [RFC 2045, RFC 3261 §7.4]. */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { parseHead } from '../head-parser.ts';
import type { Headers } from '../headers.ts';
import type { SipRequest } from '../message.ts';
import { type Parameters, parseParameters } from '../parameters.ts';
import { cutBefore } from '../scan.ts';

export interface BodyPart {
  /** Lower case, without parameters; `text/plain` when nothing is said [RFC 2045 §5.2]. */
  readonly mediaType: string;
  /** Of the media type; empty when they cannot be read. */
  readonly parameters: Parameters;
  /** The octets stand for others: compressed, base64, quoted-printable. */
  readonly isEncoded: boolean;
  readonly content: Buffer;
}

export const bodyOf = ({ headers, body }: SipRequest): BodyPart => bodyPart(headers, body);

/**
 * A MIME entity: header fields, an empty line, and content. An entity that begins with the empty line has no fields.
 *
 * @returns A refusal when the empty line is missing or the fields cannot be read.
 */
export function parseEntity(bytes: Buffer): Result<BodyPart, string> {
  const split = splitHead(bytes);
  return split.ok ? ok(bodyPart(split.value.headers, split.value.rest)) : split;
}

export interface SplitHead {
  readonly headers: Headers;
  readonly rest: Buffer;
}

const emptyLine = '\r\n\r\n';

/** The fields up to the first empty line, and what follows it. */
export function splitHead(bytes: Buffer): Result<SplitHead, string> {
  // As if a line had gone before: then no fields at all look like any other number of them.
  const whole = Buffer.concat([Buffer.from('\r\n'), bytes]);
  const end = whole.indexOf(emptyLine);
  if (end < 0) return refuse('the header fields do not end');
  const { headers, problem } = parseHead(whole.subarray(0, end));
  return problem === undefined ? ok({ headers, rest: whole.subarray(end + emptyLine.length) }) : refuse(problem);
}

/** Encodings that change no octet [RFC 2045 §6.2]. */
const identities: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary']);

function bodyPart(headers: Headers, content: Buffer): BodyPart {
  const [mediaType, rest] = cutBefore(headers.get('Content-Type') ?? 'text/plain', ';');
  const parameters = parseParameters(rest);
  const transfer = headers.get('Content-Transfer-Encoding')?.toLowerCase();
  return {
    mediaType: mediaType.trim().toLowerCase(),
    parameters: parameters.ok ? parameters.value : new Map(),
    isEncoded: headers.has('Content-Encoding') || (transfer !== undefined && !identities.has(transfer)),
    content,
  };
}
