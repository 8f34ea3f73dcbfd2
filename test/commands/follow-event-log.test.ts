/** get-eventlog -Follow as it is typed: it shows what was, then what comes, until it is told to stop. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { cleanEnvironment } from '../support/xgw.ts';

const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'xgw');
const time = '2026-11-23T02:00:00.000Z';

let home: string;
let follower: ChildProcess | undefined;
beforeEach(() => {
  home = path.join(temporaryFolder(), 'store');
  mkdirSync(path.join(home, 'log'), { recursive: true });
});
afterEach(() => void follower?.kill('SIGKILL'));

const logFile = (): string => path.join(home, 'log', 'xgw.log');
const line = (msg: string, level = 'info'): string =>
  `${JSON.stringify({ level, time, event: 'ServiceStarted', component: 'service', msg })}\n`;

interface Followed {
  readonly child: ChildProcess;
  /** Resolves when as many events have been shown; all of them. */
  shown(count: number): Promise<readonly unknown[]>;
}

function follow(...words: readonly string[]): Followed {
  const env = cleanEnvironment({ XGW_HOME: home });
  const child = spawn(process.execPath, [program, 'get-eventlog', '-Follow', ...words], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  follower = child;
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const messages = (): readonly unknown[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((json) => (JSON.parse(json) as { Message: unknown }).Message);
  return {
    child,
    async shown(count) {
      while (messages().length < count) await once(child.stdout, 'data');
      return messages();
    },
  };
}

describe('get-eventlog -Follow', () => {
  it('shows the last events, then each new one when its line is whole, filtered, and ends on Ctrl-C with 130', async () => {
    writeFileSync(logFile(), line('one') + line('two'));
    const { child, shown } = follow('-Tail', '1', '-Level', 'info');
    expect(await shown(1)).toEqual(['two']);
    appendFileSync(logFile(), line('a detail', 'debug') + line('three') + line('four').slice(0, 20));
    expect(await shown(2)).toEqual(['two', 'three']);
    appendFileSync(logFile(), line('four').slice(20));
    expect(await shown(3)).toEqual(['two', 'three', 'four']);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
  });

  it('goes on in the next file when the log begins anew', async () => {
    writeFileSync(logFile(), line('one'));
    const { child, shown } = follow();
    await shown(1);
    renameSync(logFile(), `${logFile()}.1`);
    writeFileSync(logFile(), line('2'));
    expect(await shown(2)).toEqual(['one', '2']);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([143, null]);
  });

  it('waits for a log that does not exist yet', async () => {
    const { child, shown } = follow();
    const first = shown(1);
    writeFileSync(logFile(), line('one'));
    expect(await first).toEqual(['one']);
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([130, null]);
  });
});
