/** What a name server may answer to an update, and which of it counts [RFC 8945 §5.3]. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { sendUpdate } from '../../../src/operations/dns/send-update.ts';
import { signed } from '../../../src/operations/dns/tsig.ts';
import { parseTsigKey, type TsigKey } from '../../../src/operations/dns/tsig-key.ts';
import { readUpdateAnswer } from '../../../src/operations/dns/update-answer.ts';
import { updateMessage } from '../../../src/operations/dns/update-message.ts';

const keyOf = (fill: number): TsigKey => {
  const key = parseTsigKey(`hmac-sha256:xgw:${Buffer.alloc(32, fill).toString('base64')}`);
  if (!key.ok) throw new Error(key.error);
  return key.value;
};
const key = keyOf(1);
const now = new Date('2026-11-23T12:00:00Z');
const name = '_xmpp-server._tcp.contoso.example';
const set = {
  zone: 'contoso.example',
  name,
  type: 'SRV',
  before: [],
  data: ['0 0 5269 edge.contoso.example.'],
} as const;
const asked = signed(updateMessage({ id: 4711, zone: set.zone, changes: [set], ttl: 300 }), key, now);

const u16 = (...values: readonly number[]): Buffer => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]));
const wire = (label: string): Buffer => Buffer.from(`${String.fromCharCode(label.length)}${label}\0`, 'latin1');

interface Signing {
  readonly code?: number;
  readonly id?: number;
  readonly fill?: number;
  readonly at?: Date;
  readonly error?: number;
}

/** As a server signs: written from RFC 8945 §4.3 and §5.3, not with the code under test. */
function answered({ code = 0, id = 4711, fill = 1, at = now, error = 0 }: Signing = {}): Buffer {
  const message = u16(id, 0xa800 | code, 0, 0, 0, 0);
  const seconds = Buffer.alloc(6);
  seconds.writeUIntBE(at.getTime() / 1000, 0, 6);
  const variables = [wire('xgw'), u16(255, 0, 0), wire('hmac-sha256'), seconds, u16(300, error, 0)];
  const mac = createHmac('sha256', Buffer.alloc(32, fill))
    .update(Buffer.concat([u16(asked.mac.length), asked.mac, message, ...variables]))
    .digest();
  const data = Buffer.concat([wire('hmac-sha256'), seconds, u16(300, mac.length), mac, u16(id, error, 0)]);
  const bytes = Buffer.concat([message, wire('xgw'), u16(250, 255, 0, 0, data.length), data]);
  bytes.writeUInt16BE(1, 10);
  return bytes;
}

const read = (bytes: Buffer) => readUpdateAnswer(bytes, asked, key, now);

describe('an answer to an update', () => {
  it('is success when it is signed with our key, now, for this update', () => {
    expect(read(answered())).toEqual({ ok: true, value: 'NOERROR' });
  });

  it.each([
    ['signed with another key', answered({ fill: 2 }), 'the answer is not signed with this key'],
    ['not signed', u16(4711, 0xa800, 0, 0, 0, 0), 'the answer is not signed'],
    ['to another update', answered({ id: 4712 }), 'the answer is not to this update'],
    ['a question', u16(4711, 0x2800, 0, 0, 0, 0), 'the answer is not to this update'],
    ['of another day', answered({ at: new Date(now.getTime() - 86_400_000) }), expect.stringContaining('another time')],
    ['a yes whose signature says no', answered({ error: 16 }), expect.stringContaining('signature no')],
    ['cut off', answered().subarray(0, -1), 'the answer is not signed'],
  ])('is not believed when it is %s', (_, bytes, why) => {
    expect(read(bytes)).toEqual({ ok: false, error: why });
  });

  it('is a refusal without a signature too, with what it says of ours', () => {
    expect(read(u16(4711, 0xa805, 0, 0, 0, 0))).toEqual({ ok: true, value: 'REFUSED' });
    for (const [error, word] of [
      [16, 'BADSIG'],
      [17, 'BADKEY'],
      [18, 'BADTIME'],
    ] as const)
      expect(read(answered({ code: 9, error }))).toEqual({ ok: true, value: word });
  });

  it('is not success, whichever bit of header, time or signature is changed, and whatever bytes it is', () => {
    // Names are not part of the signature's input: ours are.
    const bits = fc.oneof(fc.nat(12 * 8 - 1), fc.integer({ min: 40 * 8, max: 82 * 8 - 1 }));
    fc.assert(
      fc.property(bits, (bit) => {
        const bytes = answered();
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(read(bytes)).not.toEqual({ ok: true, value: 'NOERROR' });
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(read(Buffer.from(bytes))).not.toEqual({ ok: true, value: 'NOERROR' });
      }),
    );
  });
});

describe('an update demands what was seen', () => {
  it('no set, or exactly this one, and changes only what differs [RFC 2136 §2.4, §2.5]', () => {
    const empty = updateMessage({ id: 1, zone: set.zone, changes: [set], ttl: 300 });
    expect([empty.readUInt16BE(2), empty.readUInt16BE(6), empty.readUInt16BE(8)]).toEqual([5 << 11, 1, 1]);
    const before = ['0 0 5269 edge.contoso.example.', '5 0 5269 old.example.'];
    const whole = updateMessage({ id: 1, zone: set.zone, changes: [{ ...set, before }], ttl: 300 });
    expect([whole.readUInt16BE(6), whole.readUInt16BE(8)]).toEqual([2, 1]);
  });
});

describe('a name server that does not answer', () => {
  it.each([
    ['hangs up', (_: (bytes: Buffer) => void, end: () => void) => end(), true],
    ['sends half of an answer', (write: (bytes: Buffer) => void, end: () => void) => (write(u16(500, 1)), end()), true],
  ])('is no success when it %s, and it is said that the update may have been done', async (_, act, wasSent) => {
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .once('data', () =>
          act(
            (bytes) => void socket.write(bytes),
            () => socket.end(),
          ),
        ),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const options = { timeoutMs: 5000, signal: new AbortController().signal };
    const sent = await sendUpdate(asked.bytes, { host: '127.0.0.1', port }, options);
    server.close();
    expect(sent).toMatchObject({ ok: false, error: { wasSent } });
  });
});

describe('a TSIG key', () => {
  const secret = Buffer.alloc(32, 7).toString('base64');

  it.each([
    ['as tsig-keygen writes it', `key "Xgw" {\n\talgorithm hmac-sha512;\n\tsecret "${secret}";\n};\n`, 'hmac-sha512'],
    ['with comments', `// ours\nkey xgw. { algorithm hmac-sha256; # strong\n secret "${secret}"; };`, 'hmac-sha256'],
    ['in the short form', `hmac-sha256:xgw:${secret}\n`, 'hmac-sha256'],
  ])('is read %s, and does not show its secret', (_, text, algorithm) => {
    const read = parseTsigKey(text);
    expect(read).toMatchObject({ ok: true, value: { name: 'xgw', algorithm } });
    expect(JSON.stringify(read)).not.toContain(secret);
  });

  it.each([
    ['MD5', `hmac-md5:xgw:${secret}`],
    ['a short secret', 'hmac-sha256:xgw:c2hvcnQ='],
    ['no base64', 'hmac-sha256:xgw:????'],
    ['two keys', `key a { algorithm hmac-sha256; secret "${secret}"; }; key b { };`],
    ['a long file', 'x'.repeat(5000)],
  ])('is refused for %s', (_, text) => {
    expect(parseTsigKey(text).ok).toBe(false);
  });
});
