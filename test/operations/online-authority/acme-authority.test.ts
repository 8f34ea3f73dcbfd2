import { createHmac, X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { writeCertificateRequest } from '../../../src/certificates/pkcs10.ts';
import { type AcmeOptions, acmeAuthority } from '../../../src/operations/online-authority/acme/acme-authority.ts';
import type { ChallengeSolver } from '../../../src/operations/online-authority/acme/challenge-solver.ts';
import { exchange } from '../../../src/operations/online-authority/https-exchange.ts';
import type { Clock } from '../../../src/primitives/clock.ts';
import { type CodedError, isCodedError } from '../../../src/primitives/errors.ts';
import { Secret } from '../../../src/primitives/secret.ts';
import { acmeFiles } from '../../../src/store/acme-files.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type AcmeReply, acmeServer, type Json, problem, type TestAcmeServer } from './acme-server.ts';

const names = ['sip.contoso.example', 'contoso.example'] as const;

async function newOrder() {
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  const planned = names.map((name) => ({ name: { kind: 'dns', name } as const, reason: '' }));
  const plan = { subject: [], names: planned, ...serverProfile('ECDSA_P256', false), template: undefined };
  return { key, order: { csr: writeCertificateRequest(plan, key), names } };
}

/** Time passes as soon as somebody waits. */
function hastyClock(): { readonly clock: Clock; readonly waits: number[] } {
  const waits: number[] = [];
  const after = (ms: number, fire: () => void) => {
    waits.push(ms);
    setImmediate(fire);
    return { cancel: () => undefined };
  };
  return { waits, clock: { now: () => 0, wallTime: () => new Date('2026-11-23T10:00:00Z'), after } };
}

/** Answers nothing, and remembers what it was to answer. */
function idleSolver() {
  const presented: string[] = [];
  const withdrawn: string[] = [];
  const solver: ChallengeSolver = {
    type: 'http-01',
    async present(answers) {
      presented.push(...answers.map(({ domain, keyAuthorization }) => `${domain} ${keyAuthorization}`));
      return { wasAskedFor: () => false, withdraw: async () => void withdrawn.push('withdrawn') };
    },
  };
  return { solver, presented, withdrawn };
}

function authorityOf(server: TestAcmeServer, more: Partial<AcmeOptions['account']> = {}, folder = temporaryFolder()) {
  const { clock, waits } = hastyClock();
  const solving = idleSolver();
  const name = { directory: server.directory, eabKeyId: undefined };
  const account = { name, contact: [], eabKey: async () => undefined, ...more };
  const options = { server: { directoryUrl: new URL(server.directory), roots: [server.rootDer] }, account };
  const authority = acmeAuthority(
    { ...options, solver: solving.solver },
    { exchange, clock, files: acmeFiles(folder) },
  );
  return { authority, waits, folder, ...solving };
}

async function failure(work: Promise<unknown>): Promise<CodedError> {
  try {
    await work;
  } catch (error) {
    if (isCodedError(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** What an order fails with when the server answers so to requests for a resource. */
async function failureAt(server: TestAcmeServer, resource: string, reply: AcmeReply): Promise<CodedError> {
  server.script = ({ path: at }) => (at === resource ? reply : undefined);
  return await failure(authorityOf(server).authority.issue((await newOrder()).order));
}

const ordersIn = (folder: string): readonly string[] => readdirSync(path.join(folder, 'state', 'acme'));
const keyAuthorization = (token: string) => expect.stringMatching(new RegExp(`^\\S+ ${token}\\.[\\w-]{43}$`));

describe('an order [RFC 8555 §7.4]', () => {
  it('is placed, finalized and downloaded, with the certificate first', async () => {
    const server = await acmeServer();
    const { authority, folder } = authorityOf(server);
    const { order, key } = await newOrder();
    const [leaf, issuer] = (await authority.issue(order)).map((der) => new X509Certificate(der));
    expect(leaf?.checkPrivateKey(key.privateKey)).toBe(true);
    expect([leaf?.issuer, ordersIn(folder)]).toEqual([issuer?.subject, []]);
    expect(server.asked()).toEqual(['POST /account', 'POST /order', 'POST /finalize', 'POST /certificate']);
    expect(server.requests.at(-1)?.headers.accept).toBe('application/pem-certificate-chain');
  });

  it('is waited for while the server works, as long as it says', async () => {
    const server = await acmeServer();
    server.slowness = 2;
    const { authority, waits } = authorityOf(server);
    expect(await authority.issue((await newOrder()).order)).toHaveLength(2);
    expect(waits).toEqual([7000, 7000]);
    expect(server.asked().filter((each) => each === 'POST /finalize')).toHaveLength(1);
  });

  it('is left, and told to be pending, when the server takes longer than anybody waits', async () => {
    const server = await acmeServer();
    const order = () => ({ json: server.order('processing') });
    server.script = ({ path: at }) => (/finalize|order\/1/.test(at) ? order() : undefined);
    const { authority, waits, folder } = authorityOf(server);
    expect((await failure(authority.issue((await newOrder()).order))).id).toBe('AuthorityPending');
    expect(waits.slice(0, 3)).toEqual([500, 1000, 2000]);
    expect([waits.length < 40, ordersIn(folder).length]).toEqual([true, 1]);
  });

  it('is left at once when the server wants to be asked tomorrow', async () => {
    const server = await acmeServer();
    server.script = ({ path: at }) =>
      at === '/finalize' ? { json: server.order('processing'), headers: { 'Retry-After': '80000' } } : undefined;
    const { authority, waits } = authorityOf(server);
    expect(await failure(authority.issue((await newOrder()).order))).toMatchObject({ retryAfterMs: 80_000_000 });
    expect(waits).toEqual([]);
  });

  it('that becomes invalid is told in the words of the server, and forgotten', async () => {
    const server = await acmeServer();
    const error = { type: 'urn:ietf:params:acme:error:caa', detail: 'CAA \u001b[31mforbids', subproblems: [] };
    server.script = ({ path: at }) => (at === '/finalize' ? { json: server.order('invalid', { error }) } : undefined);
    const { authority, folder } = authorityOf(server);
    const failed = await failure(authority.issue((await newOrder()).order));
    expect([failed.id, failed.reason]).toEqual(['AuthorityRefused', 'caa: "CAA \\u{1b}[31mforbids"']);
    expect(ordersIn(folder)).toEqual([]);
  });
});

describe('an order that was interrupted', () => {
  it('is taken up where it was: neither placed nor finalized again', async () => {
    const server = await acmeServer();
    const { order } = await newOrder();
    const first = authorityOf(server);
    server.script = ({ path: at }) => (at === '/certificate' ? { isCut: true } : undefined);
    expect((await failure(first.authority.issue(order))).id).toBe('AuthorityUnreachable');
    server.script = undefined;
    server.requests.splice(0);
    await authorityOf(server, {}, first.folder).authority.issue(order);
    expect(server.asked()).toEqual(['POST /order/1', 'POST /certificate']);
  });

  it.each<[string, (server: TestAcmeServer) => AcmeReply]>([
    ['has forgotten', () => problem('malformed', 'no such order', 404)],
    ['has given up', (server) => ({ json: server.order('invalid') })],
  ])('and that the server %s is placed again', async (_, reply) => {
    const server = await acmeServer();
    const { order } = await newOrder();
    const first = authorityOf(server);
    server.script = ({ path: at }) => (at === '/finalize' ? { isCut: true } : undefined);
    await failure(first.authority.issue(order));
    let isAsked = false;
    server.script = ({ path: at }) => {
      if (at !== '/order/1' || isAsked) return undefined;
      isAsked = true;
      return reply(server);
    };
    server.requests.splice(0);
    expect(await authorityOf(server, {}, first.folder).authority.issue(order)).toHaveLength(2);
    expect(server.asked().slice(0, 2)).toEqual(['POST /order/1', 'POST /order']);
  });

  it('is not taken for that of another request', async () => {
    const server = await acmeServer();
    const first = authorityOf(server);
    server.script = ({ path: at }) => (at === '/finalize' ? { isCut: true } : undefined);
    await failure(first.authority.issue((await newOrder()).order));
    server.script = undefined;
    server.requests.splice(0);
    await authorityOf(server, {}, first.folder).authority.issue((await newOrder()).order);
    expect(server.asked()[0]).toBe('POST /order');
  });

  it('by the administrator says so, and asks no further', async () => {
    const server = await acmeServer();
    const stop = new AbortController();
    server.script = ({ path: at }) => {
      if (at === '/finalize') stop.abort();
      return undefined;
    };
    const { authority, folder } = authorityOf(server);
    expect((await failure(authority.issue((await newOrder()).order, stop.signal))).id).toBe('Interrupted');
    expect([server.asked().at(-1), ordersIn(folder).length]).toEqual(['POST /finalize', 1]);
  });
});

describe('nonces [RFC 8555 §6.5]', () => {
  it('that are refused are replaced by the one that comes with the refusal', async () => {
    const server = await acmeServer();
    let left = 3;
    server.script = ({ path: at }) => (at === '/order' && left-- > 0 ? problem('badNonce', 'stale', 400) : undefined);
    await authorityOf(server).authority.issue((await newOrder()).order);
    expect(server.asked().filter((each) => each === 'POST /order')).toHaveLength(4);
    expect(server.requests.filter(({ method }) => method === 'HEAD')).toHaveLength(1);
  });

  it('of a server that refuses them all come to an end', async () => {
    const server = await acmeServer();
    const failed = await failureAt(server, '/account', problem('badNonce', 'never', 400));
    expect([failed.id, failed.reason]).toEqual(['AuthorityAnswerUnusable', expect.stringContaining('20 in a row')]);
    expect(server.asked()).toHaveLength(20);
  });

  it('that are not base64url are ignored', async () => {
    const server = await acmeServer();
    const failed = await failureAt(server, '/nonce', { headers: { 'Replay-Nonce': 'a b"c' } });
    expect([failed.id, failed.reason]).toEqual(['AuthorityAnswerUnusable', 'it gives no nonce']);
  });
});

describe('an account [RFC 8555 §7.3]', () => {
  it('is made once, with its contacts and the terms agreed to, and told by its URL afterwards', async () => {
    const server = await acmeServer();
    const terms: string[] = [];
    server.script = ({ path: at }) => (at === '/dir' ? { json: { ...server.resources(), meta } } : undefined);
    const meta = { termsOfService: 'https://ca.example/terms' };
    const more = { contact: ['mailto:admin@contoso.example'], onTerms: (url: string) => void terms.push(url) };
    const { folder, authority } = authorityOf(server, more);
    await authority.issue((await newOrder()).order);
    await authorityOf(server, more, folder).authority.issue((await newOrder()).order);
    const made = server.requests.filter(({ path: at }) => at === '/account');
    expect(made.map(({ payload }) => payload)).toEqual([{ termsOfServiceAgreed: true, contact: more.contact }]);
    expect(terms).toEqual(['https://ca.example/terms']);
    const [file = ''] = readdirSync(path.join(folder, 'keys'));
    expect(JSON.parse(readFileSync(path.join(folder, 'keys', file), 'utf8'))).toMatchObject({
      url: `${server.url}/account/1`,
    });
  });

  it('is told of other contacts, and not when a request names none', async () => {
    const server = await acmeServer();
    const { folder, authority } = authorityOf(server);
    await authority.issue((await newOrder()).order);
    const contact = ['mailto:other@contoso.example'];
    await authorityOf(server, { contact }, folder).authority.issue((await newOrder()).order);
    await authorityOf(server, { contact }, folder).authority.issue((await newOrder()).order);
    await authorityOf(server, {}, folder).authority.issue((await newOrder()).order);
    const told = server.requests.filter(({ path: at }) => at === '/account/1');
    expect(told.map(({ payload }) => payload)).toEqual([{ contact }]);
  });

  it('that the server has forgotten is made again with the same key', async () => {
    const server = await acmeServer();
    const { folder, authority } = authorityOf(server);
    await authority.issue((await newOrder()).order);
    server.keys.clear();
    expect(await authorityOf(server, {}, folder).authority.issue((await newOrder()).order)).toHaveLength(2);
    const keys = server.requests.filter(({ path: at }) => at === '/account').map(({ header }) => header['jwk'] as Json);
    expect([keys.length, keys[0]]).toEqual([2, keys[1]]);
  });

  it('that the server forgets again and again is not made for ever', async () => {
    const server = await acmeServer();
    const failed = await failureAt(server, '/order', problem('accountDoesNotExist', 'who?', 400));
    expect([failed.id, server.asked().length]).toEqual(['AuthorityRefused', 4]);
  });

  it('is bound to the one that the authority knows: our key under its HMAC [RFC 8555 §7.3.4]', async () => {
    const server = await acmeServer();
    const name = { directory: server.directory, eabKeyId: 'kid-1' };
    const eabKey = async () => new Secret(Buffer.from('shared key').toString('base64url'));
    await authorityOf(server, { name, eabKey }).authority.issue((await newOrder()).order);
    const { payload, header } = server.requests.find(({ path: at }) => at === '/account') ?? {};
    const binding = payload?.['externalAccountBinding'] as Json;
    const decoded = (part: string): unknown => JSON.parse(Buffer.from(binding[part], 'base64url').toString());
    expect(decoded('protected')).toEqual({ alg: 'HS256', kid: 'kid-1', url: `${server.url}/account` });
    expect(decoded('payload')).toEqual(header?.['jwk']);
    const mac = createHmac('sha256', 'shared key').update(`${binding['protected']}.${binding['payload']}`);
    expect(binding['signature']).toBe(mac.digest('base64url'));
  });
});

describe('proofs [RFC 8555 §7.5]', () => {
  const token = 'DGyRejmCefe7v4NfDGDKfA';

  /** An order whose names have to be proven; `verdict` is what the authority finds. */
  async function unproven(verdict: (index: number) => string, challenge: (url: string) => Json = () => ({})) {
    const server = await acmeServer();
    const told = new Set<string>();
    server.firstStatus = 'pending';
    server.script = ({ path: at }) => {
      const [, kind, number = '0'] = /^\/(authz|challenge)\/(\d)$/.exec(at) ?? [];
      const index = Number(number);
      if (kind === 'challenge') told.add(number);
      const url = `${server.url}/challenge/${index}`;
      const status = told.has(number) ? verdict(index) : 'pending';
      const error = { type: 'urn:ietf:params:acme:error:connection', detail: `refused ${index}` };
      const answer = { type: 'http-01', status, url, token, ...(status === 'invalid' && { error }), ...challenge(url) };
      if (kind === 'challenge') return { json: answer };
      if (kind !== 'authz') return undefined;
      const identifier = { type: 'dns', value: names[index] };
      return { json: { status, identifier, challenges: [{ type: 'dns-99' }, answer] } };
    };
    return server;
  }

  it('are shown for all names together, while the authority looks, and taken back', async () => {
    const server = await unproven(() => 'valid');
    const { authority, presented, withdrawn } = authorityOf(server);
    expect(await authority.issue((await newOrder()).order)).toHaveLength(2);
    expect(presented).toEqual([keyAuthorization(token), keyAuthorization(token)]);
    expect([presented[0]?.split(' ')[0], presented[1]?.split(' ')[0], withdrawn.length]).toEqual([...names, 1]);
    const told = server.requests.filter(({ path: at }) => at.startsWith('/challenge'));
    expect(told.map(({ payload }) => payload)).toEqual([{}, {}]);
  });

  it('that fail are all named, with the words of the authority and what was seen here', async () => {
    const server = await unproven(() => 'invalid');
    const { authority, withdrawn, folder } = authorityOf(server);
    const failed = await failure(authority.issue((await newOrder()).order));
    expect(failed.message).toBe(`The authority could not verify ${names.join(', ')} by http-01.`);
    const part = (name: string, index: number) =>
      `${name}: connection: "refused ${index}" (no request for it has arrived here)`;
    expect(failed.reason).toBe(names.map(part).join('; '));
    expect([failed.id, withdrawn.length, ordersIn(folder)]).toEqual(['AuthorityChallengeFailed', 1, []]);
  });

  it('of one name that fails let the other one be looked at', async () => {
    const server = await unproven((index) => (index === 0 ? 'valid' : 'invalid'));
    const failed = await failure(authorityOf(server).authority.issue((await newOrder()).order));
    expect(failed).toMatchObject({ id: 'AuthorityChallengeFailed', target: 'contoso.example' });
  });

  it.each<[string, Json, string]>([
    ['of a kind that is not offered', { type: 'dns-01' }, 'it offers dns-01'],
    ['with a token that means something in a path', { token: '../../../../etc/passwd-and-more' }, 'it offers none'],
    ['with a token that can be guessed', { token: 'abc' }, 'it offers none'],
    ['at a URL that is not https', { url: 'http://localhost/' }, 'it offers none'],
  ])('%s are refused, and nothing is shown', async (_, more, reason) => {
    const server = await unproven(
      () => 'valid',
      () => more,
    );
    const { authority, presented } = authorityOf(server);
    const failed = await failure(authority.issue((await newOrder()).order));
    expect([failed.id, failed.reason, presented]).toEqual(['AuthorityRefused', expect.stringContaining(reason), []]);
  });

  it('for a name that was not ordered are refused, and nothing is shown', async () => {
    const server = await unproven(() => 'valid');
    const script = server.script;
    server.script = (request) =>
      request.path === '/authz/1'
        ? { json: { status: 'pending', identifier: { type: 'dns', value: 'victim.example' }, challenges: [] } }
        : script?.(request);
    const { authority, presented } = authorityOf(server);
    const failed = await failure(authority.issue((await newOrder()).order));
    expect([failed.reason, presented]).toEqual([expect.stringContaining('victim.example'), []]);
  });
});

describe('a server that says no', () => {
  it('for a while is told with the time from which on it takes the next request', async () => {
    const reply = { ...problem('rateLimited', 'too many certificates', 429), headers: { 'Retry-After': '3600' } };
    const failed = await failureAt(await acmeServer(), '/order', reply);
    expect(failed).toMatchObject({ id: 'AuthorityLimited', retryAfterMs: 3_600_000, category: 'busy' });
    expect(failed.reason).toBe(
      'rateLimited: "too many certificates"; it takes the next one from 2026-11-23T11:00:00.000Z on',
    );
  });

  it('for single names is told with each of them [RFC 8555 §6.7.1]', async () => {
    const sub = (value: string) => ({
      type: 'urn:ietf:params:acme:error:rejectedIdentifier',
      detail: 'on our list',
      identifier: { type: 'dns', value },
    });
    const reply = problem('malformed', 'some names', 400, { subproblems: [...names.map(sub), 'junk', null] });
    const failed = await failureAt(await acmeServer(), '/order', reply);
    expect(failed.reason).toBe(
      `malformed: "some names"; ${names.map((name) => `${name}: rejectedIdentifier: "on our list"`).join('; ')}`,
    );
  });

  it('without a problem document is told by its status', async () => {
    const failed = await failureAt(await acmeServer(), '/order', { status: 403, body: '<html>' });
    expect([failed.id, failed.reason]).toEqual(['AuthorityRefused', 'it answers 403']);
  });

  it('because it is out of order is unreachable, and nothing of it is the fault of the request', async () => {
    const failed = await failureAt(await acmeServer(), '/order', { status: 503 });
    expect(failed.id).toBe('AuthorityUnreachable');
  });
});

describe('an answer that ACME does not know', () => {
  const order = { status: 'ready', authorizations: [], finalize: 'https://localhost/f' };
  const order201 = (json: unknown): AcmeReply => ({ status: 201, headers: { Location: '/order/1' }, json });
  const pem = { 'Content-Type': 'application/pem-certificate-chain' };

  it.each<[string, string, AcmeReply, string]>([
    ['no JSON', '/dir', { body: '<html>' }, 'not JSON'],
    ['JSON that is not UTF-8', '/dir', { body: Buffer.from([0x7b, 0xff, 0x7d]) }, 'not JSON'],
    ['a list', '/dir', { json: [] }, 'no JSON object'],
    ['half a directory', '/dir', { json: { newNonce: 'https://localhost/n' } }, 'newAccount'],
    [
      'a directory without TLS',
      '/dir',
      { body: '{"newNonce":"http://x/","newAccount":"http://x/","newOrder":"http://x/"}' },
      'https',
    ],
    ['a prototype', '/dir', { body: '{"__proto__":{"newNonce":"https://x/"}}' }, 'newNonce'],
    ['a deep nesting', '/dir', { body: '['.repeat(100_000) }, 'not JSON'],
    ['an endless body', '/dir', { isEndless: true }, 'more than 262144 bytes'],
    ['a redirection', '/dir', { status: 302, headers: { Location: 'https://evil.example/' } }, 'elsewhere'],
    ['a redirection of a signed request', '/order', { status: 307, headers: { Location: '/x' } }, 'elsewhere'],
    ['an account without URL', '/account', { status: 201, json: {} }, 'where it keeps'],
    ['an account without TLS', '/account', { status: 201, headers: { Location: 'http://x/' } }, 'where it keeps'],
    ['an order without URL', '/order', { status: 201, json: order }, 'where it keeps'],
    ['an order of no known status', '/order', order201({ ...order, status: 'lost' }), 'status'],
    ['an order with a number as URL', '/order', order201({ ...order, authorizations: [7] }), 'https'],
    [
      'an order of ten thousand names',
      '/order',
      order201({ ...order, authorizations: Array(10_000).fill('') }),
      'lacks',
    ],
    ['a valid order without certificate', '/order', order201({ ...order, status: 'valid' }), 'no certificate'],
    ['a certificate of another type', '/certificate', { body: 'x' }, 'type of the certificate'],
    ['no certificate at all', '/certificate', { headers: pem }, '1 to 10'],
    ['a broken certificate', '/certificate', { headers: pem, body: '-----BEGIN CERTIFICATE-----' }, 'no end'],
    [
      'a private key',
      '/certificate',
      { headers: pem, body: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n' },
      '1 to 10',
    ],
  ])('is refused: %s', async (_, resource, reply, reason) => {
    const failed = await failureAt(await acmeServer(), resource, reply);
    expect([failed.id, failed.reason]).toEqual(['AuthorityAnswerUnusable', expect.stringContaining(reason)]);
  });

  it('is refused: a certificate for another key', async () => {
    const server = await acmeServer();
    const chain = (await authorityOf(server).authority.issue((await newOrder()).order)).map((der) =>
      new X509Certificate(der).toString(),
    );
    const failed = await failureAt(server, '/certificate', { headers: pem, body: chain.join('') });
    expect([failed.id, failed.reason]).toEqual(['AuthorityAnswerUnusable', expect.stringContaining('another key')]);
  });
});

describe('a connection that breaks', () => {
  it('while something is read is tried again, and a request that changes something is not', async () => {
    const server = await acmeServer();
    let left = 2;
    server.script = ({ path: at }) => (at === '/certificate' && left-- > 0 ? { isCut: true } : undefined);
    const { authority, waits } = authorityOf(server);
    expect(await authority.issue((await newOrder()).order)).toHaveLength(2);
    expect(waits).toEqual([1000, 4000]);
    server.requests.splice(0);
    expect((await failureAt(server, '/finalize', { isCut: true })).id).toBe('AuthorityUnreachable');
    expect(server.asked().filter((each) => each === 'POST /finalize')).toHaveLength(1);
  });
});
