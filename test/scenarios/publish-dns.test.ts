/** publish-dnsrecord against BIND 9. */

import { chmodSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, expect, it } from '@jest/globals';
import { type PublishTarget, performChanges, plannedChanges } from '../../src/operations/dns/publish-records.ts';
import { parseTsigKey } from '../../src/operations/dns/tsig-key.ts';
import type { Result } from '../../src/primitives/result.ts';
import { type Bind, newKey, startBind } from '../peers/bind.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Typed, type Xgw, xgwIn } from '../support/xgw.ts';

const edge = 'edge.contoso.example';
const service = '_xmpp-server._tcp.contoso.example';
const direct = '_xmpps-server._tcp.contoso.example';
let xgw: Xgw;

beforeEach(async () => {
  xgw = xgwIn(path.join(temporaryFolder(), 'store'));
  await xgw.run('new-sipdomain', 'contoso.example');
  await xgw.run('set-xmppgatewayconfiguration', '-AccessEdgeFqdn', edge);
});

const idIn = ({ code, stderr }: Typed) => [code, /^ {2}Id: {5}([A-Za-z]+),/m.exec(stderr)?.[1]];
const at = ({ address, keyFile }: Bind, key = keyFile) => ['-Server', address, '-TsigKeyFile', key];

const secretIn = (file: string): string => /secret "([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';

describeWithPeers('records are published at BIND', [peers.named, peers.tsigKeygen], () => {
  it('and withdrawn again, which leaves the zone as it was', async () => {
    const bind = await startBind();
    const publish = ['publish-dnsrecord', ...at(bind), '-Address', '192.0.2.10,2001:db8::10'];
    const preview = await xgw.type(...publish, '-WhatIf');
    expect([preview.code, preview.stdout + preview.stderr]).toEqual([
      0,
      expect.stringContaining(`nothing -> 0 0 5269 ${edge}.`),
    ]);
    expect(idIn(await xgw.type(...publish))).toEqual([4, 'ConfirmationRequired']);
    expect(await bind.srv(service)).toEqual([]);

    expect(await xgw.run(...publish, '-Confirm:false')).toMatchObject([
      { Action: 'Added', Name: service, Zone: 'contoso.example', Before: [], After: [`0 0 5269 ${edge}.`] },
      { Action: 'Added', Name: direct },
      { Action: 'Added', Name: edge, Type: 'A' },
      { Action: 'Added', Name: edge, Type: 'AAAA' },
    ]);
    expect(await bind.srv(service)).toEqual([`0 0 5269 ${edge}`]);
    expect(await bind.addresses(edge)).toEqual(['192.0.2.10', '2001:db8::10']);
    expect((await xgw.type('test-dnsrecord', '-Server', bind.address)).code).toBe(0);
    const again = await xgw.run(...publish, '-Confirm:false');
    expect(again.map(({ Action }) => Action)).toEqual(['None', 'None', 'None', 'None']);
    const lines = await xgw.run('search-auditlog');
    expect(lines.filter(({ Cmdlet }) => Cmdlet === 'Publish-DnsRecord').length).toBeGreaterThan(0);
    expect(JSON.stringify(lines)).not.toContain(secretIn(bind.keyFile));

    await xgw.run(...publish, '-Remove', '-Confirm:false');
    expect([await bind.srv(service), await bind.srv(direct), await bind.addresses(edge)]).toEqual([[], [], []]);
  }, 180_000);

  it('over records of somebody else only with -Force, which says what they were; -Remove leaves those alone', async () => {
    const bind = await startBind({
      algorithm: 'hmac-sha512',
      records: ['_xmpp-server._tcp IN SRV 5 1 5269 old-edge', 'old-edge IN A 192.0.2.9'],
    });
    const publish = ['publish-dnsrecord', ...at(bind), '-Confirm:false'];
    const conflict = await xgw.type(...publish);
    expect(idIn(conflict)).toEqual([6, 'DnsRecordConflict']);
    expect(conflict.stderr).toContain('5 1 5269 old-edge.contoso.example.');
    await xgw.run(...publish, '-Remove');
    expect(await bind.srv(service)).toEqual(['5 1 5269 old-edge.contoso.example']);
    expect(await xgw.run(...publish, '-Force')).toMatchObject([
      { Action: 'Replaced', Before: ['5 1 5269 old-edge.contoso.example.'] },
      { Action: 'Added' },
    ]);
    expect(await bind.srv(service)).toEqual([`0 0 5269 ${edge}`]);
  }, 180_000);

  it('not with a wrong key, in another zone or with a key file that others read', async () => {
    const bind = await startBind();
    const folder = temporaryFolder();
    const stranger = newKey('stranger', path.join(folder, 'stranger.key'));
    const sameName = newKey('xgw', path.join(folder, 'xgw.key'));
    const publish = (key: string, ...more: readonly string[]) =>
      xgw.type('publish-dnsrecord', ...at(bind, key), '-Confirm:false', ...more);
    const said = async (asked: Promise<Typed>) => {
      const typed = await asked;
      return [...idIn(typed), /: ([A-Z]+)\.$/m.exec(typed.stderr)?.[1]];
    };
    expect(await said(publish(stranger))).toEqual([8, 'DnsUpdateRefused', 'BADKEY']);
    expect(await said(publish(sameName))).toEqual([8, 'DnsUpdateRefused', 'BADSIG']);
    expect(await said(publish(bind.otherKeyFile))).toEqual([8, 'DnsUpdateRefused', 'REFUSED']);
    await xgw.run('new-sipdomain', 'refused.example');
    await xgw.run('new-sipdomain', 'elsewhere.example');
    expect(await said(publish(bind.keyFile, 'refused.example'))).toEqual([8, 'DnsUpdateRefused', 'REFUSED']);
    expect(idIn(await publish(bind.keyFile, 'elsewhere.example'))[1]).toMatch(/^Dns(?:UpdateRefused|Unanswered)$/);
    chmodSync(stranger, 0o644);
    expect(idIn(await publish(stranger, '-Force'))).toEqual([8, 'KeyFileExposed']);
    expect(await bind.srv(service)).toEqual([]);
  }, 180_000);

  it('not by a machine whose clock is wrong, nor when the records change after they were read', async () => {
    const bind = await startBind();
    const key = parseTsigKey(readFileSync(bind.keyFile, 'utf8'));
    const target: PublishTarget = {
      server: { host: '127.0.0.1', port: Number(bind.address.split(':')[1]) },
      key: valueOf(key),
      ...{ keyFile: bind.keyFile, ttl: 300, timeoutMs: 5000, signal: new AbortController().signal },
      now: () => new Date(),
    };
    const set = { zone: 'contoso.example', name: service, type: 'SRV', data: [`0 0 5269 ${edge}.`] } as const;
    const changes = await plannedChanges({ sets: [set], act: 'Publish', hasZone: false, force: false }, target);
    const yesterday = { ...target, now: () => new Date(Date.now() - 86_400_000) };
    await expect(performChanges(changes, yesterday, noop)).rejects.toThrow('BADTIME');
    await performChanges([{ ...set, before: [], data: ['5 5 5269 other.example.'] }], target, noop);
    await expect(performChanges(changes, target, noop)).rejects.toMatchObject({ id: 'DnsRecordConflict' });
    expect(await bind.srv(service)).toEqual(['5 5 5269 other.example']);
  }, 180_000);
});

const noop = (): void => undefined;

function valueOf<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
