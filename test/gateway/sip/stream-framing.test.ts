import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { maxHeaderSectionBytes } from '../../../src/gateway/sip/limits.ts';
import { type Frame, StreamFramer } from '../../../src/gateway/sip/stream-framing.ts';

const message = (callId: string, body: string): string =>
  [
    'MESSAGE sip:bob@contoso.example SIP/2.0',
    'Via: SIP/2.0/TCP 127.0.0.1:5070;branch=z9hG4bK1',
    'From: <sip:alice@contoso.example>;tag=a',
    'To: <sip:bob@contoso.example>',
    `Call-ID: ${callId}`,
    'CSeq: 1 MESSAGE',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');

const push = (text: string): readonly Frame[] => new StreamFramer().push(Buffer.from(text));
function shown(frame: Frame): string {
  if (frame.type !== 'message') return frame.type;
  return frame.message.ok
    ? `${frame.message.value.headers.get('Call-ID')}:${String(frame.message.value.body)}`
    : `refused ${frame.message.error.status}`;
}

describe('messages in a stream [RFC 3261 §18.3]', () => {
  it('two pipelined requests are two messages', () => {
    expect(push(message('c1', 'hello') + message('c2', 'wörld')).map(shown)).toEqual(['c1:hello', 'c2:wörld']);
  });

  it('however the bytes are cut, the messages are the same', () => {
    const bytes = Buffer.from(`${message('c1', 'hello')}\r\n\r\n${message('c2', '')}\r\n${message('c3', '\r\n\r\n')}`);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        const framer = new StreamFramer();
        const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const frames = places.slice(1).flatMap((end, index) => framer.push(bytes.subarray(places[index], end)));
        expect(frames.map(shown)).toEqual(['c1:hello', 'ping', 'c2:', 'c3:\r\n\r\n']);
      }),
    );
  });

  it('byte by byte, 64 KiB arrive whole', () => {
    const framer = new StreamFramer();
    const bytes = Buffer.from(message('c1', 'x'.repeat(64 * 1024)));
    let frames: readonly Frame[] = [];
    for (let at = 0; at < bytes.length; at += 1) frames = [...frames, ...framer.push(bytes.subarray(at, at + 1))];
    expect(frames).toHaveLength(1);
    expect(framer.isInsideMessage).toBe(false);
  });

  it('knows that it waits for the rest of a message', () => {
    const framer = new StreamFramer();
    framer.push(Buffer.from(message('c1', 'hello').slice(0, -1)));
    expect(framer.isInsideMessage).toBe(true);
    framer.push(Buffer.from('o'));
    expect(framer.isInsideMessage).toBe(false);
  });

  it('a double CRLF between messages is a ping, a single one is nothing [RFC 5626 §4.4.1]', () => {
    expect(push('\r\n\r\n').map(shown)).toEqual(['ping']);
    expect(push('\r\n').map(shown)).toEqual([]);
    expect(push(`\r\n${message('c1', '')}`).map(shown)).toEqual(['c1:']);
  });

  it('a malformed message with a known length does not harm the next one', () => {
    const bad = message('c1', 'hello').replace('CSeq: 1 MESSAGE', 'CSeq: 1 INVITE');
    expect(push(bad + message('c2', '')).map(shown)).toEqual(['refused 400', 'c2:']);
  });

  it.each([
    ['Content-Length is missing', message('c1', '').replace('Content-Length: 0\r\n', ''), 400],
    ['Content-Length is not a number', message('c1', '').replace('Content-Length: 0', 'Content-Length: 0x1'), 400],
    ['the body is announced too long', message('c1', '').replace('Content-Length: 0', 'Content-Length: 99999999'), 413],
    ['the header section does not end', `MESSAGE sip:a SIP/2.0\r\nX: ${'x'.repeat(maxHeaderSectionBytes)}`, 400],
    ['a TLS handshake arrives on the TCP port', '\u0016\u0003\u0001', 400],
  ])('MUST give up the stream when %s', (_why, text, status) => {
    const framer = new StreamFramer();
    expect(framer.push(Buffer.from(text))).toMatchObject([{ type: 'broken', failure: { status } }]);
    expect(framer.push(Buffer.from(message('c2', '')))).toEqual([]);
  });
});
