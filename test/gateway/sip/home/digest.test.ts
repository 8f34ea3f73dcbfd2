import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { createDigest } from '../../../../src/gateway/sip/home/digest.ts';
import {
  type DigestCredentials,
  isRightAnswer,
  parseDigestAnswer,
} from '../../../../src/gateway/sip/home/digest-answer.ts';
import { maxNonceCounters, Nonces, nonceLifetimeMs } from '../../../../src/gateway/sip/home/nonces.ts';
import { Secret } from '../../../../src/primitives/secret.ts';
import { movableClock } from '../../../support/movable-clock.ts';

const hash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');
const credentials = (a1: string): DigestCredentials => ({
  md5: new Secret(hash('md5', a1)),
  sha256: new Secret(hash('sha256', a1)),
});

function setUp(offerSha256 = false) {
  const clock = movableClock();
  const digest = createDigest({ clock, key: new Secret('k'), offerSha256: () => offerSha256 });
  return { clock, digest };
}

interface Answering {
  readonly password?: string;
  /** The nonce-count; null for an answer without qop. */
  readonly nc?: string | null;
  readonly cnonce?: string;
  readonly method?: string;
}

const usual = { password: 'pw', nc: '00000001', cnonce: '0a', method: 'MESSAGE' } as const;

/** Alice answers a fresh challenge; `change` spoils the answer. */
function answerOf(
  challenge: string,
  change: (answer: string) => string = (answer) => answer,
  answering: Answering = {},
): string {
  const { password, nc, cnonce, method } = { ...usual, ...answering };
  const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? '';
  const name = challenge.includes('SHA-256') ? 'sha256' : 'md5';
  const ha1 = hash(name, `alice:sip.example:${password}`);
  const protection = nc === null ? '' : `:${nc}:${cnonce}:auth`;
  const response = hash(name, `${ha1}:${nonce}${protection}:${hash(name, `${method}:sip:bob@sip.example`)}`);
  const counted = nc === null ? 'nc=00000001' : `cnonce="${cnonce}",nc=${nc},qop=auth`;
  const algorithm = name === 'md5' ? 'MD5' : 'SHA-256';
  return change(
    `Digest username="alice",realm="sip.example",nonce="${nonce}",uri="sip:bob@sip.example",response="${response}",${counted},algorithm=${algorithm}`,
  );
}
const home = { realm: 'sip.example', address: '192.0.2.1' };
const alice = credentials('alice:sip.example:pw');
const check = (answers: readonly string[]) => ({
  ...home,
  method: 'MESSAGE',
  answers,
  isHeld: () => false,
  credentialsOf: (username: string) => (username === 'alice' ? alice : undefined),
});
const verdictOf = ({ digest }: ReturnType<typeof setUp>, answer: string) => digest.verify(check([answer])).kind;

