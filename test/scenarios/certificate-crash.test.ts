/**
 * Requests where something goes wrong in the middle: the process is killed before each of its writes in turn, the disk takes no
 * more, two requests are made at once. Key and request are both there afterwards or neither, and nothing has to be repaired.
 */
import { X509Certificate } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { readCertificateRequest, readCertificateRequestFile } from '../../src/certificates/certificate-request.ts';
import { realClock } from '../../src/primitives/clock.ts';
import { openKeyStore } from '../../src/store/key-store.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { renewalJournal } from '../../src/store/renewal-journal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Xgw, xgwIn } from '../support/xgw.ts';

const names = (home: string) => openKeyStore(home).keyNames();

/** Kills the process before the n-th call that changes the disk under the folder; a call that fails there fails for good. */
const faults = `
const fs = require('node:fs');
const at = Number(process.env.FAULT_AT);
const folder = process.env.FAULT_FOLDER;
let calls = 0;
const isOurs = (first) => typeof first === 'number' || String(first).startsWith(folder);
for (const name of ['openSync', 'writeFileSync', 'writeSync', 'fsyncSync', 'renameSync', 'linkSync', 'mkdirSync', 'ftruncateSync']) {
  const real = fs[name];
  fs[name] = (...parameters) => {
    if (isOurs(parameters[0])) {
      calls += 1;
      if (calls === at && process.env.FAULT === 'kill') process.kill(process.pid, 'SIGKILL');
      if (calls >= at && process.env.FAULT === 'full' && name !== 'openSync')
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    }
    return real(...parameters);
  };
}
`;

const request = ['request-certificate', '-New', '-KeyAlg', 'ECDSA_P256', '-FriendlyName', 'Edge'];

/** A store with a domain and no certificate, and the script that makes its processes fail. */
async function prepared() {
  const folder = temporaryFolder();
  const script = path.join(folder, 'faults.cjs');
  writeFileSync(script, faults);
  const origin = path.join(folder, 'origin');
  await xgwIn(origin).run('new-sipdomain', 'contoso.example');
  await xgwIn(origin).run('set-xmppgatewayconfiguration', '-AccessEdgeFqdn', 'sip.contoso.example');
  /** One try in a fresh copy of the store. */
  async function attempt(fault: 'kill' | 'full', at: number, ...words: readonly string[]) {
    const home = path.join(folder, `${fault}-${at}`);
    cpSync(origin, home, { recursive: true });
    const env = { NODE_OPTIONS: `--require ${script}`, FAULT: fault, FAULT_AT: String(at), FAULT_FOLDER: home };
    const typed = await xgwIn(home, env).type(...words, '-Output', path.join(home, 'edge.csr'));
    return { ...typed, home, csr: path.join(home, 'edge.csr') };
  }
  return { folder, attempt };
}

/** Whatever happened: what is there fits together, and the same command does the whole work afterwards. */
async function expectWhole(home: string, csr: string): Promise<void> {
  const keys = openKeyStore(home);
  const requests = Object.values(openConfigStore(home).read().certificateRequests);
  for (const name of keys.keyNames()) {
    const kept = readCertificateRequest(keys.readRequest(name) ?? Buffer.alloc(0));
    expect(kept).toMatchObject({ ok: true, value: { isSignatureValid: true } });
    expect(keys.readKey(name)?.publicKeySha256).toBe(name);
  }
  for (const { publicKeySha256 } of requests) expect(keys.keyNames()).toContain(publicKeySha256);
  if (existsSync(csr)) {
    expect(readCertificateRequestFile(readFileSync(csr))).toMatchObject({ ok: true });
    expect(requests).toHaveLength(1);
  }
  expect(readdirSync(path.join(home, 'keys')).filter((file) => !/\.(?:key\.pem|tmp)$/.test(file))).toEqual([]);
}

describe('a request that is killed (kill -9)', () => {
  it('before any of its writes leaves key and request, or neither, and can be made again', async () => {
    const { attempt } = await prepared();
    const ended: (number | null)[] = [];
    for (let at = 1; at <= 80; at += 1) {
      const { code, home, csr } = await attempt('kill', at, ...request);
      ended.push(code);
      if (existsSync(path.join(home, 'keys'))) await expectWhole(home, csr);
      else expect([existsSync(csr), openConfigStore(home).read().certificateRequests]).toEqual([false, {}]);
      if (code === 0) break;
    }
    // Killed all the way to its end, and then not any more: no write was missed.
    expect(ended.length).toBeGreaterThan(10);
    expect([ended.at(-1), new Set(ended.slice(0, -1))]).toEqual([0, new Set([null])]);
  }, 120_000);

  it('leaves nobody waiting: the next request is made at once', async () => {
    const { attempt } = await prepared();
    for (const at of [6, 12, 18]) {
      const { code, home, csr } = await attempt('kill', at, ...request);
      expect(code).toBeNull();
      const before = names(home).length;
      const [made] = await xgwIn(home).run(...request, '-Force', '-Output', csr);
      expect(made).toMatchObject({ Status: 'Pending' });
      expect(names(home)).toHaveLength(before + 1);
    }
  }, 180_000);
});

