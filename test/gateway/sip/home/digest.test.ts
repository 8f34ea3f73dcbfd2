import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { createDigest, type DigestCredentials, nonceLifetimeMs } from '../../../../src/gateway/sip/home/digest.ts';
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

/** Alice answers a fresh challenge; `change` spoils the answer. */
function answerOf(challenge: string, change: (answer: string) => string = (answer) => answer, password = 'pw'): string {
  const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? '';
  const name = challenge.includes('SHA-256') ? 'sha256' : 'md5';
  const ha1 = hash(name, `alice:sip.example:${password}`);
  const response = hash(name, `${ha1}:${nonce}:00000001:0a:auth:${hash(name, 'MESSAGE:sip:bob@sip.example')}`);
  const algorithm = name === 'md5' ? 'MD5' : 'SHA-256';
  return change(
    `Digest username="alice",realm="sip.example",nonce="${nonce}",uri="sip:bob@sip.example",response="${response}",cnonce="0a",nc=00000001,qop=auth,algorithm=${algorithm}`,
  );
}
const alice = credentials('alice:sip.example:pw');
const check = (answers: readonly string[]) => ({
  method: 'MESSAGE',
  realm: 'sip.example',
  answers,
  credentialsOf: (username: string) => (username === 'alice' ? alice : undefined),
});
const verdictOf = ({ digest }: ReturnType<typeof setUp>, answer: string) => digest.verify(check([answer])).kind;

describe('digest authentication, test vectors', () => {
  // The nonces are not ours, so a right response is `stale` and a wrong one `wrong`.
  const { digest } = setUp();
  const verify = (answer: string, a1: string, method = 'GET') =>
    digest.verify({
      method,
      realm: /realm="([^"]*)"/.exec(answer)?.[1] ?? '',
      answers: [answer],
      credentialsOf: () => credentials(a1),
    }).kind;

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
    expect(verify(answer, a1)).toBe('stale');
    expect(verify(answer, `${a1}!`)).toBe('wrong');
    expect(verify(answer, a1, 'PUT')).toBe('wrong');
  });
});

describe('digest authentication [RFC 3261 §22, RFC 7616]', () => {
  it('challenges with MD5 alone, and with SHA-256 as the second only when that is switched on [RFC 8760 §2.3]', () => {
    expect(setUp().digest.challenges('sip.example', false)).toEqual([
      expect.stringMatching(/^Digest realm="sip\.example", algorithm=MD5, nonce="[0-9a-f]{44}", qop="auth"$/),
    ]);
    expect(setUp(true).digest.challenges('sip.example', false)).toEqual([
      expect.stringContaining('algorithm=MD5'),
      expect.stringContaining('algorithm=SHA-256'),
    ]);
  });

  it('lets in who knows the password, by either algorithm', () => {
    const world = setUp(true);
    for (const challenge of world.digest.challenges('sip.example', false)) {
      expect(world.digest.verify(check([answerOf(challenge)]))).toEqual({ kind: 'authenticated', username: 'alice' });
      expect(verdictOf(world, answerOf(challenge, undefined, 'wrong'))).toBe('wrong');
    }
  });

  it('takes the same nonce for several requests until it is old, and then says stale', () => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges('sip.example', false);
    world.clock.advance(nonceLifetimeMs);
    expect(verdictOf(world, answerOf(challenge))).toBe('authenticated');
    world.clock.advance(1);
    expect(verdictOf(world, answerOf(challenge))).toBe('stale');
    expect(verdictOf(world, answerOf(challenge, undefined, 'wrong'))).toBe('wrong');
    expect(world.digest.challenges('sip.example', true)).toEqual([expect.stringMatching(/, stale=true$/)]);
  });

  it('knows a nonce of its own by its seal, which holds time and realm', () => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges('sip.example', false);
    const nonce = /nonce="([^"]*)"/.exec(challenge)?.[1] ?? '';
    const later = `nonce="${'f'.repeat(12)}${nonce.slice(12)}"`;
    expect(verdictOf(world, answerOf(challenge.replace(/nonce="[^"]*"/, later)))).toBe('stale');
    const [elsewhere = ''] = world.digest.challenges('other.example', false);
    expect(verdictOf(world, answerOf(elsewhere))).toBe('stale');
  });

  it.each([
    ['an algorithm that was not offered', (answer: string) => answer.replace('algorithm=MD5', 'algorithm=MD5-sess')],
    ['qop=auth-int', (answer: string) => answer.replace('qop=auth', 'qop=auth-int')],
    ['another user', (answer: string) => answer.replace('alice', 'mallory')],
    ['another counter', (answer: string) => answer.replace('00000001', '00000002')],
    ['an empty response', (answer: string) => answer.replace(/response="[^"]*"/, 'response=""')],
    ['no response', (answer: string) => answer.replace(/response="[^"]*",/, '')],
  ])('refuses %s', (_, spoil) => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges('sip.example', false);
    expect(verdictOf(world, answerOf(challenge, spoil))).toBe('wrong');
  });

  it('lets nobody in as an unknown user, whatever stands for the password that is not there', () => {
    const { digest } = setUp();
    const [challenge = ''] = digest.challenges('sip.example', false);
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
    const [, challenge = ''] = digest.challenges('sip.example', false);
    const onlyMd5 = { ...check([answerOf(challenge)]), credentialsOf: () => ({ md5: alice.md5 }) };
    expect(digest.verify(onlyMd5).kind).toBe('wrong');
  });

  it('takes the answer for its own realm among several, and sees none in other schemes and in broken ones', () => {
    const world = setUp();
    const [challenge = ''] = world.digest.challenges('sip.example', false);
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
