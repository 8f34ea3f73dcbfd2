/** The certificate that a running gateway shows, and streams that hold on to it. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { inspect, promisify } from 'node:util';

import { afterEach } from '@jest/globals';

import type { GatewaySite } from './gateway-site.ts';

const run = promisify(execFile);
const domain = 'contoso.example';
export const thumbprintOf = (pem: string | Buffer): string => new X509Certificate(pem).fingerprint.replaceAll(':', '');

/** What openssl is shown as a server that connects. */
export async function served({ xmppPort }: GatewaySite, host = domain): Promise<string> {
  const target = ['-connect', `127.0.0.1:${xmppPort}`, '-starttls', 'xmpp-server', '-xmpphost', host];
  const child = run('openssl', ['s_client', ...target, '-showcerts']);
  child.child.stdin?.end();
  const { stdout } = await child.catch((error: { readonly stdout: string }) => error);
  const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(stdout)?.[0];
  return pem === undefined ? 'none' : thumbprintOf(pem);
}

/** Milliseconds: far more than a loaded machine needs. */
const patience = 60_000;
/** Milliseconds between two questions: whoever is to change the answer may live in this process. */
const askEveryMs = 20;

/**
 * Asks until the answer is the wanted one: the gateway notices a change by itself, nobody tells when.
 *
 * @throws After `ms` milliseconds, with what the last answer was.
 */
export async function until<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  ms: number = patience,
): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`not in ${ms} ms; the last answer was ${inspect(answer)}`);
    await delay(askEveryMs);
  }
}

export const untilServed = async (site: GatewaySite, thumbprint: string): Promise<string> =>
  await until(
    () => served(site),
    (answer) => answer === thumbprint,
  );

const open: TLSSocket[] = [];
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});

/** The beginning of a stream from a peer; after TLS it is sent again. */
export const header = `<?xml version='1.0'?><stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='${domain}' from='peer.example' version='1.0'>`;

/** A stream of a partner, encrypted and then left alone. */
export async function liveStream({ xmppPort }: GatewaySite): Promise<TLSSocket> {
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
export async function text(socket: NodeJS.ReadableStream, wanted: string): Promise<string> {
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
