/** What happens to machines happens to the gateway: it is killed, its disk is full or read-only, and its clock jumps. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';

import { realClock } from '../../src/primitives/clock.ts';
import { withConfigLock } from '../../src/store/config-lock.ts';
import { type RunningProcess, startProcess } from '../peers/running-process.ts';
import { registerScenario, runSipp } from '../peers/sipp.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { describeWithDisk, smallDisk } from '../support/small-disk.ts';
import { cleanEnvironment } from '../support/xgw.ts';

/** Milliseconds: many processes are started, beside other suites. */
jest.setTimeout(120_000);

type Service = Readonly<Record<string, unknown>>;

const serviceOf = async (site: GatewaySite): Promise<Service> => (await site.run('get-service'))[0] ?? {};

function inForeground(site: GatewaySite, env: Readonly<Record<string, string>> = {}): RunningProcess {
  const words = [path.resolve('bin/xgw'), 'start-service', '-Foreground'];
  const folder = path.dirname(site.home);
  return startProcess(process.execPath, words, folder, { env: cleanEnvironment({ XGW_HOME: site.home, ...env }) });
}

/** Resolves when the gateway has answered a stranger's stream header: with features, or why there are none. Each one is in the event log. */
async function greeted(port: number): Promise<void> {
  const socket = net.connect(port, '127.0.0.1');
  const namespaces = 'xmlns="jabber:server" xmlns:stream="http://etherx.jabber.org/streams"';
  socket.write(`<stream:stream ${namespaces} from="stranger.example" to="contoso.example" version="1.0">`);
  let answer = '';
  for await (const piece of socket) {
    answer += String(piece);
    if (/<stream:(?:features|error)/.test(answer)) return;
  }
  throw new Error(`no answer to a stream header, but: ${answer}`);
}

describe('a gateway that is killed (kill -9)', () => {
  it.each(['starting', 'running', 'stopping'])('while it is %s blocks no start after it', async (phase) => {
    const site = await gatewaySite('contoso.example');
    const gateway = inForeground(site);
    if (phase === 'starting') await untilFile(path.join(site.home, 'run', 'service.json'), gateway);
    else await site.run('wait-service', '-Condition', 'Ready');
    if (phase === 'stopping') await site.run('stop-service', '-NoWait');
    await gateway.kill();
    await site.run('start-service');
    expect(await serviceOf(site)).toMatchObject({ Status: 'Running', Warnings: [expect.stringContaining('TEST CA')] });
  });

  it('and whose number another process has got is not taken for that one: nobody else is killed', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const { ProcessId } = await serviceOf(site);
    const stranger = startProcess('sleep', ['600'], path.dirname(site.home));
    const run = path.join(site.home, 'run');
    const name = { ...JSON.parse(readFileSync(path.join(run, '.lock'), 'utf8')), pid: stranger.pid };
    process.kill(Number(ProcessId), 'SIGKILL');
    await site.run('wait-service', '-Condition', 'Stopped');
    // The lock is held, and the name beside it is that of a dead gateway whose number is in use again.
    await withConfigLock({ folder: run, cmdlet: 'Test', timeoutMs: 0 }, { clock: realClock }, async () => {
      writeFileSync(path.join(run, '.lock'), JSON.stringify(name));
      expect((await site.type('stop-service', '-Force', '-Timeout', '0')).code).toBe(0);
      expect(await serviceOf(site)).toMatchObject({ ProcessId: null });
    });
    expect(await stranger.endsWithin(0)).toBe(false);
    await stranger.kill();
    expect((await site.type('start-service')).code).toBe(0);
  });
});

/** The file is the first thing that a gateway writes which has the right to be one. */
async function untilFile(file: string, gateway: RunningProcess): Promise<void> {
  const ended = gateway.finished.then(() => 'ended');
  const turn = () => new Promise<string>((resolve) => void setImmediate(resolve, 'turned'));
  while (!existsSync(file)) expect(await Promise.race([ended, turn()])).toBe('turned');
}

