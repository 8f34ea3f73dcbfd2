/** invoke-migrationstep with a real partner and a real name server: cut over and proven; and back, in the store and in DNS. */
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { type Bind, startBind } from '../peers/bind.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { type Federation, federate } from './federation.ts';

/** Milliseconds: some fifteen cmdlets one after the other, and real peers. */
const patience = 180_000;
const service = '_xmpp-server._tcp.contoso.example';
const [oldEdge, newEdge] = ['old-edge.contoso.example', 'sip.contoso.example'];

interface Scene {
  readonly federation: Federation;
  readonly bind: Bind;
  /** invoke-migrationstep with all that it needs. */
  readonly cutOver: readonly string[];
}

/** The old edge is in the configuration, and in the DNS where the partner looks us up. */
async function beforeTheCutOver(): Promise<Scene> {
  const bind = await startBind({
    records: ['_xmpp-server._tcp IN SRV 5 1 5269 old-edge', 'old-edge IN A 192.0.2.9'],
  });
  const federation = await federate({
    peer: 'external',
    partner: ['-SupportDialbackNegotiation', 'false'],
    serverDnsPort: Number(bind.address.split(':').at(-1)),
  });
  const { site } = federation;
  await site.run('set-xmppgatewayconfiguration', '-AccessEdgeFqdn', oldEdge);
  const folder = path.dirname(site.home);
  const cutOver = [
    ...['invoke-migrationstep', '-Parallel', '-CertificatePath', path.join(folder, 'edge.pem')],
    ...['-AccessEdgeFqdn', newEdge, '-Server', bind.address, '-TsigKeyFile', bind.keyFile],
    ...['-Address', '127.0.0.1', '-Force', '-Confirm:false'],
  ];
  return { federation, bind, cutOver };
}

describeWithPeers('invoke-migrationstep', [peers.prosody, peers.sipp, peers.named, peers.tsigKeygen], () => {
  it(
    'cuts over: each step proven, the outage measured, a report, and a message that the partner sends by the records at the name server',
    async () => {
      const { federation, bind, cutOver } = await beforeTheCutOver();
      const { site } = federation;
      const report = path.join(path.dirname(site.home), 'cutover.html');
      const { code, stdout, stderr } = await site.type(...cutOver, '-Report', report);
      expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
      const steps = stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(steps.map(({ Name, State, Result }) => [Name, State, Result])).toEqual(
        ['Certificates', 'Gateway', 'Dns', 'Route'].map((name) => [name, 'Proven', 'Success']),
      );
      expect(steps[0]).toMatchObject({ OutageMs: expect.any(Number) });
      expect(await bind.srv(service)).toEqual([`0 0 ${site.xmppPort} ${newEdge}`]);
      // The partner finds the gateway by what BIND says now.
      const bob = await federation.bob();
      const { message } = await federation.aliceReceives();
      bob.sendMessage('alice@contoso.example', 'Found you', 'm1');
      expect(await message).toContain('Found you');
      expect(await site.run('get-migrationstatus')).toEqual(steps);
      expect(await site.run('get-xmppgatewayconfiguration')).toMatchObject([{ AccessEdgeFqdn: newEdge }]);
    },
    patience,
  );

  it(
    'goes back when the route cannot be proven: the configuration in one change, and DNS to the records of before',
    async () => {
      const { federation, bind, cutOver } = await beforeTheCutOver();
      const { site } = federation;
      await federation.xmppServer.process.stop();
      const { code, stderr } = await site.type(...cutOver);
      expect(code).toBe(21);
      expect(stderr).toMatch(/The cut-over failed at Route\./);
      expect(await bind.srv(service)).toEqual([`5 1 5269 ${oldEdge}`]);
      expect(await site.run('get-xmppgatewayconfiguration')).toMatchObject([{ AccessEdgeFqdn: oldEdge }]);
      const status = await site.run('get-migrationstatus');
      expect(status.map(({ Name, State }) => `${String(Name)} ${String(State)}`)).toEqual([
        ...['Certificates RolledBack', 'Gateway RolledBack', 'Dns RolledBack', 'Route Failed'],
      ]);
      const [newest] = await site.run('get-configurationhistory', '-First', '1');
      expect(newest).toMatchObject({ Cmdlet: 'Invoke-MigrationStep' });
    },
    patience,
  );

  it(
    'types nothing with -WhatIf, and asks where somebody can answer',
    async () => {
      const { federation, bind, cutOver } = await beforeTheCutOver();
      const { site } = federation;
      const preview = await site.type(...cutOver.slice(0, -1), '-WhatIf');
      expect([preview.code, preview.stdout + preview.stderr]).toEqual([
        0,
        expect.stringContaining('xgw publish-dnsrecord -Server'),
      ]);
      const unforced = cutOver.slice(0, -1).filter((word) => word !== '-Force');
      expect((await site.type(...unforced)).code).toBe(4);
      expect(await bind.srv(service)).toEqual([`5 1 5269 ${oldEdge}`]);
      expect(await site.run('get-migrationstatus')).toEqual([]);
    },
    patience,
  );
});
