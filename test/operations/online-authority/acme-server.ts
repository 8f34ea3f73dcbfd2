/** An ACME server (RFC 8555) whose answers a test scripts. Left alone it checks every signature and nonce, believes all names and issues. */
import { createPublicKey, type KeyObject, randomBytes, verify } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { afterEach } from '@jest/globals';

import { readCertificateRequest } from '../../../src/certificates/certificate-request.ts';
import { issueFromLocalCa, newLocalCa } from '../../../src/certificates/local-ca.ts';
import { printCertificates } from '../../../src/certificates/pem.ts';
import { createAuthority } from '../../support/pki.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export type Json = Readonly<Record<string, any>>;

export interface AcmeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Of the signature; empty where the request has none. */
  readonly header: Json;
  /** Undefined: the resource is read. */
  readonly payload: Json | undefined;
}

export interface AcmeReply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly body?: string | Buffer;
  /** The body never ends. */
  readonly isEndless?: boolean;
  /** The connection breaks off. */
  readonly isCut?: boolean;
}

export interface TestAcmeServer {
  readonly url: string;
  readonly directory: string;
  readonly rootFile: string;
  readonly rootDer: Buffer;
  readonly requests: AcmeRequest[];
  /** `POST /order`, in order, without directory and nonces. */
  asked(): readonly string[];
  /** Replaces an answer; where it returns undefined the server answers by itself. */
  script?: ((request: AcmeRequest) => AcmeReply | undefined) | undefined;
  /** How an order is when it is placed; looked at again it is ready. */
  firstStatus: 'pending' | 'ready';
  /** How often a finalized order is shown as one that is being worked on, with `Retry-After: 7`. */
  slowness: number;
  /** What its directory shows. */
  resources(): Json;
  /** The order as it would stand in an answer. */
  order(status: string, more?: Json): Json;
  readonly keys: Map<string, KeyObject>;
}

const web = createAuthority('ACME-web');
const webCertificate = web.issue({ names: ['localhost'] });
const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