describe('digest authentication, test vectors', () => {
  const isRight = (answer: string, a1: string, method = 'GET') => {
    const parsed = parseDigestAnswer(answer);
    return parsed !== undefined && isRightAnswer(parsed, method, credentials(a1));
  };

  const rfc2617 =
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
  const rfc7616 = (algorithm: string, response: string) =>
    `Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth, response="${response}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;

  it.each([
    ['RFC 2617 §3.5', rfc2617, 'Mufasa:testrealm@host.com:Circle Of Life'],
    [
      'RFC 7616 §3.9.1, MD5',
      rfc7616('MD5', '8ca523f5e9506fed4657c9700eebdbec'),
      'Mufasa:http-auth@example.org:Circle of Life',
    ],
    [
      'RFC 7616 §3.9.1, SHA-256',
      rfc7616('SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'),
      'Mufasa:http-auth@example.org:Circle of Life',
    ],
    [
      'RFC 2069 §2.4 as corrected by its erratum 749, without qop and algorithm',
      'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", response="1949323746fe6a43ef61f9606e7febea", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
      'Mufasa:testrealm@host.com:CircleOfLife',
    ],
  ])('takes the response of %s', (_, answer, a1) => {
    expect(isRight(answer, a1)).toBe(true);
    expect(isRight(answer, `${a1}!`)).toBe(false);
    expect(isRight(answer, a1, 'PUT')).toBe(false);
  });
});

describe('digest authentication [RFC 3261 §22, RFC 7616]', () => {
  it('challenges with MD5 alone, and with SHA-256 as the second only when that is switched on [RFC 8760 §2.3]', () => {
    expect(setUp().digest.challenges(home, false)).toEqual([
      expect.stringMatching(/^Digest realm="sip\.example", algorithm=MD5, nonce="[0-9a-f]{52}", qop="auth"$/),
    ]);
    expect(setUp(true).digest.challenges(home, false)).toEqual([
      expect.stringContaining('algorithm=MD5'),
      expect.stringContaining('algorithm=SHA-256'),
    ]);
  });

  it('lets in who knows the password, by either algorithm', () => {
    const world = setUp(true);
    for (const challenge of world.digest.challenges(home, false)) {
      const answer = answerOf(challenge, undefined, { cnonce: challenge.includes('SHA-256') ? '0b' : '0a' });
      expect(world.digest.verify(check([answer]))).toEqual({ kind: 'authenticated', username: 'alice' });
      expect(verdictOf(world, answerOf(challenge, undefined, { password: 'wrong' }))).toBe('wrong');
    }
  });

  it('takes the same nonce for several requests until it is old, and then says stale', () => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges(home, false);
    expect(verdictOf(world, answerOf(challenge))).toBe('authenticated');
    world.clock.advance(nonceLifetimeMs);
    expect(verdictOf(world, answerOf(challenge, undefined, { nc: '00000002' }))).toBe('authenticated');
    world.clock.advance(1);
    expect(verdictOf(world, answerOf(challenge, undefined, { nc: '00000003' }))).toBe('stale');
    expect(world.digest.challenges(home, true)).toEqual([expect.stringMatching(/, stale=true$/)]);
  });

  it('knows a nonce of its own by its seal, which holds time, realm and the address it was given to', () => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges(home, false);
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? '';
    const later = `nonce="${'f'.repeat(12)}${nonce.slice(12)}"`;
    expect(verdictOf(world, answerOf(challenge.replace(/nonce="[^"]*"/, later)))).toBe('stale');
    const [elsewhere = ''] = world.digest.challenges({ ...home, realm: 'other.example' }, false);
    expect(verdictOf(world, answerOf(elsewhere))).toBe('stale');
    const [toOthers = ''] = world.digest.challenges({ ...home, address: '192.0.2.2' }, false);
    expect(verdictOf(world, answerOf(toOthers))).toBe('stale');
  });

  it('tells nobody whether a password is right who does not answer a live nonce', () => {
    const world = setUp();
    const own = 'Digest realm="sip.example", algorithm=MD5, nonce="of my own making"';
    expect(verdictOf(world, answerOf(own))).toBe('stale');
    expect(verdictOf(world, answerOf(own, undefined, { password: 'wrong' }))).toBe('stale');
  });

  it('gives every challenge a nonce of its own, at one instant too', () => {
    const { digest } = setUp();
    expect(digest.challenges(home, false)).not.toEqual(digest.challenges(home, false));
  });

  it('looks at no answer of a user for whom passwords are held', () => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges(home, false);
    for (const password of ['pw', 'wrong']) {
      const held = { ...check([answerOf(challenge, undefined, { password })]), isHeld: () => true };
      expect(world.digest.verify(held)).toEqual({ kind: 'held', username: 'alice' });
    }
  });

  describe('against replay [RFC 7616 §3.4]', () => {
    it('MUST take each count of a nonce once, and none that is lower; a nonce serves several methods', () => {
      const world = setUp();
      const [challenge = ''] = world.digest.challenges(home, false);
      const verdict = (nc: string, method = 'MESSAGE') =>
        world.digest.verify({ ...check([answerOf(challenge, undefined, { nc, method })]), method }).kind;
      expect(verdict('00000001')).toBe('authenticated');
      expect(verdict('00000001')).toBe('stale');
      expect(verdict('00000003', 'PUBLISH')).toBe('authenticated');
      expect(verdict('00000002')).toBe('stale');
      expect(verdict('0000000a', 'SUBSCRIBE')).toBe('authenticated');
    });

    it('counts for each cnonce by itself: some clients make a new one for each request and count none', () => {
      const world = setUp();
      const [challenge = ''] = world.digest.challenges(home, false);
      const verdict = (cnonce: string) => verdictOf(world, answerOf(challenge, undefined, { cnonce }));
      expect([verdict('0a'), verdict('0b'), verdict('0a')]).toEqual(['authenticated', 'authenticated', 'stale']);
    });

    it('lets in a client whose answers have no qop again, whatever it counts', () => {
      const world = setUp();
      const [challenge = ''] = world.digest.challenges(home, false);
      const answer = answerOf(challenge, undefined, { nc: null });
      expect([verdictOf(world, answer), verdictOf(world, answer)]).toEqual(['authenticated', 'authenticated']);
    });

    it('takes no count that is not eight hexadecimal digits', () => {
      const world = setUp();
      const [challenge = ''] = world.digest.challenges(home, false);
      for (const nc of ['1', '0x000001', '-0000001', '']) {
        expect(verdictOf(world, answerOf(challenge, undefined, { nc }))).toBe('stale');
      }
    });

    it('counts nothing for a wrong answer', () => {
      const world = setUp();
      const [challenge = ''] = world.digest.challenges(home, false);
      expect(verdictOf(world, answerOf(challenge, undefined, { nc: 'ffffffff', password: 'wrong' }))).toBe('wrong');
      expect(verdictOf(world, answerOf(challenge))).toBe('authenticated');
    });

    it('remembers a bounded number of counts, and trusts no nonce of which it may have forgotten some', () => {
      const clock = movableClock();
      const nonces = new Nonces(clock, new Secret('k'));
      const first = nonces.issue(home);
      expect(nonces.counts(first, 'c', '00000001')).toBe(true);
      clock.advance(1);
      const second = nonces.issue(home);
      for (let other = 0; other < maxNonceCounters; other += 1) nonces.counts(second, String(other), '00000001');
      expect(nonces.counts(first, 'c', '00000001')).toBe(false);
      clock.advance(1);
      expect(nonces.counts(nonces.issue(home), 'c', '00000001')).toBe(true);
    });
  });

  it.each([
    ['an algorithm that was not offered', (answer: string) => answer.replace('algorithm=MD5', 'algorithm=MD5-sess')],
    ['qop=auth-int', (answer: string) => answer.replace('qop=auth', 'qop=auth-int')],
    ['another user', (answer: string) => answer.replace('alice', 'mallory')],
    ['another counter', (answer: string) => answer.replace('nc=00000001', 'nc=00000002')],
    ['an empty response', (answer: string) => answer.replace(/response="[^"]*"/, 'response=""')],
    ['no response', (answer: string) => answer.replace(/response="[^"]*",/, '')],
  ])('refuses %s', (_, spoil) => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges(home, false);
    expect(verdictOf(world, answerOf(challenge, spoil))).toBe('wrong');
  });

  it('lets nobody in as an unknown user, whatever stands for the password that is not there', () => {
    const { digest } = setUp();
    const [challenge = ''] = digest.challenges(home, false);
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? '';
    const a2 = hash('md5', 'MESSAGE:sip:x');
    for (const ha1 of ['', '0'.repeat(32), 'undefined']) {
      const response = hash('md5', `${ha1}:${nonce}:${a2}`);
      const answer = `Digest username="eve", realm="sip.example", nonce="${nonce}", uri="sip:x", response="${response}"`;
      expect(verdictOf({ digest, clock: movableClock() }, answer)).toBe('wrong');
    }
  });

  it('refuses a user who has no SHA-256 value and answers with it', () => {
    const { digest } = setUp(true);
    const [, challenge = ''] = digest.challenges(home, false);
    const onlyMd5 = { ...check([answerOf(challenge)]), credentialsOf: () => ({ md5: alice.md5 }) };
    expect(digest.verify(onlyMd5).kind).toBe('wrong');
  });

  it('takes the answer for its own realm among several, and sees none in other schemes and in broken ones', () => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges(home, false);
    const foreign = 'Digest username="alice", realm="elsewhere", response="00"';
    expect(world.digest.verify(check([foreign, answerOf(challenge)])).kind).toBe('authenticated');
    const repeated = answerOf(challenge, (answer) => `${answer},nonce="x"`);
    for (const answer of [foreign, 'Basic YWxpY2U6cHc=', 'Digest', 'Digest realm', repeated]) {
      expect(verdictOf(world, answer)).toBe('missing');
    }
    expect(world.digest.verify(check([])).kind).toBe('missing');
  });

  it('never lets anybody in by chance, and never throws', () => {
    const world = setUp();
    const pieces = fc.constantFrom(
      'Digest ',
      'realm="sip.example"',
      'username="alice"',
      'response=',
      '"',
      ',',
      '=',
      'nonce=',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string())), (parts) => {
        expect(verdictOf(world, parts.join(''))).not.toBe('authenticated');
      }),
    );
  });
});
