/** Renewal against an EST server, with a clock that the test moves; the store is real. */
import { X509Certificate } from 'node:crypto';
import { EventEmitter, on } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';

import { readCertificate } from '../../../src/certificates/certificate.ts';
import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { writeCertificateRequest } from '../../../src/certificates/pkcs10.ts';
import type { CertificateRenewal } from '../../../src/config/certificate-renewal.ts';
import type { CertificateRecord, Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import { thumbprintOf } from '../../../src/operations/certificates/certificates.ts';
import { keepKey } from '../../../src/operations/certificates/keep-key.ts';
import { renewCertificate } from '../../../src/operations/renewal/renew-certificate.ts';
import { renewalPorts } from '../../../src/operations/renewal/renewal-ports.ts';
import { type RenewalWatch, watchRenewals } from '../../../src/operations/renewal/renewal-watch.ts';
import type { LogEvent } from '../../../src/primitives/log-event.ts';
import { Secret } from '../../../src/primitives/secret.ts';
import { type KeyStore, openKeyStore } from '../../../src/store/key-store.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { type EstReply, estServer } from '../online-authority/est-server.ts';

const dayMs = 86_400_000;
const names = ['sip.contoso.example', 'contoso.example'] as const;

const watches: RenewalWatch[] = [];
afterEach(async () => {
  await Promise.all(watches.splice(0).map((watch) => watch.close()));
});

interface Wish {
  readonly renewal?: Partial<CertificateRenewal>;
  readonly assignedTo?: CertificateRecord['assignedTo'];
  readonly passphrase?: Secret;
}

/** A store whose one certificate came from an EST server and lasts 90 days from the clock's present on. */
async function site({ renewal = {}, assignedTo = ['ExternalEdge'], passphrase }: Wish = {}) {
  const server = await estServer();
  const clock = movableClock();
  const validFrom = (days: number) => {
    const notBefore = new Date(clock.wallTime().getTime() + days * dayMs);
    server.validity = { notBefore, notAfter: new Date(notBefore.getTime() + 90 * dayMs) };
  };
  validFrom(0);
  const folder = temporaryFolder();
  const store = openConfigStore(folder);
  const keys = openKeyStore(folder, () => passphrase);
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  await keepKey(keys, key, passphrase);
  const planned = names.map((name) => ({ name: { kind: 'dns', name } as const, reason: '' }));
  const subject = [
    { type: '2.5.4.10', text: 'Contoso Zürich' },
    { type: '2.5.4.3', text: names[0] },
  ];
  const plan = { subject, names: planned, ...serverProfile('ECDSA_P256', false), template: undefined };
  const issued = new X509Certificate(server.issue(writeCertificateRequest(plan, key).toString('base64'))).raw;
  const read = readCertificate(issued);
  if (!read.ok) throw new Error(read.error);
  const first = thumbprintOf(read.value);
  keys.saveChain(first, [issued]);
  const record: CertificateRecord = {
    thumbprint: first,
    friendlyName: 'edge',
    publicKeySha256: key.publicKeySha256,
    privateKeyExportable: false,
    localTestCa: false,
    assignedTo,
    ...(passphrase && { keyEncrypted: true }),
    renewal: { authority: `est:${server.url}`, rootsPath: server.rootFile, ...renewal },
  };
  const change = async (apply: (current: Configuration) => Configuration) =>
    await store.update({ cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000, apply });
  await change(() => ({ ...emptyConfiguration, certificates: { [first]: record } }));
  const emitter = new EventEmitter();
  const said = on(emitter, 'event');
  const ports = {
    ...renewalPorts({ store, keys, keyPassphrase: () => passphrase }, clock),
    clock,
    random: () => 0,
    onEvent: (event: LogEvent) => void emitter.emit('event', event),
  };
  const start = (): RenewalWatch => {
    const watch = watchRenewals(ports);
    watches.push(watch);
    watch.follow(store.read());
    return watch;
  };
  /** The next event of the runner, when it has gone to sleep after it. */
  const event = async (): Promise<LogEvent> => {
    const [next] = (await said.next()).value as [LogEvent];
    while (clock.pending() === 0) await setImmediate();
    return next;
  };
  return { server, clock, store, keys, first, ports, start, event, change, validFrom };
}

const records = ({ certificates }: Configuration): readonly CertificateRecord[] => Object.values(certificates);
/** The one before and its successor. */
function pair(configuration: Configuration): readonly [CertificateRecord, CertificateRecord] {
  const [old, next] = records(configuration);
  if (old === undefined || next === undefined) throw new Error('there are no two certificates');
  return [old, next];
}

const leafOf = (keys: KeyStore, thumbprint: string): X509Certificate =>
  new X509Certificate(keys.readChain(thumbprint)?.[0] ?? '');
const posts = (requests: readonly { method: string }[]): number =>
  requests.filter(({ method }) => method === 'POST').length;

describe('the running gateway', () => {
  it('renews a certificate after two thirds of its lifetime, with the same names and a new key', async () => {
    const { server, clock, store, keys, first, start, event, validFrom } = await site();
    start();
    clock.advance(59 * dayMs);
    expect(server.requests).toEqual([]);
    validFrom(1);
    clock.advance(3 * dayMs);
    expect(await event()).toMatchObject({ id: 'CertificateRenewed', level: 'info', facts: { before: first } });
    const [old, next] = pair(store.read());
    expect([old.assignedTo, old.previousFor, old.renewal]).toEqual([[], ['ExternalEdge'], undefined]);
    expect(next).toMatchObject({ assignedTo: ['ExternalEdge'], friendlyName: 'edge', privateKeyExportable: false });
    expect(next.renewal?.authority).toBe(`est:${server.url}`);
    expect(next.publicKeySha256).not.toBe(old.publicKeySha256);
    const [before, after] = [old, next].map(({ thumbprint }) => leafOf(keys, thumbprint));
    expect([after?.subject, after?.subjectAltName]).toEqual([before?.subject, before?.subjectAltName]);
    expect(after?.subject).toContain('O=Contoso Zürich');
    expect(keys.readChain(next.thumbprint)).toHaveLength(2);
    expect(server.requests.at(-1)).toMatchObject({
      path: '/.well-known/est/simplereenroll',
      clientName: expect.anything(),
    });
  });

  it('renews at once what came due while it was not running', async () => {
    const { clock, start, event, validFrom } = await site();
    clock.advance(80 * dayMs);
    validFrom(0);
    start();
    clock.advance(1);
    expect((await event()).id).toBe('CertificateRenewed');
  });

  it('renews one certificate after the other, and again when the next one is due', async () => {
    const { clock, store, start, event, validFrom } = await site();
    const watch = start();
    for (const generation of [2, 3]) {
      validFrom(61);
      clock.advance(62 * dayMs);
      expect((await event()).id).toBe('CertificateRenewed');
      expect(records(store.read())).toHaveLength(generation);
      watch.follow(store.read());
    }
  });

  it('keeps the key where that was asked for', async () => {
    const { clock, store, start, event, validFrom } = await site({ renewal: { reuseKey: true } });
    start();
    validFrom(61);
    clock.advance(62 * dayMs);
    expect((await event()).id).toBe('CertificateRenewed');
    const [old, next] = records(store.read());
    expect([next?.publicKeySha256, next?.assignedTo]).toEqual([old?.publicKeySha256, ['ExternalEdge']]);
  });

  it('makes no key that anybody can read when the passphrase of the old one is gone meanwhile', async () => {
    const { server, first, keys, ports } = await site({ passphrase: new Secret('geheim') });
    const gone = { ...ports, keyPassphrase: () => undefined };
    await expect(renewCertificate(first, gone)).rejects.toMatchObject({ id: 'PasswordMissing' });
    expect([keys.keyNames().length, server.requests]).toEqual([1, []]);
  });

  it('encrypts the new key where the old one is encrypted', async () => {
    const { clock, store, keys, start, event, validFrom } = await site({ passphrase: new Secret('open sesame') });
    start();
    validFrom(61);
    clock.advance(62 * dayMs);
    expect((await event()).id).toBe('CertificateRenewed');
    const next = records(store.read())[1];
    expect([next?.keyEncrypted, keys.isKeyEncrypted(next?.publicKeySha256 ?? '')]).toEqual([true, true]);
  });

  it('lets a certificate rest that serves nothing', async () => {
    const { server, clock, start } = await site({ assignedTo: [] });
    const watch = start();
    clock.advance(80 * dayMs);
    await watch.close();
    expect([server.requests.length, clock.pending()]).toEqual([0, 0]);
  });

  it('waits for a successor that is not valid yet, and lets the old one serve until then', async () => {
    const { clock, store, first, start, event, validFrom } = await site();
    start();
    validFrom(64);
    clock.advance(62 * dayMs);
    await event();
    const { certificates } = store.read();
    expect(certificates[first]?.assignedTo).toEqual(['ExternalEdge']);
    expect(records(store.read())[1]).toMatchObject({ assignedTo: [], planned: { usages: ['ExternalEdge'] } });
  });
});

describe('an authority that does not issue', () => {
  it('is asked again after longer and longer pauses, louder towards the end, and the old certificate serves on', async () => {
    const { server, clock, store, first, ports, start, event, validFrom } = await site();
    const down: EstReply = { status: 503, headers: { 'Content-Type': 'text/plain' }, body: 'maintenance' };
    server.script = () => down;
    start();
    clock.advance(62 * dayMs);
    const failed = await event();
    expect(failed).toMatchObject({ id: 'CertificateRenewalFailed', level: 'warn' });
    expect(failed.message).toContain('it answers 503: "maintenance"');
    expect(ports.journal.attemptOf(first)).toMatchObject({ failures: 1, lastError: expect.stringContaining('503') });
    expect(Date.parse(ports.journal.attemptOf(first).nextAttempt ?? '') - clock.wallTime().getTime()).toBe(900_000);
    clock.advance(899_000);
    expect(server.requests).toHaveLength(1);
    clock.advance(2000);
    await event();
    expect(ports.journal.attemptOf(first).failures).toBe(2);
    clock.advance(15 * dayMs);
    expect(await event()).toMatchObject({ level: 'error' });
    expect(store.read().certificates[first]?.assignedTo).toEqual(['ExternalEdge']);
    server.script = undefined;
    validFrom(0);
    clock.advance(dayMs);
    expect((await event()).id).toBe('CertificateRenewed');
    expect(ports.journal.attemptOf(first)).toEqual({ failures: 0 });
  });

  it('yet is left alone for as long as it says, and then gets the same request, also after a restart', async () => {
    const { server, clock, store, first, ports, start, event, validFrom } = await site();
    let isReady = false;
    server.script = ({ method }) =>
      method === 'POST' && !isReady ? { status: 202, headers: { 'Retry-After': '7200' } } : undefined;
    const watch = start();
    clock.advance(62 * dayMs);
    expect(await event()).toMatchObject({ id: 'CertificateRenewalPending', level: 'info' });
    await watch.close();
    expect(ports.journal.attemptOf(first)).toMatchObject({
      failures: 0,
      orderedKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    isReady = true;
    validFrom(0);
    start();
    clock.advance(7_100_000);
    expect(posts(server.requests)).toBe(1);
    clock.advance(200_000);
    expect((await event()).id).toBe('CertificateRenewed');
    const [one, two] = server.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(two).toBe(one);
    expect(records(store.read())).toHaveLength(2);
  });

  it.each<[string, (given: Awaited<ReturnType<typeof site>>) => void, string]>([
    ['all of the names', ({ server }) => void (server.names = [names[1]]), 'DNS:sip.contoso.example'],
    ['a longer life', ({ validFrom }) => validFrom(-30.5), 'lasts no longer'],
    [
      'a usable certificate',
      ({ server }) =>
        void (server.script = ({ method }) =>
          method === 'POST' ? { status: 200, body: server.pack(server.serverCertificate.chain) } : undefined),
      'another key',
    ],
  ])('with %s does not replace what serves', async (_, arrange, reason) => {
    const given = await site();
    const { clock, store, first, start, event, validFrom } = given;
    start();
    clock.advance(30 * dayMs);
    validFrom(30);
    arrange(given);
    clock.advance(32 * dayMs);
    expect(await event()).toMatchObject({
      id: 'CertificateRenewalFailed',
      facts: { reason: 'AuthorityAnswerUnusable' },
    });
    expect(given.ports.journal.attemptOf(first).lastError).toContain(reason);
    expect(records(store.read()).map(({ assignedTo }) => assignedTo)).toEqual([['ExternalEdge']]);
  });

  it('because its password cannot be read is a failure like any other', async () => {
    const folder = temporaryFolder();
    const passwordFile = path.join(folder, 'password');
    writeFileSync(passwordFile, 'x', { mode: 0o644 });
    const { clock, start, event } = await site({ renewal: { est: { userName: 'edge', passwordFile } } });
    start();
    clock.advance(62 * dayMs);
    expect(await event()).toMatchObject({
      id: 'CertificateRenewalFailed',
      facts: { reason: 'KeyFileExposed', fix: expect.stringContaining('chmod 600') },
    });
  });
});

describe('two processes', () => {
  it('never renew at once: the second one leaves it to the first and looks again', async () => {
    const { server, clock, ports, start, event, store, validFrom } = await site();
    validFrom(62);
    let release = (): void => undefined;
    let first: Promise<void> | undefined;
    await new Promise<void>((held) => {
      first = ports.journal.alone('Update-Certificate', async () => {
        held();
        await new Promise<void>((resolve) => (release = resolve));
      });
    });
    await expect(ports.journal.alone('Start-Service', async () => undefined)).rejects.toMatchObject({
      id: 'RenewalBusy',
      reason: expect.stringContaining('Update-Certificate'),
    });
    const watch = start();
    clock.advance(62 * dayMs);
    await watch.close();
    expect(server.requests).toEqual([]);
    release();
    await first;
    start();
    clock.advance(1);
    expect((await event()).id).toBe('CertificateRenewed');
    expect(records(store.read())).toHaveLength(2);
  });

  it('that come to the same certificate after each other renew it once', async () => {
    const { server, first, ports } = await site();
    server.validity = { ...server.validity, notAfter: new Date(server.validity.notAfter.getTime() + dayMs) };
    await renewCertificate(first, ports);
    await expect(renewCertificate(first, ports)).rejects.toMatchObject({ id: 'ObjectNotFound' });
    expect(posts(server.requests)).toBe(1);
  });
});

describe('an end in the middle', () => {
  it('after the key was made is taken up with the same key', async () => {
    const { server, first, keys, ports } = await site();
    server.script = ({ method }) => (method === 'POST' ? { status: 500 } : undefined);
    await expect(renewCertificate(first, ports)).rejects.toMatchObject({ id: 'AuthorityUnreachable' });
    const made = keys.keyNames().length;
    server.script = undefined;
    server.validity = { ...server.validity, notAfter: new Date(server.validity.notAfter.getTime() + dayMs) };
    await renewCertificate(first, ports);
    expect([made, keys.keyNames().length]).toEqual([2, 2]);
  });

  it('before the key was on disk begins anew', async () => {
    const { server, first, ports, store } = await site();
    ports.journal.write(first, { failures: 0, orderedKey: 'ab'.repeat(32) });
    server.validity = { ...server.validity, notAfter: new Date(server.validity.notAfter.getTime() + dayMs) };
    await renewCertificate(first, ports);
    expect(records(store.read())).toHaveLength(2);
  });

  it('that damaged the journal costs nothing but its memory', async () => {
    const { first, ports, store } = await site();
    ports.journal.write(first, { failures: 3 });
    writeFileSync(path.join(store.folder, 'state', 'renewal', 'journal.json'), '{"half');
    expect(ports.journal.attemptOf(first)).toEqual({ failures: 0 });
    writeFileSync(path.join(store.folder, 'state', 'renewal', 'journal.json'), `{"${first}":{"failures":"x"}}`);
    expect(ports.journal.attemptOf(first)).toEqual({ failures: 0 });
  });

  it('is asked for by the gateway when it stops, and is no failure', async () => {
    const { server, clock, first, ports, start } = await site();
    const asked = new Promise<void>((resolve) => {
      server.script = () => {
        resolve();
        return { status: 200, headers: { 'Content-Length': '1000' }, body: 'A' };
      };
    });
    const watch = start();
    clock.advance(62 * dayMs);
    await asked;
    await watch.close();
    expect(ports.journal.attemptOf(first).failures).toBe(0);
  });
});
