/** The unit as systemd's own tools judge it, which need no running systemd for that. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { systemdUnit, type UnitFacts, unitName } from '../../../src/operations/service/systemd-unit.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const facts: UnitFacts = {
  scope: 'System',
  program: [process.execPath, '/usr/lib/node_modules/xmpp-sip-gateway/bin/xgw'],
  storeFolder: '/var/lib/xgw',
  account: { kind: 'dynamic', stateDirectory: 'xgw' },
  drainSeconds: 30,
  lowPorts: false,
  readsHomes: false,
};

/** Tenths of the exposure that systemd calls OK rather than EXPOSED; the unit has 1.8. */
const mostExposure = '20';

function analyzed(unit: string, ...words: readonly string[]) {
  const folder = temporaryFolder();
  const file = path.join(folder, unitName);
  writeFileSync(file, unit);
  const env = { ...process.env, XDG_RUNTIME_DIR: folder };
  const { status, stdout, stderr } = spawnSync('systemd-analyze', [...words, file], { env, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

const of = (unit: string, key: string): readonly string[] =>
  unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));

it('names a folder with a blank or a dollar sign as it is, and doubles the dollar in commands alone', () => {
  const owned = systemdUnit({ ...facts, storeFolder: '/srv/a b$c', account: { kind: 'user', user: '1000' } });
  expect(of(owned, 'ReadWritePaths')).toEqual(['"/srv/a b$c"']);
  expect(of(owned, 'ExecStart')[0]).toContain('"/srv/a b$$c"');
  const dynamic = systemdUnit({ ...facts, account: { kind: 'dynamic', stateDirectory: 'xgw site a' } });
  expect(of(dynamic, 'StateDirectory')).toEqual(['"xgw site a"']);
});

describeWithPeers('the unit, read by systemd itself', [peers.systemdAnalyze], () => {
  it.each([
    ['with a user that systemd makes', facts],
    ['as the owner of its store', { ...facts, storeFolder: '/srv/x g%w', account: { kind: 'user', user: '1000' } }],
    ['with low ports', { ...facts, lowPorts: true }],
    ['with a passphrase', { ...facts, passphraseFile: '/etc/xgw/key pass' }],
  ] as const)('is without a warning for the system: %s', (_, given) => {
    expect(analyzed(systemdUnit(given), 'verify', '--man=no')).toEqual({ status: 0, said: '' });
  });

  it('is without a warning for the manager of a user', () => {
    const unit = systemdUnit({ ...facts, scope: 'User', storeFolder: '/home/a/.local/state/xgw' });
    expect(analyzed(unit, 'verify', '--man=no', '--user')).toEqual({ status: 0, said: '' });
  });

  it('exposes no more than what a gateway needs: the network, and a machine code that is made at run time', () => {
    const { status, said } = analyzed(
      systemdUnit(facts),
      ...['security', '--offline=true', '--no-pager', `--threshold=${mostExposure}`],
    );
    expect([status, said]).toEqual([0, expect.stringMatching(/Overall exposure level .*: [01]\.\d OK/)]);
  });
});

describe('the unit', () => {
  it('gives the gateway its drain time, and the closing, before systemd kills it', () => {
    const unit = systemdUnit({ ...facts, drainSeconds: 600 });
    expect(of(unit, 'ExecStart')[0]).toContain('-DrainTimeout 600 ');
    expect(of(unit, 'TimeoutStopSec')).toEqual(['630']);
  });

  it('gives no capability but the one for low ports, and that one only where there are some', () => {
    expect(of(systemdUnit(facts), 'CapabilityBoundingSet')).toEqual(['']);
    expect(of(systemdUnit({ ...facts, lowPorts: true }), 'CapabilityBoundingSet')).toEqual(['CAP_NET_BIND_SERVICE']);
  });

  it('takes an end by SIGTERM for an end as asked, and does not try again what trying does not mend', () => {
    const unit = systemdUnit(facts);
    expect(of(unit, 'SuccessExitStatus')).toEqual(['130 143']);
    expect(of(unit, 'Restart')).toEqual(['on-failure']);
    expect(of(unit, 'RestartPreventExitStatus')[0]?.split(' ')).not.toContain('9');
  });

  it('writes no passphrase, only where it is', () => {
    expect(of(systemdUnit(facts), 'LoadCredential')).toEqual(['xgw-key-pass']);
    const unit = systemdUnit({ ...facts, passphraseFile: '/etc/xgw/pass' });
    expect(of(unit, 'LoadCredential')).toEqual(['xgw-key-pass:/etc/xgw/pass']);
  });

  it('quotes what a unit would read more into: spaces, percent signs, dollars, quotes', () => {
    const unit = systemdUnit({ ...facts, storeFolder: '/srv/a b%i$HOME"\\' });
    expect(of(unit, 'ExecStart')[0]).toMatch(/-ConfigStore "\/srv\/a b%%i\$\$HOME\\"\\\\"$/);
  });

  it('leaves out for the manager of a user what only that of the system can do', () => {
    const unit = systemdUnit({ ...facts, scope: 'User' });
    expect(unit).not.toMatch(/^(?:DynamicUser|User|ProtectSystem|PrivateTmp|CapabilityBoundingSet)=/m);
    expect(of(unit, 'NoNewPrivileges')).toEqual(['yes']);
    expect(of(unit, 'WantedBy')).toEqual(['default.target']);
  });
});
