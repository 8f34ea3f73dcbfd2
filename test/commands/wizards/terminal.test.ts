/** The wizard on a real terminal: `script` gives the built program one, and keys are pressed when their question is on the screen. */
import { spawn } from 'node:child_process';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { openKeyStore } from '../../../src/store/key-store.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { cleanEnvironment, xgwIn } from '../../support/xgw.ts';

const program = path.resolve(import.meta.dirname, '../../../bin/xgw');
const enter = '\r';
const esc = '\u001b';

interface Key {
  /** What must be on the screen, after what was there before. */
  readonly when: string;
  readonly press: string;
}

/** @returns The screen as text, and the exit code. */
async function typedOn(folder: string, words: readonly string[], keys: readonly Key[]) {
  const line = [process.execPath, program, ...words].join(' ');
  const env = cleanEnvironment({ XGW_HOME: path.join(folder, 'store'), TERM: 'xterm', NO_COLOR: '1', COLUMNS: '200' });
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] });
  let [screen, seen] = ['', 0];
  const left = [...keys];
  child.stdout.on('data', (bytes: Buffer) => {
    screen += bytes.toString();
    const [next] = left;
    const found = next === undefined ? -1 : screen.indexOf(next.when, seen);
    if (next === undefined || found < 0) return;
    left.shift();
    seen = screen.length;
    setImmediate(() => child.stdin.write(next.press));
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  // Cursor movements and colours are no text.
  return { screen: screen.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, ''), code, left };
}

describeWithPeers('the certificate wizard on a terminal', [peers.script], () => {
  it('walks the pages, goes back with Esc, and makes the request that it shows', async () => {
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    await site.run('initialize-gateway', 'contoso.example');
    const { screen, code, left } = await typedOn(
      folder,
      ['request-certificate'],
      [
        { when: 'Task', press: enter },
        { when: '(-Type)', press: enter },
        { when: '(-CA)', press: enter },
        { when: '(-Output)', press: enter },
        { when: '(-Template)', press: enter },
        { when: '(-FriendlyName)', press: enter },
        { when: '(-KeyAlg)', press: enter },
        { when: '(-KeySize)', press: esc },
        { when: '(-KeyAlg)', press: `\u001b[B${enter}` },
        { when: '(-PrivateKeyExportable)', press: enter },
        { when: '(-Organization)', press: `Contoso${enter}` },
        { when: '(-OU)', press: enter },
        { when: '(-Country)', press: enter },
        { when: '(-State)', press: enter },
        { when: '(-City)', press: enter },
        { when: '(-ComputerFqdn)', press: enter },
        { when: '(-AllSipDomain)', press: enter },
        { when: '(-DomainName)', press: enter },
        { when: 'What now', press: enter },
        { when: 'Certificate Request File', press: enter },
      ],
    );
    expect([code, left]).toEqual([0, []]);
    expect(screen).toContain('Step 6 of 12: Name and Security  (Esc back, ? help, Ctrl-C cancel)');
    expect(screen).toContain('-KeyAlg ECDSA_P256 -PrivateKeyExportable true -Organization Contoso');
    const [request] = await site.run('get-certificaterequest');
    expect(request).toMatchObject({
      Status: 'Pending',
      KeyAlgorithm: 'ECDSA_P256',
      FriendlyName: 'XMPP external edge',
    });
  });

  it('ends with 130 on Ctrl-C, and nothing is changed', async () => {
    const folder = temporaryFolder();
    const { screen, code } = await typedOn(folder, ['start-certificatewizard'], [{ when: 'Task', press: '\u0003' }]);
    expect([code, screen]).toEqual([130, expect.stringContaining('nothing was changed')]);
    expect(openKeyStore(path.join(folder, 'store')).keyNames()).toEqual([]);
  });
});
