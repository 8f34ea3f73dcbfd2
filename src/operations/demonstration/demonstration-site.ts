/** One gateway of the demonstration: a store in a temporary folder, administered by cmdlets as a person would type them. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';

import { CodedError } from '../../primitives/errors.ts';

export interface DemonstrationSite {
  readonly domain: string;
  readonly folder: string;
  readonly xmppPort: number;
  readonly sipPort: number;
  /** Types one cmdlet. @throws CodedError `TestFailed` when its exit code is not 0. */
  type(...words: readonly string[]): Promise<void>;
  /** A file beside the store, for passwords and certificates. @returns Its path. */
  file(name: string, content?: string): string;
}

export interface SitePlan {
  readonly domain: string;
  /** The folder that holds all sites. */
  readonly folder: string;
  /** The command that runs this program: node and its script. */
  readonly program: readonly string[];
  /** Told each line: the command as it is typed, and what it answers. */
  show(line: string): void;
}

export async function demonstrationSite({ domain, folder, program, show }: SitePlan): Promise<DemonstrationSite> {
  const home = path.join(folder, domain);
  mkdirSync(home, { mode: 0o700 });
  const [xmppPort, sipPort] = await Promise.all([freePort(), freePort()]);
  const [node = process.execPath, ...script] = program;
  return {
    domain,
    folder: home,
    xmppPort,
    sipPort,
    async type(...words) {
      show(`$ xgw ${words.map(shellWord).join(' ')}`.replaceAll(`${folder}/`, ''));
      const output = await run(
        node,
        [...script, ...words, '-InformationAction', 'Continue', '-ConfigStore', path.join(home, 'store')],
        home,
      );
      for (const line of output.text.split('\n').filter((each) => each !== ''))
        show(`  ${line}`.replaceAll(`${folder}/`, ''));
      if (output.code === 0) return;
      throw new CodedError('TestFailed', `The demonstration stopped at: ${words[0]}.`, {
        reason: `it ended with exit code ${output.code}`,
        target: words[0],
      });
    },
    file(name, content) {
      const file = path.join(home, name);
      if (content !== undefined) writeFileSync(file, content, { mode: 0o600 });
      return file;
    },
  };
}

/** What a person would see: stderr; the objects on stdout are for programs. */
function run(command: string, words: readonly string[], cwd: string): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}

const shellWord = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`);

/** Ports below the range that systems give to outgoing connections, which could take one in passing. */
const ports = { first: 20_000, count: 12_000 };

/** A TCP port of 127.0.0.1 that nobody uses now. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = ports.first + Math.floor(Math.random() * ports.count);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => void server.close(() => resolve(true)));
  });
}
