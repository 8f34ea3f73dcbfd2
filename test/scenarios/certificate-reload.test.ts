/** Certificates change under a running gateway: new streams see the new one, open streams live on, a bad pair changes nothing. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

import { afterEach, expect, it } from '@jest/globals';

import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { createAuthority } from '../support/pki.ts';

const run = promisify(execFile);
const domain = 'contoso.example';
const thumbprintOf = (pem: string | Buffer): string => new X509Certificate(pem).fingerprint.replaceAll(':', '');

/** What openssl is shown as a server that connects. */
async function served({ xmppPort }: GatewaySite): Promise<string> {
  const target = ['-connect', `127.0.0.1:${xmppPort}`, '-starttls', 'xmpp-server', '-xmpphost', domain];
  const child = run('openssl', ['s_client', ...target, '-showcerts']);
  child.child.stdin?.end();
  const { stdout } = await child.catch((error: { readonly stdout: string }) => error);
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(stdout)?.[0];
  return pem === undefined ? 'none' : thumbprintOf(pem);
}

/** Asks until the answer is the wanted one: the gateway notices a change by itself, nobody tells when. */
async function until<T>(ask: () => Promise<T>, isWanted: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer) || Date.now() > deadline) return answer;
  }
}

const untilServed = async (site: GatewaySite, thumbprint: string): Promise<string> =>
  await until(
    () => served(site),
    (answer) => answer === thumbprint,
  );

const open: TLSSocket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

const header = `<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' from='peer.example' version='1.0'>`;

/** A stream of a partner, encrypted and then left alone. */
async function liveStream({ xmppPort }: GatewaySite): Promise<TLSSocket> {
  const raw = connectTcp(xmppPort, '127.0.0.1');
  await once(raw, 'connect');
  raw.write(header);
  await text(raw, '</stream:features>');
  raw.write("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
  await text(raw, '<proceed');
  const socket = connectTls({ socket: raw, servername: domain, rejectUnauthorized: false });
  open.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

/** Resolves with all that came, when the text is among it. */
async function text(socket: NodeJS.ReadableStream, wanted: string): Promise<string> {
  let all = '';
  return await new Promise((resolve, reject) => {
    const take = (bytes: Buffer): void => {
      all += bytes.toString();
      if (!all.includes(wanted)) return;
      socket.off('data', take);
      resolve(all);
    };
    socket.on('data', take);
    socket.once('close', () => reject(new Error(`closed before ${wanted}: ${all}`)));
  });
}

/** The partner of these tests has no certificate, and authenticates by dialback when it must. */
const optional = ['-TlsNegotiation', 'Optional', '-SaslNegotiation', 'Optional', '-SupportDialbackNegotiation', 'true'];

async function runningSite(): Promise<GatewaySite> {
  const site = await gatewaySite(domain);
  await site.run('new-xmppfederatedpartner', 'peer.example', '-PartnerType', 'Federated', ...optional);
  await site.run('start-service');
  return site;
}

const assigned = async (site: GatewaySite): Promise<string> =>
  String((await site.run('get-certificate', '-Type', 'ExternalEdge'))[0]?.['Thumbprint']);

describeWithPeers('a certificate that changes while the gateway runs', [peers.openssl], () => {
  it('is shown to new streams at once, and a stream that is open lives on', async () => {
    const site = await runningSite();
    const first = await assigned(site);
    expect(await served(site)).toBe(first);
    const live = await liveStream(site);
    await site.run('request-certificate', '-CA', 'local', '-KeyAlg', 'ECDSA_P256');
    const second = await assigned(site);
    expect(second).not.toBe(first);
    expect(await untilServed(site, second)).toBe(second);
    live.write(header);
    expect(await text(live, '</stream:features>')).toContain('dialback');
    expect(live.getPeerX509Certificate()?.fingerprint.replaceAll(':', '')).toBe(first);
  });

  it('is changed by the gateway itself at its -EffectiveDate', async () => {
    const site = await runningSite();
    const first = await assigned(site);
    await site.run('request-certificate', '-CA', 'local', '-KeyAlg', 'ECDSA_P256');
    const second = await assigned(site);
    expect(await untilServed(site, second)).toBe(second);
    const soon = new Date(Date.now() + 3000).toISOString();
    await site.run('set-certificate', first, '-Type', 'ExternalEdge', '-Roll', '-EffectiveDate', soon);
    expect(await served(site)).toBe(second);
    expect(await untilServed(site, first)).toBe(first);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon));
    const [now] = await site.run('get-certificate', first);
    expect(now).toMatchObject({ AssignedTo: ['ExternalEdge'], EffectiveDate: null });
    expect((await site.run('get-certificate', second))[0]).toMatchObject({ PreviousFor: ['ExternalEdge'] });
  });

  it('whose key is another one is reported, and the one before stays', async () => {
    const site = await runningSite();
    const first = await assigned(site);
    await site.run('request-certificate', '-CA', 'local', '-KeyAlg', 'ECDSA_P256');
    const second = await assigned(site);
    expect(await untilServed(site, second)).toBe(second);
    const [{ PublicKeySha256 = '' } = {}] = await site.run('get-certificate', first);
    const [{ PublicKeySha256: other = '' } = {}] = await site.run('get-certificate', second);
    const keyFile = (name: unknown): string => path.join(site.home, 'keys', `${String(name)}.key.pem`);
    writeFileSync(keyFile(PublicKeySha256), readFileSync(keyFile(other)));
    await site.run('set-certificate', first, '-Type', 'ExternalEdge');
    const warnings = async () => String((await site.run('get-service'))[0]?.['Warnings']);
    expect(await until(warnings, (answer) => answer.includes('private key'))).toContain(
      `Certificate ${first} and its private key cannot be used for TLS. the key belongs to another certificate`,
    );
    expect(await served(site)).toBe(second);
    const events = await site.run('get-eventlog');
    expect(events.filter(({ Event }) => Event === 'KeyMaterialFailed').length).toBeGreaterThan(0);
    const test = await site.type('test-certificateconfiguration');
    expect([test.code, test.stdout]).toEqual([21, expect.stringContaining(`the running gateway shows ${second}`)]);
  });

  it('that ends soon is announced once in the event log, also over a restart, and in get-service', async () => {
    const site = await runningSite();
    const inFiveDays = new Date(Date.now() + 5 * 86_400_000).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
    const { key, chain } = createAuthority('Root').issue({ names: [domain], notAfter: inFiveDays });
    const file = path.join(site.home, '..', 'short.pem');
    writeFileSync(file, key + chain);
    await site.run('import-certificate', file, '-Type', 'ExternalEdge');
    expect(await untilServed(site, thumbprintOf(chain))).toBe(thumbprintOf(chain));
    await site.run('restart-service');
    const events = (await site.run('get-eventlog')).filter(({ Event }) => Event === 'CertificateExpiring');
    expect(events).toHaveLength(1);
    expect(JSON.stringify(events)).toMatch(/expires in 4 days/);
    expect(String((await site.run('get-service'))[0]?.['Warnings'])).toMatch(/expires in 4 days/);
  });
});