export const problem = (type: string, detail: string, status = 403, more: Json = {}): AcmeReply => ({
  status,
  headers: { 'Content-Type': 'application/problem+json' },
  json: { type: `urn:ietf:params:acme:error:${type}`, detail, ...more },
});

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export async function acmeServer(): Promise<TestAcmeServer> {
  const rootFile = path.join(temporaryFolder(), 'root.pem');
  writeFileSync(rootFile, web.rootPem);
  const ca = await newLocalCa(new Date());
  const nonces = new Set<string>();
  const state = { status: 'ready', names: [] as readonly string[], chain: '' };
  const server: Mutable<TestAcmeServer> = {
    url: '',
    directory: '',
    rootFile,
    rootDer: web.rootDer,
    requests: [],
    firstStatus: 'ready',
    slowness: 0,
    keys: new Map(),
    asked: () =>
      server.requests.map(({ method, path: at }) => `${method} ${at}`).filter((each) => !/dir$|nonce$/.test(each)),
    resources: () => ({
      newNonce: `${server.url}/nonce`,
      newAccount: `${server.url}/account`,
      newOrder: `${server.url}/order`,
    }),
    order: (status, more = {}) => ({
      status,
      identifiers: state.names.map((value) => ({ type: 'dns', value })),
      authorizations: state.names.map((_, index) => `${server.url}/authz/${index}`),
      finalize: `${server.url}/finalize`,
      ...(status === 'valid' ? { certificate: `${server.url}/certificate` } : {}),
      ...more,
    }),
  };

  const refusal = ({ method, header, path: at }: AcmeRequest): AcmeReply | undefined => {
    if (method !== 'POST') return undefined;
    if (!nonces.delete(header['nonce'])) return problem('badNonce', 'never heard of it', 400);
    if (header['alg'] !== 'ES256' || header['url'] !== `${server.url}${at}`) return problem('malformed', 'header', 400);
    const isNew = at === '/account';
    if ((header['jwk'] !== undefined) !== isNew) return problem('malformed', 'jwk or kid', 400);
    if (!isNew && !server.keys.has(header['kid'])) return problem('accountDoesNotExist', 'who are you?', 400);
    return undefined;
  };
  const issue = (csr: string): string => {
    const read = readCertificateRequest(Buffer.from(csr, 'base64url'));
    if (!read.ok) throw new Error(read.error);
    const names = state.names.map((name) => ({ name: { kind: 'dns', name } as const, reason: '' }));
    const plan = {
      subject: [],
      names,
      keyUsage: ['digitalSignature'] as const,
      extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
    };
    const leaf = issueFromLocalCa(ca, { ...plan, template: undefined }, read.value.spki, new Date());
    return printCertificates([leaf.der, ca.certificate.der]);
  };
  const authorization = (index: number): AcmeReply => {
    const name = state.names[index] ?? '';
    const identifier = { type: 'dns', value: name.replace('*.', '') };
    return { json: { status: 'valid', identifier, challenges: [], ...(name.startsWith('*') && { wildcard: true }) } };
  };
  const shown = (): AcmeReply => {
    const isSlow = state.status === 'valid' && server.slowness > 0;
    if (isSlow) server.slowness -= 1;
    return isSlow
      ? { json: server.order('processing'), headers: { 'Retry-After': '7' } }
      : { json: server.order(state.status) };
  };
  const made = (name: string, json: unknown): AcmeReply => ({
    status: 201,
    headers: { Location: `${server.url}${name}` },
    json,
  });
  const own: Readonly<Record<string, (request: AcmeRequest) => AcmeReply>> = {
    '/dir': () => ({ json: server.resources() }),
    '/nonce': () => ({}),
    '/account': ({ header }) => {
      server.keys.set(`${server.url}/account/1`, createPublicKey({ key: header['jwk'], format: 'jwk' }));
      return made('/account/1', { status: 'valid' });
    },
    '/account/1': () => ({ json: { status: 'valid' } }),
    '/order': ({ payload }) => {
      Object.assign(state, { status: 'ready', names: payload?.['identifiers'].map((each: Json) => each['value']) });
      return made('/order/1', server.order(server.firstStatus));
    },
    '/order/1': shown,
    '/finalize': ({ payload }) => {
      Object.assign(state, { status: 'valid', chain: issue(payload?.['csr']) });
      return shown();
    },
    '/certificate': () => ({
      headers: { 'Content-Type': 'application/pem-certificate-chain' },
      body: state.chain,
    }),
  };
  const ownAnswer = (request: AcmeRequest): AcmeReply => {
    const [, index] = /^\/authz\/(\d+)$/.exec(request.path) ?? [];
    if (index !== undefined) return authorization(Number(index));
    return own[request.path]?.(request) ?? problem('malformed', 'not here', 404);
  };

  const listening = createServer({ key: webCertificate.key, cert: webCertificate.chain }, (incoming, response) => {
    void read(incoming, server).then((request) => {
      server.requests.push(request);
      const nonce = randomBytes(12).toString('base64url');
      nonces.add(nonce);
      send(response, refusal(request) ?? server.script?.(request) ?? ownAnswer(request), nonce);
    });
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  server.url = `https://localhost:${(listening.address() as AddressInfo).port}`;
  server.directory = `${server.url}/dir`;
  closings.push(async () => {
    listening.closeAllConnections();
    listening.close();
    await once(listening, 'close');
  });
  return server;
}

async function read(incoming: IncomingMessage, { keys }: TestAcmeServer): Promise<AcmeRequest> {
  let body = '';
  for await (const piece of incoming) body += String(piece);
  const { method = '', url = '', headers } = incoming;
  if (body === '') return { method, path: url, headers, header: {}, payload: undefined };
  const jws = JSON.parse(body) as Json;
  const text = (part: string): string => Buffer.from(part, 'base64url').toString();
  const header = JSON.parse(text(jws['protected'])) as Json;
  const jwk = header['jwk'] as Json | undefined;
  const key = jwk === undefined ? keys.get(header['kid']) : createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${jws['protected']}.${jws['payload']}`);
  const signature = Buffer.from(jws['signature'], 'base64url');
  if (key !== undefined && !verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature))
    throw new Error('the signature is wrong');
  const payload = jws['payload'] === '' ? undefined : (JSON.parse(text(jws['payload'])) as Json);
  return { method, path: url, headers, header, payload };
}

function send(response: ServerResponse, reply: AcmeReply, nonce: string): void {
  const { status = 200, headers = {}, json, body = json === undefined ? '' : JSON.stringify(json) } = reply;
  if (reply.isCut === true) return void response.destroy();
  response.writeHead(status, { 'Content-Type': 'application/json', 'Replay-Nonce': nonce, ...headers });
  if (reply.isEndless !== true) return void response.end(body);
  const more = (): void => void (response.destroyed || response.write(' '.repeat(65_536), () => setImmediate(more)));
  return more();
}
