/** What holds when several processes write, when they are killed, and when a write comes up short: tried with real processes. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lockHolder } from '../../src/store/config-lock.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { buildWritingProcess } from './support/build-writing-process.ts';

let script: string;
beforeAll(() => {
  script = buildWritingProcess();
});
afterAll(() => rmSync(script, { force: true }));

const partnersIn = (folder: string): string[] => Object.keys(openConfigStore(folder).read().federatedPartners);

describe('processes that write at the same time', () => {
  it('lose nothing: twelve of them, three changes each, are 36 revisions', async () => {
    const folder = temporaryFolder();
    const names = Array.from({ length: 12 }, (_, index) => `p${index}-`);
    await Promise.all(names.map((name) => promisify(execFile)(process.execPath, [script, folder, name, '3'])));
    expect(partnersIn(folder)).toHaveLength(36);
    expect(openConfigStore(folder).read().revision).toBe(36);
    expect(await lockHolder(folder)).toBeUndefined();
  }, 180_000);
});

describe('a process that is killed while it writes', () => {
  it('loses nothing it acknowledged, leaves a readable store, and blocks nobody', async () => {
    const folder = temporaryFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const child = spawn(process.execPath, [script, folder, `r${round}-`, '100000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        // Each round is killed at another moment of some later write.
        if (output.split('\n').length > 3 + round) child.kill('SIGKILL');
      });
      await once(child, 'close');
      acknowledged.push(...output.split('\n').slice(0, -1));
      expect(partnersIn(folder)).toEqual(expect.arrayContaining(acknowledged));
    }
    expect(acknowledged.length).toBeGreaterThan(24);
    const { stdout } = await promisify(execFile)(process.execPath, [script, folder, 'last-', '1']);
    expect(stdout).toBe('last-0.example\n');
  }, 180_000);
});

describe('a write that comes up short', () => {
  it('is noticed: StoreFull, the old configuration in place byte for byte', async () => {
    const folder = temporaryFolder();
    await promisify(execFile)(process.execPath, [script, folder, 'before-', '1']);
    const before = readFileSync(path.join(folder, 'store.json'), 'utf8');
    // The limit makes the kernel take 8 KiB of the file and no more, as a full disk does.
    const limited = `ulimit -f 8; exec "$0" "$@"`;
    const big = ['-c', limited, process.execPath, script, folder, 'big-', '20', '1000'];
    const failure = await promisify(execFile)('bash', big).then(
      () => undefined,
      (error: { stderr: string; stdout: string }) => error,
    );
    expect(failure?.stderr).toBe('StoreFull');
    const acknowledged = (failure?.stdout ?? '').split('\n').slice(0, -1);
    expect(partnersIn(folder)).toEqual(['before-0.example', ...acknowledged]);
    if (acknowledged.length === 0) expect(readFileSync(path.join(folder, 'store.json'), 'utf8')).toBe(before);
  }, 30_000);
});
