import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { Headers } from '../../../src/gateway/sip/headers.ts';
import { maxBodyBytes, maxHeaderFields, maxHeaderSectionBytes } from '../../../src/gateway/sip/limits.ts';
import type { SipRequest } from '../../../src/gateway/sip/message.ts';
import { parseMessage } from '../../../src/gateway/sip/message-parser.ts';
import { writeMessage } from '../../../src/gateway/sip/message-writer.ts';
import { responseTo } from '../../../src/gateway/sip/response-to.ts';
import { StreamFramer } from '../../../src/gateway/sip/stream-framing.ts';

const lines = (...extra: string[]): string[] => [
  'MESSAGE sip:bob@contoso.example SIP/2.0',
  'Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1;rport',
  'From: <sip:alice@contoso.example>;tag=a',
  'To: <sip:bob@contoso.example>',
  'Call-ID: c1',
  'CSeq: 1 MESSAGE',
  ...extra,
];
const message = (...extra: string[]): Buffer => Buffer.from(`${lines(...extra).join('\r\n')}\r\n\r\n`);

describe('message parser', () => {
  it.each([
    ['a lone LF ends a line', Buffer.from(lines('X: 1\nInjected: 1').join('\r\n').concat('\r\n\r\n'))],
    ['a lone CR stands in a line', Buffer.from(lines('X: 1\rInjected: 1').join('\r\n').concat('\r\n\r\n'))],
    [
      'the header section is not UTF-8',
      Buffer.concat([message().subarray(0, -2), Buffer.from('X: \xff\r\n\r\n', 'latin1')]),
    ],
    ['a line has no colon', message('no colon here')],
    ['a header name is not a token', message('Bad Name: x')],
    ['From occurs twice', message('f: <sip:mallory@contoso.example>;tag=m')],
    ['Content-Length is longer than the datagram', message('Content-Length: 1')],
    ['Content-Length is negative', message('Content-Length: -1')],
    ['Content-Length occurs twice', message('Content-Length: 0', 'l: 0')],
    ['Max-Forwards is above 255', message('Max-Forwards: 256')],
    ['the header section never ends', Buffer.from(lines().join('\r\n'))],
    ['nothing is there', Buffer.alloc(0)],
  ])('refuses with 400 when %s', (_why, bytes) => {
    expect(parseMessage(bytes)).toMatchObject({ ok: false, error: { status: 400 } });
  });

  it('tolerates line ends before the start line', () => {
    expect(parseMessage(Buffer.concat([Buffer.from('\r\n\r\n'), message()])).ok).toBe(true);
  });

  it('hands out a refused request that can be answered, and never an ACK', () => {
    expect(parseMessage(message('Max-Forwards: x'))).toMatchObject({ error: { request: { method: 'MESSAGE' } } });
    const ack = Buffer.from(String(message('Max-Forwards: x')).replaceAll('MESSAGE', 'ACK'));
    const refused = parseMessage(ack);
    expect(refused.ok ? 'accepted' : refused.error.request).toBeUndefined();
  });

  const sectionOf = (bytes: number): Buffer => {
    const other = lines('Content-Length: 0', 'X: ').join('\r\n').length;
    return message('Content-Length: 0', `X: ${'x'.repeat(bytes - other)}`);
  };
  const fieldsOf = (count: number): Buffer => {
    const other = lines('Content-Length: 0').length - 1;
    return message('Content-Length: 0', ...Array.from({ length: count - other }, () => 'X-Filler: 1'));
  };
  const bodyOf = (bytes: number): Buffer =>
    Buffer.concat([message(`Content-Length: ${bytes}`), Buffer.alloc(bytes, 'x')]);
  const to = (place: string): Buffer =>
    Buffer.from(String(message('Content-Length: 0')).replace('contoso.example SIP', `${place} SIP`));
  const hostOf = (characters: number): Buffer => to(`${'a.'.repeat(characters).slice(0, characters - 1)}b`);

  it.each([
    ['maxHeaderSectionBytes', sectionOf, maxHeaderSectionBytes, 400],
    ['maxHeaderFields', fieldsOf, maxHeaderFields, 400],
    ['maxBodyBytes', bodyOf, maxBodyBytes, 413],
    ['the length of a host name [RFC 1035 §2.3.4]', hostOf, 253, 400],
    ['Max-Forwards [RFC 3261 §20.22]', (hops) => message('Content-Length: 0', `Max-Forwards: ${hops}`), 255, 400],
    [
      'the number of CSeq [RFC 3261 §8.1.1.5]',
      (number) => Buffer.from(String(message('Content-Length: 0')).replace('CSeq: 1', `CSeq: ${number}`)),
      2 ** 31 - 1,
      400,
    ],
    ['a port', (port) => to(`b.example:${port}`), 65_535, 400],
  ] satisfies [string, (size: number) => Buffer, number, number][])(
    'takes what reaches %s, and refuses one more, in datagrams and on streams',
    (_limit, made, limit, status) => {
      expect(parseMessage(made(limit))).toMatchObject({ ok: true });
      expect(parseMessage(made(limit + 1))).toMatchObject({ ok: false, error: { status } });
      expect(new StreamFramer().push(made(limit))).toMatchObject([{ type: 'message', message: { ok: true } }]);
      const [frame] = new StreamFramer().push(made(limit + 1));
      const failure = frame?.type === 'broken' ? frame.failure : frame?.type === 'message' ? frame.message : undefined;
      expect(failure).toMatchObject(frame?.type === 'broken' ? { status } : { ok: false, error: { status } });
    },
  );

  it('discards what a datagram has behind the announced body, as much as a body may be and no more [RFC 3261 §18.3]', () => {
    const padded = (bytes: number): Buffer => Buffer.concat([message('Content-Length: 0'), Buffer.alloc(bytes, 'x')]);
    expect(parseMessage(padded(maxBodyBytes))).toMatchObject({ ok: true, value: { body: { length: 0 } } });
    expect(parseMessage(padded(maxBodyBytes + 1))).toMatchObject({ ok: false, error: { status: 413 } });
  });

  it('MUST refuse a start line that is folded: others could read the line after it as a part of it', () => {
    const folded = String(message('Content-Length: 0')).replace('\r\nVia:', '\r\n Via:');
    expect(parseMessage(Buffer.from(folded))).toMatchObject({ ok: false, error: { status: 400 } });
  });

  it('never repeats text of the peer in its reason', () => {
    for (const line of ['X: <sip:evil>;evil=1;evil=2', 'From: <sip:a@b>;evil=1;evil=2', 'To: <sip:a@b>;evil=']) {
      const parsed = parseMessage(Buffer.from(String(message()).replace(/(From|To): .*\r\n/, `${line}\r\n`)));
      expect(parsed.ok ? 'accepted' : parsed.error.reason).not.toMatch(/evil|^accepted$/);
    }
  });

  it.each([
    ['an open quote and spaces', `From: "${' '.repeat(60_000)}`],
    ['quotes', `From: ${'"'.repeat(60_000)}`],
    ['backslashes', `Contact: "${'\\'.repeat(60_000)}`],
    ['commas', `Contact: ${','.repeat(60_000)}`],
    ['semicolons', `Contact: <sip:a@b>${';'.repeat(60_000)}`],
    ['angle brackets', `Contact: ${'<'.repeat(60_000)}`],
    ['spaces', `X: a${' '.repeat(60_000)}b`],
    ['folds', `X: a${'\r\n '.repeat(20_000)}b`],
    ['percent signs', `Contact: <sip:${'%41'.repeat(20_000)}@b>`],
    ['labels', `Contact: <sip:a@${'a-'.repeat(30_000)}>`],
    ['slashes in Via', `Via: ${'/'.repeat(60_000)}`],
    ['digits', `X-Number: ${'9'.repeat(60_000)}`],
    ['words in a name', `Contact: ${'a '.repeat(30_000)}<sip:a@b>`],
  ])('ends on 60 kB of %s', (_what, line) => {
    expect(typeof parseMessage(message(line)).ok).toBe('boolean');
  });

  it('never throws, whatever a datagram holds', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        (bytes) => typeof parseMessage(Buffer.from(bytes)).ok === 'boolean',
      ),
    );
    const valid = message('Contact: <sip:alice@127.0.0.1:5070>', 'Content-Length: 0');
    fc.assert(
      fc.property(fc.nat(valid.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const bytes = Buffer.from(valid);
        bytes[at] = byte;
        return typeof parseMessage(bytes).ok === 'boolean';
      }),
    );
  });

  it('parse(write(message)) is the message', () => {
    const value = fc.stringMatching(/^[\x21-\x7e\u00a1-\u024f]([\x20-\x7e\u00a1-\u024f]{0,20}[\x21-\x7e])?$/);
    const request = fc.record({ subject: value, extra: value, body: fc.uint8Array({ maxLength: 100 }) }).map(
      ({ subject, extra, body }): SipRequest => ({
        kind: 'request',
        method: 'MESSAGE',
        requestUri: 'sip:bob@contoso.example',
        headers: Headers.of([
          ...lines()
            .slice(1)
            .map((line) => line.split(': ') as [string, string]),
          ['Subject', subject],
          ['X-Extra', extra],
        ]),
        body: Buffer.from(body),
      }),
    );
    fc.assert(
      fc.property(request, (one) => {
        const parsed = parseMessage(writeMessage(one));
        expect(parsed).toMatchObject({ ok: true, value: { method: one.method, requestUri: one.requestUri } });
        if (!parsed.ok) return;
        expect(parsed.value.headers.without('Content-Length').fields).toEqual(one.headers.fields);
        expect(parsed.value.body.equals(one.body)).toBe(true);
      }),
    );
  });
});

