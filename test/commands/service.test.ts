import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { gatewaySite } from '../support/gateway-site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { xgwIn } from '../support/xgw.ts';

const status = async (site: { run(...words: string[]): Promise<readonly Record<string, unknown>[]> }) =>
  (await site.run('get-service'))[0] ?? {};

describe('start-service', () => {
  it('returns when the listeners accept and the revision of the store is loaded', async () => {
    const site = await gatewaySite('contoso.example');
    const started = await site.type('start-service', '-PassThru');
    expect(started.code).toBe(0);
    expect(JSON.parse(started.stdout)).toMatchObject({
      Name: 'XMPPGW',
      Status: 'Running',
      Changed: true,
      Kind: 'Service',
    });
    const service = await status(site);
    expect(service).toMatchObject({ Status: 'Running', LoadedRevision: service['StoreRevision'] });
    expect(service['Listeners']).toEqual([
      `xmpp 127.0.0.1:${site.xmppPort}`,
      `sip-udp 127.0.0.1:${site.sipPort}`,
      `sip-tcp 127.0.0.1:${site.sipPort}`,
    ]);
  });

  it('is no error when the service runs already, and changes nothing', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const { ProcessId } = await status(site);
    const [again] = await site.run('start-service', '-PassThru');
    expect(again).toMatchObject({ Status: 'Running', Changed: false });
    expect(await status(site)).toMatchObject({ ProcessId });
  });

  it('names the process that has the port, and leaves none of its own', async () => {
    const site = await gatewaySite('contoso.example');
    const other = createServer().listen(site.xmppPort, '127.0.0.1');
    await once(other, 'listening');
    const refused = await site.type('start-service');
    other.close();
    expect(refused.code).toBe(9);
    expect(refused.stderr).toContain('Id:     ListenerInUse,Start-Service');
    expect(refused.stderr).toContain(`process ${process.pid} `);
    expect(await status(site)).toMatchObject({ Status: 'Stopped', ProcessId: null });
  });

  it('says what is missing: a SIP domain, then a certificate', async () => {
    const site = xgwIn(path.join(temporaryFolder(), 'store'));
    const first = await site.type('start-service');
    expect([first.code, /Id: +(\w+)/.exec(first.stderr)?.[1]]).toEqual([9, 'SipDomainMissing']);
    await site.run('new-sipdomain', 'contoso.example');
    const second = await site.type('start-service');
    expect([second.code, /Id: +(\w+)/.exec(second.stderr)?.[1]]).toEqual([9, 'CertificateMissing']);
  });

  it('is not stopped by what a killed gateway left behind', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const { ProcessId } = await status(site);
    process.kill(Number(ProcessId), 'SIGKILL');
    const again = await site.type('start-service');
    expect(again.code).toBe(0);
    expect((await status(site))['ProcessId']).not.toBe(ProcessId);
  });

  it('returns at once with -NoWait, and wait-service waits for it', async () => {
    const site = await gatewaySite('contoso.example');
    expect((await site.type('start-service', '-NoWait')).code).toBe(0);
    expect(await site.type('wait-service', '-Condition', 'Ready')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await status(site)).toMatchObject({ Status: 'Running' });
  });

  it('said twice at the same time starts one gateway, and is no error', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service', '-NoWait');
    for (let look = 0; look < 100 && (await status(site))['Status'] === 'Stopped'; look += 1);
    expect((await site.type('start-service')).code).toBe(0);
    expect(await status(site)).toMatchObject({ Status: 'Running' });
  });

  it('keeps what it said and how the gateway runs in a report', async () => {
    const site = await gatewaySite('contoso.example');
    const report = path.join(path.dirname(site.home), 'start.json');
    await site.run('start-service', '-Report', report);
    expect(JSON.parse(readFileSync(report, 'utf8'))).toMatchObject({
      Cmdlet: 'Start-Service',
      Messages: [expect.stringContaining('XMPPGW is ready after'), expect.stringContaining('LOCAL TEST CA')],
      Objects: [{ Name: 'XMPPGW', Status: 'Running', Changed: true }],
    });
    const page = path.join(path.dirname(site.home), 'stop.html');
    await site.run('stop-service', '-Report', page);
    expect(readFileSync(page, 'utf8')).toContain('<li>XMPPGW has stopped.</li>');
  });

  it('believes the kernel and no file about whether a gateway runs', async () => {
    const site = await gatewaySite('contoso.example');
    mkdirSync(path.join(site.home, 'run'), { recursive: true });
    writeFileSync(path.join(site.home, 'run', 'control.sock'), '');
    writeFileSync(
      path.join(site.home, 'run', '.lock'),
      JSON.stringify({ pid: 1, cmdlet: 'Start-Service', since: 'now' }),
    );
    expect(await status(site)).toMatchObject({ Status: 'Stopped' });
    expect((await site.type('start-service')).code).toBe(0);
  });

  it('refuses a second gateway on one store, naming the first', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const { ProcessId } = await status(site);
    const second = await site.type('start-service', '-Foreground');
    expect(second.code).toBe(6);
    expect(second.stderr).toContain('ServiceAlreadyRunning');
    expect(second.stderr).toContain(`pid ${String(ProcessId)}`);
  });

  it('refuses another service, and says which one there is', async () => {
    const site = xgwIn(path.join(temporaryFolder(), 'store'));
    const refused = await site.type('start-service', 'RTCSRV');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('XMPPGW');
    expect((await site.type('get-service', 'RTCXMPPTGW')).code).toBe(0);
  });

  it('starts nothing with -WhatIf', async () => {
    const site = await gatewaySite('contoso.example');
    expect((await site.type('start-service', '-WhatIf')).code).toBe(0);
    expect(await status(site)).toMatchObject({ Status: 'Stopped' });
  });
});

