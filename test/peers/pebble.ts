/** Pebble, Let's Encrypt's small ACME server, on loopback in a temporary folder, and the DNS server that it asks. */
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';
import { text } from 'node:stream/consumers';

import { programPath } from '../support/needs-peer.ts';
import { createAuthority } from '../support/pki.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freePort, portBound } from './free-port.ts';
import { type RunningProcess, startProcess } from './running-process.ts';

export interface PebbleOptions {
  /** Key id and HMAC key, base64url: accounts must be bound to it. */
  readonly externalAccount?: { readonly keyId: string; readonly hmacKey: string };
  /** Of a hundred good nonces so many are refused. Default: 5, as pebble has it. */
  readonly rejectedNonces?: number;
  /** Of a hundred names that were proven before so many are not asked for again. Default: 0. */
  readonly reusedAuthorizations?: number;
}

export interface Pebble {
  readonly directory: string;
  /** PEM file with the root of the server's own certificate. */
  readonly rootFile: string;
  /** Where it asks, whatever the name: all names are 127.0.0.1. */
  readonly httpPort: number;
  readonly tlsPort: number;
  /** URL where records can be added and removed: `/set-txt`, `/clear-txt`. */
  readonly dnsUrl: string;
  /** Its log. */
  readonly process: RunningProcess;
  /** The root of what it issues, PEM. */
  issuingRoot(): Promise<string>;
}

const web = createAuthority('Pebble-web');

/** Starts both; every port is bound when this resolves. They end with the test. */
export async function startPebble(options: PebbleOptions = {}): Promise<Pebble> {
  const folder = temporaryFolder();
  const file = (name: string): string => path.join(folder, name);
  const [acme, management, dns, dnsManagement] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const [http, tls] = [await freePort(), await freePort()];
  const server = web.issue({ names: ['localhost'] });
  writeFileSync(file('key.pem'), server.key, { mode: 0o600 });
  writeFileSync(file('cert.pem'), server.chain);
  writeFileSync(file('root.pem'), web.rootPem);
  const { externalAccount, rejectedNonces = 5, reusedAuthorizations = 0 } = options;
  const pebble = {
    listenAddress: `127.0.0.1:${acme}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: file('cert.pem'),
    privateKey: file('key.pem'),
    httpPort: http,
    tlsPort: tls,
    ocspResponderURL: '',
    externalAccountBindingRequired: externalAccount !== undefined,
    ...(externalAccount && { externalAccountMACKeys: { [externalAccount.keyId]: externalAccount.hmacKey } }),
  };
  writeFileSync(file('pebble.json'), JSON.stringify({ pebble }));
  const dnsServer = `127.0.0.1:${dns}`;
  const off = ['-http01', '', '-https01', '', '-tlsalpn01', ''];
  const addresses = ['-dns01', dnsServer, '-management', `127.0.0.1:${dnsManagement}`];
  const defaults = ['-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''];
  startProcess(programPath('pebble-challtestsrv') ?? '', [...addresses, ...defaults, ...off], folder);
  const settings = [
    'PEBBLE_VA_NOSLEEP=1',
    `PEBBLE_WFE_NONCEREJECT=${rejectedNonces}`,
    `PEBBLE_AUTHZREUSE=${reusedAuthorizations}`,
  ];
  const command = [programPath('pebble') ?? '', '-config', file('pebble.json'), '-dnsserver', dnsServer];
  const process = startProcess('env', [...settings, ...command], folder);
  await Promise.all([acme, management, dnsManagement].map((port) => portBound('tcp', port)));
  return {
    directory: `https://localhost:${acme}/dir`,
    rootFile: file('root.pem'),
    httpPort: http,
    tlsPort: tls,
    dnsUrl: `http://127.0.0.1:${dnsManagement}`,
    process,
    issuingRoot: async () => await fetchText(`https://localhost:${management}/roots/0`),
  };
}

async function fetchText(url: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    request(url, { ca: web.rootPem }, (response) => void text(response).then(resolve, reject))
      .once('error', reject)
      .end();
  });
}

/** Names in a certificate, sorted. */
export const namesIn = (pem: string): readonly string[] =>
  (new X509Certificate(pem).subjectAltName ?? '').split(', ').toSorted();
