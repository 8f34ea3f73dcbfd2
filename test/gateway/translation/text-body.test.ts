import { describe, expect, it } from '@jest/globals';

import { Headers } from '../../../src/gateway/sip/headers.ts';
import { maxTextBytes, openBody, textOfBody } from '../../../src/gateway/translation/text-body.ts';

/** The text of a MESSAGE with this body, or the status it is refused with. */
function read(contentType: string, body: string | Buffer, ...more: [string, string][]): string | number {
  const request = {
    kind: 'request',
    method: 'MESSAGE',
    requestUri: 'sip:bob@fabrikam.example',
    headers: Headers.of([['Content-Type', contentType], ...more]),
    body: Buffer.from(body),
  } as const;
  const opened = openBody(request);
  const text = opened.ok ? textOfBody(opened.value.part) : opened;
  return text.ok ? text.value : text.error.status;
}

const lines = (...of: string[]): string => of.join('\r\n');
const alternative = 'multipart/alternative; boundary=b1';
const cpim = (...entity: string[]): string =>
  lines('From: MR SANDERS <im:piglet@100akerwood.example>', 'DateTime: 2000-12-13T13:40:00-08:00', '', ...entity);

describe('text/plain', () => {
  it.each<[string, string | Buffer, string | number]>([
    ['text/plain', 'Grüße 你好', 'Grüße 你好'],
    ['Text/Plain; charset="UTF-8"; msgr=WAAtAE0A', 'Hello', 'Hello'],
    ['text/plain;charset=iso-8859-1', Buffer.from('Grüße', 'latin1'), 'Grüße'],
    ['text/plain;charset=us-ascii', 'Hello', 'Hello'],
    ['text/plain;charset="UTF-16"', Buffer.from('\ufeffGrüße 👋', 'utf16le'), 'Grüße 👋'],
    ['text/plain;charset=utf-16', Buffer.from('\ufeffGrüße', 'utf16le').swap16(), 'Grüße'],
    ['text/plain;charset=utf-16', Buffer.from('Grüße', 'utf16le').swap16(), 'Grüße'],
    ['text/plain;charset=utf-16le', Buffer.from('Grüße', 'utf16le'), 'Grüße'],
    ['text/plain;charset=utf-16', Buffer.from([0x00]), 400],
    ['text/plain;charset=koi8-r', 'Hello', 415],
    ['text/plain', Buffer.from([0xff]), 400],
  ])('%s', (type, body, text) => expect(read(type, body)).toBe(text));

  it('MUST be 415 where it is encoded', () => {
    expect(read('text/plain', 'H4sI', ['Content-Encoding', 'gzip'])).toBe(415);
    expect(read('text/plain', 'SGVsbG8=', ['Content-Transfer-Encoding', 'base64'])).toBe(415);
  });

  it('is 413 beyond the limit, before anything of it is read', () => {
    expect(read('text/html', '<'.repeat(maxTextBytes + 1))).toBe(413);
  });
});

describe('text/html', () => {
  it('crosses as its text', () => expect(read('text/html', '<p>one<br>two &amp; three</p>')).toBe('one\ntwo & three'));
});

describe('text/rtf', () => {
  it.each(['text/rtf', 'application/rtf'])('crosses as its text: %s', (type) =>
    expect(read(type, String.raw`{\rtf1\ansi {\b Hello}, \u19990?\par Alice}`)).toBe('Hello, 世\nAlice'),
  );
  it('is 400 when it is none', () => expect(read('text/rtf', 'Hello')).toBe(400));
});

describe('multipart/related and multipart/mixed [RFC 2387, RFC 2046 §5.1.3]', () => {
  const html = ['--b1', 'Content-Type: text/html', '', '<b>Look</b> <img src="cid:1">'];
  const picture = ['--b1', 'Content-Type: image/png', 'Content-ID: <1>', '', 'x'];
  const plain = ['--b1', '', 'And this'];

  it.each<[string, string, string[], string | number]>([
    ['the text that the pictures belong to', 'related', [...html, ...picture, '--b1--'], 'Look'],
    ['nothing when all that belongs together are pictures', 'related', [...picture, '--b1--'], 415],
    ['all texts of a mixture, in their order', 'mixed', [...html, ...plain, '--b1--'], 'Look\nAnd this'],
    ['nothing of a mixture with a picture: a part of it would be lost', 'mixed', [...plain, ...picture, '--b1--'], 415],
    ['nothing of what is broken', 'mixed', [...plain], 400],
  ])('gives %s', (_title, type, body, text) =>
    expect(read(`multipart/${type};boundary=b1`, lines(...body))).toBe(text),
  );

  it('gives the text of alternatives inside, as Lync nests them', () => {
    const inner = ['--b2', 'Content-Type: text/rtf', '', String.raw`{\rtf1 rich}`, '--b2', '', 'plain', '--b2--'];
    const body = ['--b1', 'Content-Type: multipart/alternative;boundary=b2', '', ...inner, ...picture, '--b1--'];
    expect(read('multipart/related;boundary=b1;type="multipart/alternative"', lines(...body))).toBe('plain');
  });
});