describe('stop-service and restart-service', () => {
  it('has freed the ports when it returns, and is no error when nothing runs', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    expect((await site.type('stop-service')).code).toBe(0);
    expect(await status(site)).toMatchObject({ Status: 'Stopped', ProcessId: null });
    const successor = createServer().listen(site.xmppPort, '127.0.0.1');
    await once(successor, 'listening');
    successor.close();
    expect((await site.type('stop-service')).code).toBe(0);
  });

  it('restarts with another process, and says how long it was away', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const { ProcessId } = await status(site);
    const [restarted] = await site.run('restart-service', '-PassThru');
    expect(restarted).toMatchObject({ Status: 'Running', Changed: true });
    expect(Number(restarted?.['DowntimeMs'])).toBeGreaterThan(0);
    expect((await status(site))['ProcessId']).not.toBe(ProcessId);
  });
});

describe('get-service', () => {
  it('prints the status alone with -Quiet, and takes patterns for its name', async () => {
    const site = await gatewaySite('contoso.example');
    expect((await site.type('get-service', '-Quiet')).stdout).toBe('Stopped\n');
    await site.run('start-service');
    expect((await site.type('get-service', 'xmpp*', '-Quiet')).stdout).toBe('Running\n');
    expect(await site.run('get-service', 'dns*')).toEqual([]);
    const [told] = await site.run('get-service', '-ExcludeActivityLevel');
    expect(told).not.toHaveProperty('ActivityLevel');
    expect(told).toMatchObject({ CertificateDays: expect.any(Number), StartTime: expect.stringMatching(/Z$/) });
  });

  it('says Failed, and why, of a gateway that was killed; stop-service and start-service make that good', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const killed = Number((await status(site))['ProcessId']);
    process.kill(killed, 'SIGKILL');
    await site.run('wait-service', '-Condition', 'Stopped');
    const reason = `process ${killed} ended without having been told to`;
    expect(await status(site)).toMatchObject({ Status: 'Failed', ProcessId: null, Warnings: [reason] });
    await site.run('stop-service');
    expect(await status(site)).toMatchObject({ Status: 'Stopped', Warnings: [] });
  });

  it('says Failed, and why, of a start that nobody waited for', async () => {
    const site = await gatewaySite('contoso.example');
    const other = createServer().listen(site.xmppPort, '127.0.0.1');
    await once(other, 'listening');
    await site.run('start-service', '-NoWait');
    for (let look = 0; look < 200 && (await status(site))['Status'] !== 'Failed'; look += 1);
    other.close();
    expect(await status(site)).toMatchObject({ Status: 'Failed', ProcessId: null });
    expect(String((await status(site))['Warnings'])).toContain(String(site.xmppPort));
    expect((await site.type('start-service')).code).toBe(0);
  });
});

