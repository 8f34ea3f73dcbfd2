import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { maxSdpBytes, maxSdpLines, maxSdpMedia } from '../../../../src/gateway/sip/limits.ts';
import { parseSdp, printSdp } from '../../../../src/gateway/sip/session/sdp.ts';

const head = 'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=session\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n';
const parse = (text: string) => parseSdp(Buffer.from(text));

/** As pidgin-sipe 1.25 sends it. */
const fromSipe = `${head}m=message 15063 sip null\r\na=accept-types:text/plain text/html image/gif application/im-iscomposing+xml\r\n`;

describe('a session description', () => {
  it('gives its media, with the types that messages may have', () => {
    expect(parse(fromSipe)).toEqual({
      ok: true,
      value: [
        {
          name: 'message',
          port: 15_063,
          protocol: 'sip',
          formats: ['null'],
          acceptTypes: ['text/plain', 'text/html', 'image/gif', 'application/im-iscomposing+xml'],
        },
      ],
    });
  });

  it('keeps several media in their order; the types belong to the one before them', () => {
    const media = parse(
      `${head}m=audio 49170/2 RTP/AVP 0 8\nm=x-ms-message 5060 sip sip:a@b\na=accept-types:Text/Plain\n`,
    );
    expect(media).toMatchObject({
      value: [
        { name: 'audio', port: 49_170, formats: ['0', '8'], acceptTypes: [] },
        { name: 'x-ms-message', acceptTypes: ['text/plain'] },
      ],
    });
  });

  it.each([
    ['', 'begins with v=0'],
    ['v=1\r\n', 'begins with v=0'],
    [`${head}m=message\r\n`, 'a name, a port and a protocol'],
    [`${head}m=message 65536 sip\r\n`, 'a name, a port and a protocol'],
    [`${head}m=message -1 sip\r\n`, 'a name, a port and a protocol'],
    [`${head}hello\r\n`, 'a letter'],
    [`v=0\r\n${'a=x\r\n'.repeat(maxSdpLines)}`, 'too many lines'],
    [`v=0\r\n${'m=message 1 sip\r\n'.repeat(maxSdpMedia + 1)}`, 'too many media'],
    [`v=0\r\na=${'x'.repeat(maxSdpBytes)}\r\n`, 'too long'],
  ])('%j is refused: %s', (text, reason) => {
    expect(parse(text)).toEqual({ ok: false, error: expect.stringContaining(reason) });
  });

  it('never throws, whatever the bytes are', () => {
    const lines = fc.array(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `m=${text}`),
        fc.constant('m=message 1 sip'),
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          lines.map((all) => Buffer.from(`v=0\r\n${all.join('\r\n')}`)),
        ),
        (bytes) => {
          expect(typeof parseSdp(Buffer.from(bytes)).ok).toBe('boolean');
        },
      ),
    );
  });

  it('that we write is read as what was written', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9/.+-]{0,20}$/);
    const medium = fc.record({
      name: word,
      port: fc.integer({ min: 0, max: 65_535 }),
      protocol: word,
      formats: fc.array(word, { maxLength: 4 }),
      acceptTypes: fc.array(word, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(medium, { maxLength: maxSdpMedia }), (media) => {
        expect(parseSdp(printSdp('2001:db8::1', media))).toEqual({ ok: true, value: media });
      }),
    );
  });
});
