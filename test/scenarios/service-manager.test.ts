/** The gateway as systemd runs it: told over a real datagram socket, path and abstract, through systemd's own program. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { type RunningProcess, startProcess } from '../peers/running-process.ts';
import { type GatewaySite, gatewaySite } from '../support/gateway-site.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { cleanEnvironment } from '../support/xgw.ts';

/** Milliseconds: processes are started beside other suites. */
const patience = 180_000;
const script = path.resolve(import.meta.dirname, '..', 'support', 'notify-listener.py');

interface Managed {
  readonly site: GatewaySite;
  readonly manager: RunningProcess;
  readonly gateway: RunningProcess;
}

async function managed(socketName: (folder: string) => string): Promise<Managed> {
  const site = await gatewaySite('contoso.example');
  const folder = path.dirname(site.home);
  const name = socketName(folder);
  const manager = startProcess('python3', [script, name], folder);
  await manager.waitFor(/listening/);
  const gateway = startProcess(process.execPath, [path.resolve('bin/xgw'), 'start-service', '-Foreground'], folder, {
    env: cleanEnvironment({ XGW_HOME: site.home, NOTIFY_SOCKET: name, WATCHDOG_USEC: '1000000' }),
  });
  await manager.waitFor(/^READY=1/m, patience);
  return { site, manager, gateway };
}

const linesOf = (manager: RunningProcess): readonly string[] =>
  manager
    .output()
    .split('\n')
    .filter((line) => /^(?:READY|RELOADING|STOPPING)=1/.test(line));

describeWithPeers('a gateway under a service manager', [peers.python, peers.systemdNotify], () => {
  it(
    'says when it is ready, reloads on SIGHUP, lives, and stops; SIGTERM ends it with 143',
    async () => {
      const { site, manager, gateway } = await managed((folder) => path.join(folder, 'notify'));
      await manager.waitFor(/^WATCHDOG=1$/m);
      process.kill(gateway.pid, 'SIGHUP');
      await manager.waitFor(/^RELOADING=1\|MONOTONIC_USEC=[0-9]+\n[^]*^READY=1/m);
      process.kill(gateway.pid, 'SIGTERM');
      expect(await gateway.finished).toBe(143);
      await manager.waitFor(/^STOPPING=1/m);
      const revision = (await site.run('get-service'))[0]?.['StoreRevision'];
      const ready = `READY=1|STATUS=revision ${String(revision)}, xmpp 127.0.0.1:${site.xmppPort}`;
      expect(linesOf(manager)).toEqual([
        expect.stringContaining(ready),
        expect.stringMatching(/^RELOADING=1\|MONOTONIC_USEC=[0-9]+$/),
        expect.stringContaining(ready),
        expect.stringMatching(/^STOPPING=1\|STATUS=/),
      ]);
    },
    patience,
  );

  it(
    'is heard on an abstract socket; update-service announces the reload too; stop-service ends it with 0',
    async () => {
      const { site, manager, gateway } = await managed((folder) => `@xgw-${path.basename(folder)}`);
      await site.run('update-service');
      await manager.waitFor(/^RELOADING=1[^]*^READY=1/m);
      await site.run('stop-service');
      expect(await gateway.finished).toBe(0);
      await manager.waitFor(/^STOPPING=1/m);
    },
    patience,
  );

  it(
    'tells that the old configuration stays when the new one is damaged, and stays ready',
    async () => {
      const { site, manager, gateway } = await managed((folder) => path.join(folder, 'notify'));
      writeFileSync(path.join(site.home, 'store.json'), '{');
      process.kill(gateway.pid, 'SIGHUP');
      await manager.waitFor(/^RELOADING=1[^]*^READY=1/m);
      expect((await site.type('get-eventlog')).stdout).toContain('SIGHUP: the configuration was not loaded');
      process.kill(gateway.pid, 'SIGINT');
      expect(await gateway.finished).toBe(130);
    },
    patience,
  );
});