describe('message writer', () => {
  it('MUST NOT let a value begin a header of its own', () => {
    const parsed = parseMessage(message());
    if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('unexpected');
    const evil = parsed.value.headers.append('Subject', 'hi\r\nRoute: <sip:evil;lr>');
    expect(String(writeMessage({ ...parsed.value, headers: evil }))).not.toContain('\r\nRoute');
  });
});

describe('responses [RFC 3261 §8.2.6]', () => {
  const parsed = parseMessage(message('Record-Route: <sip:p1;lr>, <sip:p2;lr>', 'Timestamp: 54'));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('unexpected');
  const request = parsed.value;

  it('MUST copy Via, From, To, Call-ID and CSeq, and add a To tag', () => {
    const { headers } = responseTo(request, 404, 'local');
    expect(headers.fields).toEqual([
      ['Via', 'SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1;rport'],
      ['From', '<sip:alice@contoso.example>;tag=a'],
      ['To', '<sip:bob@contoso.example>;tag=local'],
      ['Call-ID', 'c1'],
      ['CSeq', '1 MESSAGE'],
    ]);
  });

  it('has no To tag in a 100, and gives the Timestamp back there', () => {
    const { headers } = responseTo(request, 100, 'local');
    expect([headers.get('To'), headers.get('Timestamp')]).toEqual(['<sip:bob@contoso.example>', '54']);
  });

  it('MUST copy Record-Route where a dialog may be created [RFC 3261 §12.1.1]', () => {
    const invite = { ...request, method: 'INVITE' };
    expect(responseTo(invite, 200, 'x').headers.getAll('Record-Route')).toEqual(['<sip:p1;lr>', '<sip:p2;lr>']);
    expect(responseTo(invite, 486, 'x').headers.has('Record-Route')).toBe(false);
    expect(responseTo(request, 200, 'x').headers.has('Record-Route')).toBe(false);
  });
});
