/**
 * The first ten minutes of the README, typed on a terminal of 100 columns in a clean home: what comes back is what is printed there.
 * `...` stands for what differs each time. Ports are those of a test, and so is the DNS, which knows no fabrikam.com.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { freePort } from './peers/free-port.ts';
import { startDnsServer } from './support/dns-server.ts';
import { describeWithPeers, peers } from './support/needs-peer.ts';
import { refuseBug } from './support/no-bug.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { cleanEnvironment, xgwIn } from './support/xgw.ts';

const root = path.resolve(import.meta.dirname, '..');

interface Step {
  readonly typed: string;
  readonly printed: readonly string[];
}

/** The first console block of the page. */
function stepsOf(page: string): readonly Step[] {
  const block = /^```console\n(.*?)^```$/ms.exec(page)?.[1] ?? '';
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [typed = '', ...printed] = step.trimEnd().split('\n');
      return { typed, printed };
    });
}

/** What a person would see, line by line; the exit code in brackets when it is not 0. */
async function typed(line: string, folder: string): Promise<readonly string[]> {
  const home = path.join(folder, 'store');
  const env = cleanEnvironment({
    ...{ XGW_HOME: home, HOME: folder, TERM: 'xterm', NO_COLOR: '1', TZ: 'UTC' },
    PATH: `${path.join(root, 'bin')}:${process.env['PATH']}`,
  });
  const words = ['-qec', `stty cols 100 rows 50; ${line}`, '/dev/null'];
  const child = spawn('script', words, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let screen = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (screen += piece));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  refuseBug(line, code, screen, home);
  const lines = screen.replaceAll('\r', '').trimEnd().split('\n');
  const shown = lines.map((each) => each.trimEnd()).filter((each, index) => each !== '' || index > 0);
  return code === 0 ? shown : [...shown, `[exit ${code}]`];
}

const fits = (pattern: string, line: string): boolean => {
  const parts = pattern.split('...').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
};

const listening = async (dnsServer: string): Promise<readonly string[]> => [
  ...['-XmppListenAddress', '127.0.0.1', '-XmppPort', String(await freePort()), '-XmppDirectTlsPort', '0'],
  ...['-SipListenAddress', '127.0.0.1', '-SipPort', String(await freePort()), '-SipTlsPort', '0'],
  ...['-DnsServers', dnsServer],
];

describeWithPeers('the first ten minutes', [peers.script], () => {
  it('are as the README prints them', async () => {
    const steps = stepsOf(readFileSync(path.join(root, 'README.md'), 'utf8'));
    expect(steps.length).toBeGreaterThan(6);
    const folder = temporaryFolder();
    const site = xgwIn(path.join(folder, 'store'));
    const dns = await startDnsServer();
    writeFileSync(path.join(folder, 'password.txt'), 'a password of hers\n', { mode: 0o600 });
    try {
      for (const { typed: line, printed } of steps) {
        const came = await typed(line, folder);
        const seen = came.map((each, index) => (fits(printed[index] ?? '', each) ? printed[index] : each));
        expect([`$ ${line}`, ...seen]).toEqual([`$ ${line}`, ...printed]);
        if (line.startsWith('xgw initialize-gateway'))
          await site.run('set-xmppgatewayconfiguration', ...(await listening(dns.address)));
      }
    } finally {
      await site.type('stop-service', '-Force');
    }
  }, 180_000);
});
