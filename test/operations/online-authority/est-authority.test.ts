import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { writeCertificateRequest } from '../../../src/certificates/pkcs10.ts';
import type { CertificateRenewal } from '../../../src/config/certificate-renewal.ts';
import { authorityFor } from '../../../src/operations/online-authority/authority-for.ts';
import { operationUrl } from '../../../src/operations/online-authority/est/est-exchange.ts';
import { isCodedError } from '../../../src/primitives/errors.ts';
import { Secret } from '../../../src/primitives/secret.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type EstReply, estServer, type TestEstServer } from './est-server.ts';

const now = (): Date => new Date();
const store = { folder: '/nonexistent' };
const names = ['sip.contoso.example', 'contoso.example'] as const;

async function newOrder() {
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  const planned = names.map((name) => ({ name: { kind: 'dns', name } as const, reason: '' }));
  const subject = [{ type: '2.5.4.3', text: names[0] }];
  const plan = { subject, names: planned, ...serverProfile('ECDSA_P256', false), template: undefined };
  return { key, order: { csr: writeCertificateRequest(plan, key), names } };
}

const settings = (server: TestEstServer, more: Partial<CertificateRenewal> = {}): CertificateRenewal => ({
  authority: `est:${server.url}`,
  rootsPath: server.rootFile,
  ...more,
});

function passwordFile(text: string, mode = 0o600): string {
  const file = path.join(temporaryFolder(), 'password');
  writeFileSync(file, text, { mode });
  return file;
}

/** What comes of one enrolment. */
async function enrolled(renewal: CertificateRenewal) {
  const { order, key } = await newOrder();
  const authority = await authorityFor(renewal, { now, store });
  return { chain: await authority.issue(order), key };
}

