/** An EST server (RFC 7030) whose answers a test scripts: node:https before the openssl command line, which issues and packs. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';

import { afterEach } from '@jest/globals';

import { createAuthority, type TestCertificate } from '../../support/pki.ts';

export interface EstRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Common name of the certificate that the client showed; undefined: none. */
  readonly clientName: string | undefined;
}

export interface EstReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface TestEstServer {
  readonly url: string;
  readonly rootPem: string;
  readonly rootFile: string;
  readonly requests: EstRequest[];
  /** Replaces the answer to an operation; without it, or where it returns undefined, the server issues. */
  script?: ((request: EstRequest) => EstReply | undefined) | undefined;
  /** Days that issued certificates last from now on, or the openssl dates. */
  validity: { readonly notBefore: Date; readonly notAfter: Date };
  /** The names of the request are replaced by these. */
  names?: readonly string[] | undefined;
  /** Base64 of a certs-only PKCS#7, as `openssl crl2pkcs7` packs it. */
  pack(...pems: readonly string[]): string;
  /** The certificate for a request, DER in base64. */
  issue(csr: string): string;
  readonly serverCertificate: TestCertificate;
}

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const dayMs = 86_400_000;
const opensslDate = (date: Date): string => date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');

/** Root, issuing authority below it, and a server certificate of the root for localhost. */
export async function estServer(): Promise<TestEstServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'xgw-est-'));
  const file = (name: string): string => path.join(folder, name);
  const openssl = (...args: readonly string[]): Buffer => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const web = createAuthority('Web');
  const serverCertificate = web.issue({ names: ['localhost'] });
  writeFileSync(file('web.pem'), web.rootPem);
  makeAuthorities(folder, openssl);
  const server: Mutable<TestEstServer> = {
    url: '',
    rootPem: web.rootPem,
    rootFile: file('web.pem'),
    requests: [],
    validity: { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 89 * dayMs) },
    serverCertificate,
    pack(...pems) {
      writeFileSync(file('pack.pem'), pems.join(''));
      return openssl('crl2pkcs7', '-nocrl', '-certfile', 'pack.pem', '-outform', 'DER').toString('base64');
    },
    issue(csr) {
      writeFileSync(file('in.csr'), Buffer.from(csr, 'base64'));
      const { notBefore, notAfter } = server.validity;
      writeFileSync(file('ca.cnf'), authorityConfiguration(server.names));
      const dates = ['-startdate', opensslDate(notBefore), '-enddate', opensslDate(notAfter)];
      openssl(
        'ca',
        '-batch',
        '-notext',
        '-inform',
        'DER',
        '-config',
        'ca.cnf',
        ...dates,
        '-in',
        'in.csr',
        '-out',
        'out.pem',
      );
      return readFileSync(file('out.pem'), 'utf8');
    },
  };
  const listening = createServer(
    {
      ...{ key: serverCertificate.key, cert: serverCertificate.chain },
      ca: [web.rootPem, readFileSync(file('sub.pem')), readFileSync(file('root.pem'))],
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) =>
      void answer(
        request,
        response,
        server,
        readFileSync(file('sub.pem'), 'utf8') + readFileSync(file('root.pem'), 'utf8'),
      ),
  ).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  server.url = `https://localhost:${(listening.address() as AddressInfo).port}`;
  closings.push(async () => {
    rmSync(folder, { recursive: true, force: true });
    listening.closeAllConnections();
    listening.close();
    await once(listening, 'close');
  });
  return server;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function makeAuthorities(folder: string, openssl: (...args: readonly string[]) => Buffer): void {
  writeFileSync(
    path.join(folder, 'req.cnf'),
    '[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n',
  );
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-config', 'req.cnf'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
    '-subj',
    '/CN=EST Root',
    '-extensions',
    'ca',
    '-days',
    '3650',
  );
  openssl('req', ...newKey, '-keyout', 'sub.key', '-out', 'sub.csr', '-subj', '/CN=EST Issuing');
  openssl(
    'x509',
    '-req',
    '-in',
    'sub.csr',
    '-CA',
    'root.pem',
    '-CAkey',
    'root.key',
    '-set_serial',
    '2',
    '-out',
    'sub.pem',
    '-extfile',
    'req.cnf',
    '-extensions',
    'ca',
    '-days',
    '3650',
  );
  writeFileSync(path.join(folder, 'index.txt'), '');
}

const authorityConfiguration = (names: readonly string[] | undefined): string =>
  [
    '[ca]\ndefault_ca=test\n[test]\ndatabase=index.txt\nnew_certs_dir=.\ncertificate=sub.pem\nprivate_key=sub.key',
    'rand_serial=yes\ndefault_md=sha256\npolicy=any\nunique_subject=no\nx509_extensions=e',
    names === undefined ? 'copy_extensions=copy' : '',
    '[any]\ncommonName=optional\norganizationName=optional\n[e]\nbasicConstraints=critical,CA:FALSE',
    names === undefined ? '' : `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
    '',
  ].join('\n');

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  server: TestEstServer,
  authorities: string,
): Promise<void> {
  let body = '';
  for await (const piece of incoming) body += String(piece);
  const socket = incoming.socket as TLSSocket;
  const clientName = socket.getPeerX509Certificate()?.subject.replace('CN=', '');
  const request = {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    body,
    clientName,
  };
  server.requests.push(request);
  const { status, headers = {}, body: content = '' } = server.script?.(request) ?? issued(request, server, authorities);
  response.writeHead(status, { 'Content-Type': 'application/pkcs7-mime; smime-type=certs-only', ...headers });
  response.end(content);
}

function issued({ path: at, method, body }: EstRequest, server: TestEstServer, authorities: string): EstReply {
  if (method === 'GET' && at.endsWith('/cacerts')) return { status: 200, body: server.pack(authorities) };
  if (method !== 'POST' || !/\/simple(?:re)?enroll$/.test(at)) return { status: 404 };
  return { status: 200, body: server.pack(server.issue(body)) };
}
