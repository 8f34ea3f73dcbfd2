/** The torture messages of RFC 4475, byte-exact from its appendix. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { parseMessage } from '../../../src/gateway/sip/message-parser.ts';
import { writeMessage } from '../../../src/gateway/sip/message-writer.ts';
import { decodedUser, parseSipUri } from '../../../src/gateway/sip/sip-uri.ts';

const folder = join(import.meta.dirname, '../../vectors/rfc4475');
const read = (name: string): Buffer => readFileSync(join(folder, `${name}.dat`));

/** RFC 4475 §3.1.1, §3.2, §3.3, §3.4: well-formed messages, however odd. */
const valid = [
  'wsinv',
  'intmeth',
  'esc01',
  'escnull',
  'esc02',
  'lwsdisp',
  'longreq',
  'dblreq',
  'semiuri',
  'transports',
  'mpart01',
  'unreason',
  'noreason',
  'unkscm',
  'novelsc',
  'unksm2',
  'bext01',
  'invut',
  'regaut01',
  'bcast',
  'zeromf',
  'cparam01',
  'cparam02',
  'regescrt',
  'sdp01',
  'inv2543',
];

/** RFC 4475 §3.1.2 and §3.3 where refusing is asked for; `test` is a broken file the archive also holds. */
const invalid: Readonly<Record<string, number>> = {
  badinv01: 400,
  clerr: 400,
  ncl: 400,
  scalar02: 400,
  scalarlg: 400,
  quotbal: 400,
  lwsruri: 400,
  badvers: 505,
  mismatch01: 400,
  mismatch02: 501,
  bigcode: 400,
  insuf: 400,
  multi01: 400,
  mcl01: 400,
  test: 400,
};

/** Where the RFC leaves the choice, ours: strict, unless the header is of no use to us. */
const ours: Readonly<Record<string, boolean>> = {
  ltgtruri: false,
  lwsstart: false,
  trws: false,
  escruri: false,
  regbadct: false,
  badaspec: true,
  baddn: false,
  baddate: true,
  badbranch: true,
};

describe('RFC 4475 torture messages', () => {
  it('are all 50 there', () => {
    const names = readdirSync(folder).map((file) => file.replace('.dat', ''));
    expect(names.toSorted()).toEqual([...valid, ...Object.keys(invalid), ...Object.keys(ours)].toSorted());
    expect([valid.length, Object.keys(invalid).length]).toEqual([26, 15]);
  });

  it.each(valid)('%s MUST be parsed', (name) => {
    expect(parseMessage(read(name))).toMatchObject({ ok: true });
  });

  it.each(Object.entries(invalid))('%s MUST be refused with %i', (name, status) => {
    expect(parseMessage(read(name))).toMatchObject({ ok: false, error: { status } });
  });

  it.each(Object.entries(ours))('%s is our choice: accepted %s', (name, accepted) => {
    expect(parseMessage(read(name)).ok).toBe(accepted);
  });

  it.each(valid)('%s is the same message after writing and parsing again', (name) => {
    const first = parseMessage(read(name));
    if (!first.ok) throw new Error(first.error.reason);
    const second = parseMessage(writeMessage(first.value));
    expect(second).toMatchObject({ ok: true });
    if (!second.ok) return;
    expect(second.value.headers.without('Content-Length').fields).toEqual(
      first.value.headers.without('Content-Length').fields,
    );
    expect(second.value.body.equals(first.value.body)).toBe(true);
  });
});

function parsed(name: string) {
  const message = parseMessage(read(name));
  if (!message.ok) throw new Error(message.error.reason);
  return message.value;
}

describe('what the torture messages mean', () => {
  it('wsinv: folded, compact and oddly cased headers are the same headers', () => {
    const { headers } = parsed('wsinv');
    expect(headers.getAll('Via')).toHaveLength(3);
    expect(headers.get('Max-Forwards')).toBe('0068');
    expect(headers.get('subject')).toBe('');
    expect(headers.get('NewFangledHeader')).toBe('newfangled value continued newfangled value');
    expect(headers.get('contact')).toContain('newvalue');
  });

  it('longreq: all 34 Via elements are found', () => {
    expect(parsed('longreq').headers.getAll('v')).toHaveLength(34);
  });

  it('dblreq: bytes after Content-Length in a datagram are ignored', () => {
    expect(parsed('dblreq')).toMatchObject({ kind: 'request', method: 'REGISTER', body: Buffer.alloc(0) });
  });

  it('esc02: an escaped header name is another header', () => {
    expect(parsed('esc02').headers.getAll('Contact')).toHaveLength(2);
  });

  it('mpart01: a binary body keeps every byte', () => {
    expect(parsed('mpart01').body).toHaveLength(553);
  });

  it('escnull: the message is legal, the user name is refused', () => {
    const message = parsed('escnull');
    const uri = parseSipUri(/<(.*)>/.exec(message.headers.get('To') ?? '')?.[1] ?? message.headers.get('To') ?? '');
    expect(uri).toMatchObject({ ok: true });
    if (uri.ok) expect(decodedUser(uri.value)).toMatchObject({ ok: false });
  });

  it('semiuri: the user part reaches to the first at sign', () => {
    const message = parsed('semiuri');
    const uri = parseSipUri(message.kind === 'request' ? message.requestUri : '');
    expect(uri).toMatchObject({ ok: true, value: { user: 'user;par=u%40example.net', host: 'example.com' } });
  });

  it('unreason: a reason phrase may be any text', () => {
    expect(parsed('unreason')).toMatchObject({ status: 200, reason: expect.stringContaining('девяносто') });
  });

  it('noreason: a reason phrase may be missing', () => {
    expect(parsed('noreason')).toMatchObject({ status: 100, reason: '' });
  });

  it('badvers, mismatch01: the refusal can be answered', () => {
    for (const name of ['badvers', 'mismatch01']) {
      expect(parseMessage(read(name))).toMatchObject({ error: { request: { method: 'OPTIONS' } } });
    }
  });

  it('bigcode, scalarlg: a malformed response is never answered', () => {
    for (const name of ['bigcode', 'scalarlg']) {
      const message = parseMessage(read(name));
      expect(message.ok ? message.value : message.error.request).toBeUndefined();
    }
  });
});