/** What an enrolment fails with when the server answers so. */
async function failure(server: TestEstServer, reply: EstReply, operation = '/simpleenroll', more = {}) {
  server.script = ({ path: at }) => (at.endsWith(operation) ? reply : undefined);
  try {
    await enrolled(settings(server, more));
  } catch (error) {
    if (isCodedError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('simpleenroll [RFC 7030 §4.2.1]', () => {
  it('gives the issued certificate and the authorities below the root, in order', async () => {
    const server = await estServer();
    const { chain, key } = await enrolled(settings(server));
    const [leaf, issuer, ...rest] = chain.map((der) => new X509Certificate(der));
    expect(leaf?.checkPrivateKey(key.privateKey)).toBe(true);
    expect(leaf?.subjectAltName).toBe('DNS:sip.contoso.example, DNS:contoso.example');
    expect([leaf?.issuer, issuer?.subject, rest]).toEqual(['CN=EST Issuing', 'CN=EST Issuing', []]);
  });

  it('asks for the authorities first, and sends the request as base64 of its DER', async () => {
    const server = await estServer();
    await enrolled(settings(server));
    const [first, second] = server.requests;
    expect(server.requests.map(({ method, path: at }) => [method, at])).toEqual([
      ['GET', '/.well-known/est/cacerts'],
      ['POST', '/.well-known/est/simpleenroll'],
    ]);
    expect(first?.body).toBe('');
    expect(second?.headers['content-type']).toBe('application/pkcs10');
    const read = execFileSync('openssl', 'req -inform DER -noout -verify -text'.split(' '), {
      input: Buffer.from(second?.body ?? '', 'base64'),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    expect(read).toContain('DNS:sip.contoso.example');
  });

  it.each([
    ['https://est.contoso.com', '/.well-known/est/cacerts'],
    ['https://est.contoso.com/', '/.well-known/est/cacerts'],
    ['https://est.contoso.com/.well-known/est/edge', '/.well-known/est/edge/cacerts'],
    ['https://est.contoso.com/.well-known/est/edge/', '/.well-known/est/edge/cacerts'],
  ])('finds cacerts of %s under %s [RFC 7030 §3.2.2]', (base, expected) => {
    expect(operationUrl(new URL(base), 'cacerts').pathname).toBe(expected);
  });

  it('takes base64 in lines [RFC 8951 §3.1]', async () => {
    const server = await estServer();
    server.script = ({ body, method }) =>
      method === 'POST'
        ? { status: 200, body: `${server.pack(server.issue(body)).replaceAll(/.{64}/g, '$&\r\n')}\r\n` }
        : undefined;
    expect((await enrolled(settings(server))).chain).toHaveLength(2);
  });
});

describe('simplereenroll [RFC 7030 §4.2.2]', () => {
  it('shows the certificate that is to be succeeded', async () => {
    const server = await estServer();
    const first = await enrolled(settings(server));
    const { order } = await newOrder();
    const chain = first.chain.map((der) => new X509Certificate(der).toString()).join('');
    const pem = first.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const authority = await authorityFor(settings(server), { now, store });
    await authority.issue({ ...order, successorOf: { key: new Secret(pem), chain } });
    expect(server.requests.slice(2).map(({ path: at, clientName }) => [at, clientName])).toEqual([
      ['/.well-known/est/cacerts', undefined],
      ['/.well-known/est/simplereenroll', 'sip.contoso.example'],
    ]);
  });
});

describe('a server that asks for a password [RFC 7030 §3.2.3]', () => {
  const challenge = { status: 401, headers: { 'WWW-Authenticate': 'Digest realm="x", Basic realm="est"' } };
  const expected = `Basic ${Buffer.from('edge01:Pa55wörd').toString('base64')}`;

  it('gets it, and not before it has asked', async () => {
    const server = await estServer();
    server.script = ({ method, headers }) =>
      method === 'POST' && headers.authorization !== expected ? challenge : undefined;
    const est = { userName: 'edge01', passwordFile: passwordFile('Pa55wörd\n') };
    expect((await enrolled(settings(server, { est }))).chain).toHaveLength(2);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined, expected]);
  });

  it('that does not take it is not asked a third time', async () => {
    const server = await estServer();
    const est = { userName: 'edge01', passwordFile: passwordFile('wrong') };
    const error = await failure(server, challenge, '/simpleenroll', { est });
    expect([error.id, error.reason]).toEqual(['AuthorityRefused', expect.stringContaining('does not take')]);
    expect(server.requests).toHaveLength(3);
    expect(JSON.stringify(error)).not.toContain('wrong');
  });

  it('while none is known is told to the administrator, with the parameter', async () => {
    const error = await failure(await estServer(), challenge);
    expect([error.id, error.fix[0]]).toEqual([
      'AuthorityRefused',
      'xgw get-help request-certificate -Parameter EstUserName',
    ]);
  });

  it('is not given one out of a file that others can read', async () => {
    const est = { userName: 'edge01', passwordFile: passwordFile('secret', 0o644) };
    const server = await estServer();
    await expect(enrolled(settings(server, { est }))).rejects.toMatchObject({ id: 'KeyFileExposed' });
    expect(server.requests).toEqual([]);
  });
});

describe('an answer that is no certificate', () => {
  it('but 202 is pending for as long as the server says [RFC 7030 §4.2.3]', async () => {
    const server = await estServer();
    const inSeconds = await failure(server, { status: 202, headers: { 'Retry-After': '120' } });
    expect(inSeconds).toMatchObject({ id: 'AuthorityPending', retryAfterMs: 120_000 });
    const at = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000).toUTCString();
    const { retryAfterMs } = (await failure(server, { status: 202, headers: { 'Retry-After': at } })) as never;
    expect(retryAfterMs).toBeGreaterThan(50_000);
    expect(retryAfterMs).toBeLessThan(62_000);
    expect(await failure(server, { status: 202 })).toMatchObject({ retryAfterMs: 3_600_000 });
    const endless = await failure(server, { status: 202, headers: { 'Retry-After': '999999999' } });
    expect(endless).toMatchObject({ retryAfterMs: 86_400_000 });
  });

  it('but a refusal is told in the words of the server, made safe and short', async () => {
    const server = await estServer();
    const words = `no such profile\u001b[31m ${'x'.repeat(9000)}`;
    const headers = { 'Content-Type': 'text/plain' };
    const { id, reason = '' } = await failure(server, { status: 400, headers, body: words });
    expect([id, reason.length < 400]).toEqual(['AuthorityRefused', true]);
    expect(reason).toContain('it answers 400: "no such profile\\u{1b}[31m xx');
  });

  it.each<[string, EstReply, string, string]>([
    ['an error of the server', { status: 503 }, 'AuthorityUnreachable', 'it answers 503'],
    [
      'another server',
      { status: 307, headers: { Location: 'https://evil.example/' } },
      'AuthorityRefused',
      'evil.example',
    ],
    ['nothing', { status: 200 }, 'AuthorityAnswerUnusable', 'not base64'],
    ['HTML', { status: 200, headers: { 'Content-Type': 'text/html' }, body: '<p>' }, 'AuthorityAnswerUnusable', 'type'],
    ['base64 of something else', { status: 200, body: 'AAAA' }, 'AuthorityAnswerUnusable', 'not PKCS#7'],
    ['half a PKCS#7', { status: 200, body: 'MIIBAAYJKoZIhvcNAQcC' }, 'AuthorityAnswerUnusable', 'not PKCS#7'],
    ['DER without base64', { status: 200, body: Buffer.from([0x30, 0x80]) }, 'AuthorityAnswerUnusable', 'not base64'],
    ['300 kB', { status: 200, body: 'A'.repeat(300_000) }, 'AuthorityAnswerUnusable', 'more than 262144 bytes'],
  ])('but %s is refused', async (_, reply, id, reason) => {
    const error = await failure(await estServer(), reply);
    expect([error.id, error.reason]).toEqual([id, expect.stringContaining(reason)]);
  });

  it('for our key is refused', async () => {
    const server = await estServer();
    const error = await failure(server, { status: 200, body: server.pack(server.serverCertificate.chain) });
    expect([error.id, error.reason]).toEqual(['AuthorityAnswerUnusable', expect.stringContaining('another key')]);
  });

  it('with too many certificates is refused', async () => {
    const server = await estServer();
    const many = Array.from({ length: 21 }, () => server.serverCertificate.chain);
    const error = await failure(server, { status: 200, body: server.pack(...many) });
    expect(error.reason).toContain('21 certificates');
  });

  it('to cacerts ends the enrolment before anything is asked for', async () => {
    const server = await estServer();
    const error = await failure(server, { status: 404 }, '/cacerts');
    expect([error.id, server.requests.length]).toEqual(['AuthorityRefused', 1]);
  });
});

describe('redirections [RFC 7030 §3.2.1]', () => {
  it('on the same server are followed, with the request', async () => {
    const server = await estServer();
    server.script = ({ path: at }) =>
      at.startsWith('/.well-known')
        ? { status: 307, headers: { Location: at.replace('/.well-known', '/moved') } }
        : undefined;
    expect((await enrolled(settings(server))).chain).toHaveLength(2);
    expect(server.requests.at(-1)?.path).toBe('/moved/est/simpleenroll');
  });

  it('in a circle end', async () => {
    const server = await estServer();
    const error = await failure(server, { status: 302, headers: { Location: '/.well-known/est/cacerts' } }, '/cacerts');
    expect([error.id, server.requests.length]).toEqual(['AuthorityRefused', 4]);
  });
});

describe('the server of an authority', () => {
  it('is believed under the named roots only', async () => {
    const server = await estServer();
    const other = await estServer();
    const error = await enrolled({ authority: `est:${server.url}`, rootsPath: other.rootFile }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ id: 'AuthorityUntrusted', fix: [expect.stringContaining('openssl s_client')] });
    await expect(enrolled({ authority: `est:${server.url}` })).rejects.toMatchObject({ id: 'AuthorityUntrusted' });
    expect(server.requests).toEqual([]);
  });

  it('is believed under its own name only', async () => {
    const server = await estServer();
    const authority = `est:${server.url.replace('localhost', '127.0.0.1')}`;
    await expect(enrolled(settings(server, { authority }))).rejects.toMatchObject({ id: 'AuthorityUntrusted' });
  });

  it('that is not there is unreachable', async () => {
    const server = await estServer();
    const authority = 'est:https://localhost:1';
    await expect(enrolled(settings(server, { authority }))).rejects.toMatchObject({ id: 'AuthorityUnreachable' });
  });

  it.each([
    'est:http://est.contoso.com',
    'est:https://u:p@est.contoso.com',
    'est:',
    'scep:https://x',
    'est:https://x#y',
  ])('is not %s', async (authority) => {
    await expect(authorityFor({ authority }, { now, store })).rejects.toMatchObject({ id: 'InvalidValue' });
  });
});

it('an interruption ends the exchange', async () => {
  const server = await estServer();
  const { order } = await newOrder();
  const authority = await authorityFor(settings(server), { now, store });
  await expect(authority.issue(order, AbortSignal.abort())).rejects.toMatchObject({ id: 'Interrupted' });
});
