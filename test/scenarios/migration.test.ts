/** The migration script of the manual as it stands there, from Lync's export to a message that crosses, and back when the cut-over fails. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { startBind } from '../peers/bind.ts';
import { exportClixml, lyncPartner, word } from '../support/lync-export.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { cleanEnvironment } from '../support/xgw.ts';
import { type Federation, federate } from './federation.ts';

/** Milliseconds: some twenty cmdlets one after the other, and real peers. */
const patience = 180_000;
const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');

/** The one of docs/migration.md, for the domain of the test. */
const script = (
  /```bash\n(#!\/usr\/bin\/env bash\n[^]*?)```/.exec(readFileSync('docs/migration.md', 'utf8'))?.[1] ?? ''
).replaceAll('contoso.com', 'contoso.example');

interface Ran {
  readonly code: number;
  readonly text: string;
}

function run(folder: string, home: string): Promise<Ran> {
  const bin = path.join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'xgw'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o755 });
  const env = cleanEnvironment({ XGW_HOME: home, PATH: `${bin}:${process.env['PATH'] ?? ''}` });
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd: folder, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
      resolve({ code, text: stdout + stderr });
    });
  });
}

/** A gateway beside the old one: no partner yet, its user still on the old pool; BIND tells the partner where it is. */
async function beforeTheMigration(): Promise<{ readonly federation: Federation; readonly folder: string }> {
  const bind = await startBind();
  const federation = await federate({
    peer: 'external',
    partner: ['-SupportDialbackNegotiation', 'false'],
    serverDnsPort: Number(bind.address.split(':').at(-1)),
  });
  const { site } = federation;
  const folder = path.dirname(site.home);
  const records = ['-Server', bind.address, '-TsigKeyFile', bind.keyFile, '-Address', '127.0.0.1'];
  await site.run('publish-dnsrecord', ...records, '-Confirm:false');
  await site.run('remove-xmppfederatedpartner', 'fabrikam.example', '-Confirm:false');
  await site.run('set-user', 'sip:alice@contoso.example', '-Deployment', 'Legacy');
  const partner = lyncPartner('fabrikam.example', {
    Description: 'since 2013',
    PartnerType: word('Federated'),
    SupportDialbackNegotiation: false,
  });
  writeFileSync(path.join(folder, 'partners.xml'), exportClixml([partner], { encoding: 'utf16le' }));
  return { federation, folder };
}

describeWithPeers(
  'the migration script of the manual',
  [peers.prosody, peers.sipp, peers.named, peers.tsigKeygen],
  () => {
    it(
      'goes from the export of the old pool to a message that crosses, with a report of the proven route',
      async () => {
        const { federation, folder } = await beforeTheMigration();
        const { site } = federation;
        const { code, text } = await run(folder, site.home);
        expect([code, code === 0 ? '' : text]).toEqual([0, '']);
        expect(await site.run('get-xmppfederatedpartner')).toMatchObject([
          {
            Identity: 'fabrikam.example',
            Description: 'since 2013',
            PartnerType: 'Federated',
            SupportDialbackNegotiation: false,
          },
        ]);
        expect(readFileSync(path.join(folder, 'zone.inc'), 'utf8')).toMatch(/SRV 0 0 \d+ edge\.contoso\.example\./);
        expect(readFileSync(path.join(folder, 'cutover.html'), 'utf8')).toContain('fabrikam.example');
        const bob = await federation.bob();
        const { message } = await federation.aliceReceives();
        bob.sendMessage('alice@contoso.example', 'We have moved', 'm1');
        expect(await message).toContain('We have moved');
      },
      patience,
    );

    it(
      'goes back when the route cannot be proven: the last change is undone, and the gateway runs on',
      async () => {
        const { federation, folder } = await beforeTheMigration();
        const { site } = federation;
        await federation.xmppServer.process.stop();
        const { code, text } = await run(folder, site.home);
        expect([code, code === 1 ? '' : text]).toEqual([1, '']);
        expect(text).toContain('The route ends: fabrikam.example at hop 6, TCP.');
        expect(existsSync(path.join(folder, 'cutover.html'))).toBe(true);
        const [newest] = await site.run('get-configurationhistory', '-First', '1');
        expect(newest).toMatchObject({ Cmdlet: 'Undo-ConfigurationChange' });
        const [service] = await site.run('get-service');
        expect(service).toMatchObject({ Status: 'Running', LoadedRevision: newest?.['Revision'] });
      },
      patience,
    );
  },
);