describe('wait-service', () => {
  it('ends with exit code 10 when the time is over, and says what is instead', async () => {
    const site = await gatewaySite('contoso.example');
    const late = await site.type('wait-service', '-Condition', 'Ready', '-Timeout', '0');
    expect(late.code).toBe(10);
    expect(late.stderr).toContain('XMPPGW was not Ready within 0 s.');
    expect(late.stderr).toContain('it is Stopped');
    expect((await site.type('wait-service', '-Condition', 'Stopped', '-Timeout', '0')).code).toBe(0);
  });

  it('waits until what was changed is in force', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    await site.run('new-xmppfederatedpartner', 'fabrikam.example');
    await site.run('wait-service', '-Condition', 'RevisionLoaded');
    const service = await status(site);
    expect(service['LoadedRevision']).toBe(service['StoreRevision']);
  });

  it('waits for a partner that it knows, and for no other', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('new-xmppfederatedpartner', 'fabrikam.example');
    await site.run('start-service');
    const wait = (...words: readonly string[]) => site.type('wait-service', 'xmppgw', ...words, '-Timeout', '0');
    const late = await wait('-Condition', 'PartnerConnected', '-Partner', 'fabrikam.example');
    expect([late.code, late.stderr]).toEqual([10, expect.stringContaining('no stream with that partner')]);
    expect((await wait('-Condition', 'PartnerConnected', '-Partner', 'adatum.example')).code).toBe(3);
    expect((await wait('-Condition', 'PartnerConnected')).code).toBe(4);
  });
});

describe('update-service', () => {
  it('returns when what was changed is in force, and is no change when nothing was', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const { ProcessId } = await status(site);
    await site.run('new-xmppfederatedpartner', 'fabrikam.example');
    const [updated] = await site.run('update-service', '-PassThru');
    expect(updated).toMatchObject({ ProcessId, LoadedRevision: updated?.['StoreRevision'] });
    expect(await site.run('update-service', '-PassThru')).toMatchObject([{ ProcessId, Changed: false }]);
  });

  it('tries again to listen where another process listened before', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await site.run('set-xmppgatewayconfiguration', '-XmppPort', String(port));
    await site.run('update-service');
    expect(String((await status(site))['Warnings'])).toContain('XMPP does not listen');
    expect((await site.type('wait-service', '-Condition', 'Ready', '-Timeout', '0')).code).toBe(10);
    other.close();
    await once(other, 'close');
    await site.run('update-service');
    expect((await status(site))['Listeners']).toContain(`xmpp 127.0.0.1:${port}`);
    await site.run('wait-service', '-Condition', 'Ready', '-Timeout', '0');
  });

  it('is an error when nothing runs', async () => {
    const site = await gatewaySite('contoso.example');
    expect((await site.type('update-service')).code).toBe(9);
  });
});

describe('a running gateway', () => {
  it('loads each revision of the store by itself', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    await site.run('new-xmppfederatedpartner', 'fabrikam.example', '-OutputFormat', 'none');
    const { StoreRevision } = await status(site);
    for (let look = 0; look < 100 && (await status(site))['LoadedRevision'] !== StoreRevision; look += 1);
    expect(await status(site)).toMatchObject({ LoadedRevision: StoreRevision });
  });

  it('keeps the last good configuration when the file is damaged, and says so', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    writeFileSync(path.join(site.home, 'store.json'), '{"formatVersion":1,"revision":"x"');
    let log = '';
    for (let look = 0; look < 100 && !log.includes('ConfigurationNotLoaded'); look += 1) {
      log = (await site.type('get-eventlog')).stdout;
    }
    expect(log).toContain('ConfigurationNotLoaded');
    expect((await site.type('get-service')).code).toBe(5);
    await site.type('stop-service');
  });

  it('listens elsewhere when it is told to, without a restart', async () => {
    const site = await gatewaySite('contoso.example');
    await site.run('start-service');
    const { ProcessId } = await status(site);
    const port = String(site.xmppPort + 1);
    await site.run('set-xmppgatewayconfiguration', '-XmppPort', port);
    const listens = async () => JSON.stringify((await status(site))['Listeners']).includes(`xmpp 127.0.0.1:${port}`);
    for (let look = 0; look < 100 && !(await listens()); look += 1);
    expect(await listens()).toBe(true);
    expect(await status(site)).toMatchObject({ ProcessId });
  });
});
