/** What a user agent server does not do is answered by the first rule of RFC 3261 §8.2 that it breaks. */
import { describe, expect, it } from '@jest/globals';

import { type HeaderField, Headers } from '../../../src/gateway/sip/headers.ts';
import { uasRefusal } from '../../../src/gateway/sip/uas-refusal.ts';

interface Asked {
  readonly method?: string;
  readonly uri?: string;
  readonly to?: string;
  readonly headers?: readonly HeaderField[];
  readonly body?: string;
}

function refusal({ method = 'MESSAGE', uri = 'sip:bob@fabrikam.example', to = uri, headers = [], body = 'Hi' }: Asked) {
  const refused = uasRefusal({
    kind: 'request',
    method,
    requestUri: uri,
    headers: Headers.of([['From', '<sip:alice@contoso.example>;tag=1'], ['To', `<${to}>`], ...headers]),
    body: Buffer.from(body),
  });
  return refused && [refused.status, ...(refused.more.headers ?? []).map((field) => field.join(': '))];
}

const allowed = 'Allow: ACK, BYE, CANCEL, INFO, INVITE, MESSAGE, NOTIFY, OPTIONS, SUBSCRIBE, UPDATE';
const encoded: HeaderField = ['Content-Encoding', 'gzip'];
const required: HeaderField = ['Require', 'path, 100rel'];
const shown = (how: string): HeaderField => ['Content-Disposition', how];

describe('a request outside of sessions', () => {
  it.each<[string, Asked]>([
    ['a MESSAGE', {}],
    ['one that shows its body', { headers: [shown('Render;handling=required')] }],
    [
      'a SUBSCRIBE of Lync, with what proxies must know',
      { method: 'SUBSCRIBE', headers: [['Proxy-Require', 'ms-benotify']] },
    ],
    [
      'a SUBSCRIBE with a body that need not be read',
      { method: 'SUBSCRIBE', headers: [encoded, shown('x;handling=optional')] },
    ],
  ])('goes on when it is %s', (_title, asked) => expect(refusal(asked)).toBeUndefined());

  it.each(['REFER', 'PUBLISH', 'REGISTER', 'NOTIFY'])('%s MUST be 405 with Allow [§8.2.1]', (method) =>
    expect(refusal({ method })).toEqual([405, allowed]),
  );

  it.each(['SERVICE', 'NEGOTIATE', 'x-unheard'])('%s, which nobody knows, is 501 with Allow [§21.5.2]', (method) =>
    expect(refusal({ method })).toEqual([501, allowed]),
  );

  it.each(['BYE', 'INFO', 'PRACK', 'UPDATE'])('%s belongs to a session: 481 [§12.2.2]', (method) =>
    expect(refusal({ method })).toEqual([481]),
  );

  it.each([
    'sips:bob@fabrikam.example',
    'tel:+4512345678',
    'im:bob@fabrikam.example',
    'http://fabrikam.example/',
    'urn:x:y',
  ])('to %s SHOULD be 416 [§8.2.2.1, RFC 7247 §8]', (uri) => expect(refusal({ uri })).toEqual([416]));

  it('with sips in its To is 416: TLS on every hop is what nobody can promise [RFC 7247 §8]', () => {
    expect(refusal({ to: 'sips:bob@fabrikam.example' })).toEqual([416]);
  });

  it('MUST be 420 with every extension that it requires, in Unsupported [§8.2.2.3]', () => {
    expect(refusal({ headers: [required] })).toEqual([420, 'Unsupported: path, 100rel']);
  });

  it('MUST be 415 where its body is encoded or is not there to be shown [§8.2.3, §20.11]', () => {
    expect(refusal({ headers: [encoded] })).toEqual([415, 'Accept-Encoding: identity']);
    expect(refusal({ headers: [shown('icon;handling=required')] })).toEqual([415]);
    // A MESSAGE is nothing without its body: whoever sends it is told.
    expect(refusal({ headers: [shown('icon;handling=optional')] })).toEqual([415]);
    expect(refusal({ method: 'SUBSCRIBE', headers: [encoded, shown('x;handling=required')] })).toEqual([
      415,
      'Accept-Encoding: identity',
    ]);
  });

  it('that breaks several rules hears of the first: method, URI, extension, body [§8.2]', () => {
    const all = { uri: 'tel:+4512345678', headers: [required, encoded] };
    expect(refusal({ ...all, method: 'REFER' })?.[0]).toBe(405);
    expect(refusal(all)?.[0]).toBe(416);
    expect(refusal({ headers: all.headers })?.[0]).toBe(420);
    expect(refusal({ headers: [encoded] })?.[0]).toBe(415);
  });
});