describe('multipart/alternative [RFC 2046 §5.1.4]', () => {
  const html = ['--b1', 'Content-Type: text/html', '', '<b>rich</b>'];
  const plain = ['--b1', 'Content-Type: text/plain;charset=utf-8', '', 'plain', 'and more'];

  it.each<[string, string[], string | number]>([
    ['the plain text, where it stands first', [...plain, ...html, '--b1--'], 'plain\r\nand more'],
    ['the plain text, where it stands last', [...html, ...plain, '--b1--', 'epilogue'], 'plain\r\nand more'],
    ['the formatted text, where there is no other', ['preamble', ...html, '--b1--'], 'rich'],
    ['a part without fields, which is plain text', ['--b1', '', 'bare', '--b1--'], 'bare'],
    [
      'the text although the other part is an image',
      ['--b1', 'Content-Type: image/png', '', 'x', ...plain, '--b1--'],
      'plain\r\nand more',
    ],
    ['nothing of an image', ['--b1', 'Content-Type: image/png', '', 'x', '--b1--'], 415],
    ['nothing without its end', [...plain], 400],
    ['nothing of a part without an empty line', ['--b1', 'Content-Type: text/plain', '--b1--'], 400],
    ['nothing of too many parts', [...Array.from({ length: 17 }, () => plain).flat(), '--b1--'], 400],
  ])('gives %s', (_title, body, text) => expect(read(alternative, lines(...body))).toBe(text));

  it('knows a boundary from a longer one inside', () => {
    const inner = [
      '--b1',
      'Content-Type: multipart/alternative;boundary=b12',
      '',
      '--b12',
      '',
      'inner',
      '--b12--',
      '--b1--',
    ];
    expect(read(alternative, lines(...inner))).toBe('inner');
  });

  it('ends at a depth', () => {
    let body = 'deep';
    for (let level = 9; level >= 1; level -= 1) {
      const type = level === 9 ? 'text/plain' : `multipart/alternative;boundary=b${level + 1}`;
      body = lines(`--b${level}`, `Content-Type: ${type}`, '', body, `--b${level}--`);
    }
    expect(read(alternative, body)).toBe(415);
  });

  it.each([
    ['multipart/alternative'],
    ['multipart/alternative;boundary=""'],
    [`multipart/alternative;boundary=${'b'.repeat(71)}`],
  ])('is 400 without a boundary that may be one: %s', (type) => expect(read(type, '--\r\n\r\nx\r\n----')).toBe(400));
});

describe('message/cpim [RFC 3862]', () => {
  it('gives the text inside', () => {
    expect(read('message/cpim', cpim('Content-Type: text/plain; charset=utf-8', '', 'Grüße'))).toBe('Grüße');
  });

  it('gives the text of HTML and of alternatives inside', () => {
    expect(read('Message/CPIM', cpim('Content-Type: text/html', '', '<i>Hi</i>'))).toBe('Hi');
    expect(read('message/cpim', cpim(`Content-Type: ${alternative}`, '', '--b1', '', 'Hi', '--b1--'))).toBe('Hi');
  });

  it('crosses where it asks for a disposition notification [RFC 5438 §7.1.1]', () => {
    const asks = lines(
      'NS: imdn <urn:ietf:params:imdn>',
      'imdn.Message-ID: 34jk324j',
      'imdn.Disposition-Notification: positive-delivery, display',
      cpim('Content-Type: text/plain', '', 'Hi'),
    );
    expect(read('message/cpim', asks)).toBe('Hi');
  });

  it.each<[string, string, number]>([
    ['requires an extension [§4.7]', `Require: MyFeatures.Vital\r\n${cpim('', 'Hi')}`, 400],
    ['is no envelope', 'Hello', 400],
    ['has no content', lines('From: <im:a@b.example>', '', ''), 400],
    ['holds another envelope', cpim('Content-Type: message/cpim', '', cpim('', 'Hi')), 415],
    ['holds an image', cpim('Content-Type: image/png', '', 'x'), 415],
    ['holds a disposition notification', cpim('Content-Type: message/imdn+xml', '', '<imdn/>'), 415],
    ['holds encoded text', cpim('Content-Type: text/plain', 'Content-Transfer-Encoding: base64', '', 'SGk='), 415],
  ])('is refused when it %s', (_title, body, status) => expect(read('message/cpim', body)).toBe(status));
});