describeWithDisk('a gateway whose disk is full', () => {
  it('goes on and answers, says so, refuses changes, stops, starts, and writes again when there is room', async () => {
    const disk = smallDisk(16);
    const site = await gatewaySite('contoso.example', disk.folder);
    await site.run('start-service');
    disk.fill();
    for (let count = 0; count < 30; count += 1) await greeted(site.xmppPort);
    const service = await serviceOf(site);
    expect(service['Status']).toBe('Running');
    expect(String(service['Warnings'])).toContain('The event log cannot be written (ENOSPC)');
    const refused = await site.type('new-xmppfederatedpartner', 'fabrikam.example');
    expect([refused.code, refused.stderr]).toEqual([9, expect.stringContaining('the disk is full')]);
    expect((await site.type('stop-service')).code).toBe(0);
    expect((await site.type('start-service')).code).toBe(0);
    await greeted(site.xmppPort);

    disk.release();
    await site.run('new-xmppfederatedpartner', 'fabrikam.example');
    await site.run('update-service');
    expect(await site.run('get-eventlog', '-Filter', 'EventLogWritten')).toHaveLength(1);
    expect(String((await serviceOf(site))['Warnings'])).not.toContain('event log');
  });
});

describeWithDisk('a gateway whose disk is read-only', () => {
  it('goes on and says so; what reads works, what writes is exit code 8; it stops, and starts with that reason only', async () => {
    const disk = smallDisk(16);
    const site = await gatewaySite('contoso.example', disk.folder);
    await site.run('start-service');
    await disk.readOnly(async () => {
      await greeted(site.xmppPort);
      const service = await serviceOf(site);
      expect(service['Status']).toBe('Running');
      expect(service['Warnings']).toContain('The store cannot be written: the file system is read-only.');
      expect(await site.run('get-sipdomain')).toHaveLength(1);
      expect((await site.run('get-eventlog')).length).toBeGreaterThan(0);
      const refused = await site.type('new-xmppfederatedpartner', 'fabrikam.example');
      expect([refused.code, refused.stderr]).toEqual([8, expect.stringContaining('the file system is read-only')]);
      expect((await site.type('update-service')).code).toBe(0);
      expect((await site.type('stop-service')).code).toBe(0);
      await site.run('wait-service', '-Condition', 'Stopped', '-Timeout', '0');
      const start = await site.type('start-service');
      expect([start.code, start.stderr]).toEqual([8, expect.stringContaining('StoreDenied,Start-Service')]);
    });
  });
});

const library = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu/faketime/libfaketimeMT.so.1`;

describeWithPeers('a gateway whose clock jumps', [peers.faketime, peers.sipp], () => {
  it('a day forward or a month back keeps its registrations, answers, follows its store, and stops as asked', async () => {
    const site = await gatewaySite('contoso.example');
    const folder = path.dirname(site.home);
    writeFileSync(path.join(folder, 'password'), 'correct-horse', { mode: 0o600 });
    await site.run('new-user', 'sip:alice@contoso.example', '-PasswordFile', path.join(folder, 'password'));
    const clock = path.join(folder, 'clock');
    writeFileSync(clock, '+0');
    const gateway = inForeground(site, {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      // What jumps is the clock on the wall.
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    await site.run('wait-service', '-Condition', 'Ready');
    const registered = await runSipp({
      ...{ server: { host: '127.0.0.1', port: site.sipPort }, transport: 'udp', scenario: registerScenario() },
      ...{ user: 'alice', password: 'correct-horse' },
      keys: { domain: 'contoso.example', contact_port: '9', expires: '600' },
    });
    expect(registered.exitCode).toBe(0);
    for (const [jump, days] of [
      ['+1d', 1],
      ['-30d', -30],
      ['+0', 0],
    ] as const) {
      writeFileSync(clock, jump);
      await greeted(site.xmppPort);
      await site.run('set-xmppgatewayconfiguration', '-ConnectionLimit', String(900 + days));
      await site.run('wait-service', '-Condition', 'RevisionLoaded');
      expect(await serviceOf(site)).toMatchObject({ Status: 'Running', Registrations: 1 });
      expect(daysAway(await lastEvent(site))).toBe(days);
    }
    await site.run('stop-service', '-Graceful', '-DrainTimeout', '60');
    expect(await gateway.finished).toBe(0);
  });
});

const lastEvent = async (site: GatewaySite): Promise<string> =>
  String((await site.run('get-eventlog', '-Filter', 'ConfigurationLoaded')).at(-1)?.['Time']);

/** The gateway's own clock, seen from outside: it did jump. */
const daysAway = (time: string): number => Math.round((Date.parse(time) - Date.now()) / 86_400_000) + 0;