describe('a request that was killed before it had a number', () => {
  it('is shown as orphaned, and -Clear moves its key to the trash', async () => {
    const { attempt } = await prepared();
    let left = { home: '', csr: '' };
    for (let at = 6; at <= 80 && (left.home === '' || names(left.home).length === 0); at += 1)
      left = await attempt('kill', at, ...request);
    const site = xgwIn(left.home);
    const [key = ''] = names(left.home);
    const [orphan, ...others] = await site.run('request-certificate', '-List');
    expect(others).toEqual([]);
    expect(orphan).toMatchObject({ RequestId: null, Status: 'Orphaned', PublicKeySha256: key });
    expect(JSON.stringify(orphan)).toContain('DNS:contoso.example');
    expect(await site.run('get-certificaterequest', '-Status', 'Pending')).toEqual([]);
    const wrong = await site.type('request-certificate', '-Clear', '-PublicKeySha256', '00'.repeat(32));
    expect([wrong.code, names(left.home)]).toEqual([3, [key]]);
    await site.run('request-certificate', '-Clear', '-PublicKeySha256', key, '-Confirm:false');
    expect([names(left.home), await site.run('request-certificate', '-List')]).toEqual([[], []]);
    expect(readdirSync(path.join(left.home, 'keys', 'trash'))).toEqual([`${key}.key.pem`]);
  }, 180_000);

  it('is not what is pending, has a certificate, or is a renewal under way', async () => {
    const { attempt } = await prepared();
    const { home } = await attempt('kill', 1000, ...request);
    const site = xgwIn(home);
    await site.run('request-certificate', '-New', '-CA', 'local', '-KeyAlg', 'ECDSA_P256');
    expect(await site.run('get-certificaterequest', '-Status', 'Orphaned')).toEqual([]);
    const [key = ''] = names(home);
    const [{ RequestId = 0 } = {}] = await site.run('get-certificaterequest', '-Status', 'Pending');
    const [pending = ''] = (await site.run('get-certificaterequest')).map((each) => String(each['PublicKeySha256']));
    expect([names(home).includes(key), names(home).includes(pending)]).toEqual([true, true]);
    const store = openConfigStore(home);
    const before = { cmdlet: 'Test', target: 'x', lockTimeoutMs: 5000 };
    await store.update({ ...before, apply: (current) => ({ ...current, certificateRequests: {} }) });
    expect(await site.run('get-certificaterequest')).toEqual([
      expect.objectContaining({ Status: 'Orphaned', PublicKeySha256: pending }),
    ]);
    expect(RequestId).toBe(1);
    renewalJournal(home, realClock).write('AB', { failures: 0, orderedKey: pending });
    expect(await site.run('get-certificaterequest')).toEqual([]);
  }, 180_000);
});

describe('a request on a disk that takes no more', () => {
  it('says so, and shows no request whose key is not kept', async () => {
    const { attempt } = await prepared();
    const codes: (number | null)[] = [];
    for (let at = 1; at <= 80; at += 3) {
      const { code, home, csr, stderr } = await attempt('full', at, ...request);
      codes.push(code);
      if (code === 0) break;
      expect(stderr).toMatch(/Id: +(?:StoreFull|StoreDenied|OutputDenied|StoreBusy|AuditNotWritable)/);
      if (existsSync(path.join(home, 'keys'))) await expectWhole(home, csr);
    }
    expect(codes.at(-1)).toBe(0);
    expect(codes.length).toBeGreaterThan(3);
  }, 120_000);
});

describe('two requests at the same moment', () => {
  const both = async (site: Xgw, first: string, second: string) =>
    await Promise.all(
      [first, second].map((name) =>
        site.type(
          'request-certificate',
          '-New',
          '-KeyAlg',
          'ECDSA_P256',
          '-FriendlyName',
          name,
          '-Output',
          path.join(site.home, `${name}.csr`),
        ),
      ),
    );

  async function site(): Promise<Xgw> {
    const made = xgwIn(path.join(temporaryFolder(), 'store'));
    await made.run('new-sipdomain', 'contoso.example');
    return made;
  }

  it('of two names are both made, with a number and a key each', async () => {
    const one = await site();
    const typed = await both(one, 'first', 'second');
    expect(typed.map(({ code }) => code)).toEqual([0, 0]);
    const requests = await one.run('get-certificaterequest');
    expect(requests.map(({ RequestId }) => RequestId)).toEqual([1, 2]);
    expect(new Set(requests.map(({ PublicKeySha256 }) => PublicKeySha256))).toEqual(new Set(names(one.home)));
  }, 180_000);

  it('of one name are one request: the other is refused, and its key is not left behind', async () => {
    const one = await site();
    const typed = await both(one, 'edge', 'edge');
    expect(new Set(typed.map(({ code }) => code))).toEqual(new Set([0, 6]));
    // The request that was there first, or its file: which of them is met depends on how close the second came.
    expect(typed.find(({ code }) => code === 6)?.stderr).toMatch(/ObjectAlreadyExists|FileExists/);
    const [kept, ...others] = await one.run('get-certificaterequest');
    expect(others).toEqual([]);
    expect(names(one.home)).toEqual([kept?.['PublicKeySha256']]);
  }, 180_000);

  it('to the local test CA come from one root', async () => {
    const one = await site();
    const words = ['request-certificate', '-New', '-CA', 'local', '-KeyAlg', 'ECDSA_P256', '-FriendlyName'];
    const typed = await Promise.all([one.type(...words, 'a'), one.type(...words, 'b')]);
    expect(typed.map(({ code }) => code)).toEqual([0, 0]);
    const exported = await one.type('export-certificate', '-CA', 'local');
    const root = new X509Certificate(exported.stdout);
    const keys = openKeyStore(one.home);
    for (const { Thumbprint } of await one.run('get-certificate')) {
      const [leaf] = keys.readChain(String(Thumbprint)) ?? [];
      expect(new X509Certificate(leaf ?? Buffer.alloc(0)).verify(root.publicKey)).toBe(true);
    }
  }, 180_000);
});
