/**
 * The first message inside an INVITE: `ms-text-format: text/plain; charset=UTF-8; ms-body=<base64>`. Who sends it repeats it
 * as a MESSAGE unless the 200 claims to have taken it, which ours never does [seen from pidgin-sipe 1.25].
 */
import { type HeaderField, Headers } from '../headers.ts';
import type { SipRequest } from '../message.ts';
import { parseParameters } from '../parameters.ts';
import { cutBefore, unquote } from '../scan.ts';

/** What a MESSAGE would carry. */
export interface FirstMessage {
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
}

export interface SessionNames {
  readonly userAor: string;
  readonly contactAor: string;
  readonly callId: string;
}

/** A request as if the user had sent it by itself to the contact. */
export function asIfSent(
  method: 'MESSAGE' | 'BYE',
  { userAor, contactAor, callId }: SessionNames,
  { headers, body }: FirstMessage = nothing,
): SipRequest {
  const all = Headers.of([
    ['From', `<${userAor}>`],
    ['To', `<${contactAor}>`],
    ['Call-ID', callId],
    ['CSeq', `1 ${method}`],
    ...headers,
  ]);
  return { kind: 'request', method, requestUri: contactAor, headers: all, body };
}

const nothing: FirstMessage = { headers: [], body: Buffer.alloc(0) };

/** Nothing when there is none, and when it cannot be read. */
export function firstMessageIn({ headers }: SipRequest): FirstMessage | undefined {
  const [mediaType, rest] = cutBefore(headers.get('ms-text-format') ?? '', ';');
  const parameters = parseParameters(rest);
  const encoded = parameters.ok ? unquote(parameters.value.get('ms-body') ?? '') : '';
  if (encoded === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const charset = parameters.ok ? (parameters.value.get('charset') ?? 'UTF-8') : 'UTF-8';
  return {
    headers: [['Content-Type', `${mediaType.trim()};charset=${charset}`]],
    body: Buffer.from(encoded, 'base64'),
  };
}
