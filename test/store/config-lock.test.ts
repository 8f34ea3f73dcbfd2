import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import { type Clock, realClock } from '../../src/primitives/clock.ts';
import { CodedError } from '../../src/primitives/errors.ts';
import { type LockHolder, lockHolder, withConfigLock } from '../../src/store/config-lock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Time passes by waiting: every wait takes as long as it should, at once. */
function hastyClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    wallTime: () => new Date('2026-11-22T09:14:03Z'),
    after(ms, fire) {
      now += ms;
      setImmediate(fire);
      return { cancel: () => undefined };
    },
  };
}

const request = (cmdlet: string, timeoutMs = 10_000) => ({ folder, cmdlet, timeoutMs });

describe('the lock of the store', () => {
  it('names its holder while it is held, and nobody after', async () => {
    await withConfigLock(request('Sync-Configuration'), { clock: hastyClock() }, async () => {
      const holder = { pid: process.pid, cmdlet: 'Sync-Configuration', since: '2026-11-22T09:14:03.000Z' };
      expect(await lockHolder(folder)).toMatchObject(holder);
    });
    expect(await lockHolder(folder)).toBeUndefined();
  });

  it('makes the second wait for the first, in one process too', async () => {
    const order: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let entered = (): void => undefined;
    const isHeld = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const first = withConfigLock(request('A'), { clock: realClock }, async () => {
      entered();
      await held;
      order.push('first');
    });
    await isHeld;
    const second = withConfigLock(request('B'), { clock: realClock }, async () => void order.push('second'));
    release();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
  });

  it('is given up when the work throws', async () => {
    const failing = withConfigLock(request('A'), { clock: realClock }, async () => {
      throw new Error('the work');
    });
    await expect(failing).rejects.toThrow('the work');
    expect(await withConfigLock(request('B', 0), { clock: realClock }, async () => 'free')).toBe('free');
  });

  it('ends in StoreBusy naming the holder after the time limit, and says after a second whom it waits for', async () => {
    const noticed: (LockHolder | undefined)[] = [];
    await withConfigLock(request('Sync-Configuration'), { clock: hastyClock() }, async () => {
      const ports = { clock: hastyClock(), onWaiting: (holder: LockHolder | undefined) => void noticed.push(holder) };
      const busy: unknown = await withConfigLock(request('Set-X'), ports, async () => undefined).catch(
        (error: unknown) => error,
      );
      expect(busy).toBeInstanceOf(CodedError);
      expect(busy).toMatchObject({
        id: 'StoreBusy',
        category: 'busy',
        message: 'the configuration is locked, still after 10 s.',
        reason: `held by pid ${process.pid}, Sync-Configuration, since 2026-11-22T09:14:03.000Z`,
      });
    });
    expect(noticed.map((holder) => holder?.cmdlet)).toEqual(['Sync-Configuration']);
  });

  it('of a killed process is free at once, whatever its file says', async () => {
    const hold = `
      const { openSync, writeSync } = require('node:fs');
      const fd = openSync(process.argv[1], 'a+');
      require(process.argv[2]).tryLock(fd, 1048576, 1);
      writeSync(fd, '{"pid":1,"cmdlet":"Old","since":"then"}');
      process.stdout.write('held');
      setInterval(() => undefined, 1000);`;
    const library = path.resolve(import.meta.dirname, '../../node_modules/fs-native-extensions');
    const child = spawn(process.execPath, ['-e', hold, path.join(folder, '.lock'), library]);
    await once(child.stdout, 'data');
    expect(await lockHolder(folder)).toEqual({ pid: 1, cmdlet: 'Old', since: 'then' });
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await lockHolder(folder)).toBeUndefined();
    expect(await withConfigLock(request('New', 0), { clock: realClock }, async () => 'free')).toBe('free');
  });

  it('does not trust what the file says of the holder', async () => {
    await withConfigLock(request('A'), { clock: realClock }, async () => {
      writeFileSync(path.join(folder, '.lock'), '{"pid":1,"cmdlet":"\\u001b[2J","since":"x"}');
      expect((await lockHolder(folder))?.cmdlet).toBe('\\u{1b}[2J');
      writeFileSync(path.join(folder, '.lock'), 'no JSON');
      expect(await lockHolder(folder)).toBeUndefined();
    });
    expect(readFileSync(path.join(folder, '.lock'), 'utf8')).toBe('');
  });

  it('in a folder that is none is denied', async () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    mkdirSync(path.join(folder, 'other'));
    const denied = withConfigLock({ ...request('A'), folder: file }, { clock: realClock }, async () => undefined);
    await expect(denied).rejects.toMatchObject({ id: 'StoreDenied' });
  });
});
