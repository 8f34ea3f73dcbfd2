import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { writeServiceRecord } from '../../../src/operations/service/service-record.ts';
import { asOnlyGateway, serviceState, untilStopped } from '../../../src/operations/service/service-state.ts';
import { realClock } from '../../../src/primitives/clock.ts';
import { isAlive, processStart } from '../../../src/primitives/process-start.ts';
import { isLocked, withConfigLock } from '../../../src/store/config-lock.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const runOf = (store: string): string => {
  const folder = path.join(store, 'run');
  mkdirSync(folder, { recursive: true });
  return folder;
};

describe('the right to be the gateway of a store', () => {
  it('is not refused because somebody looks who has it', async () => {
    const store = temporaryFolder();
    const request = { folder: runOf(store), cmdlet: 'Get-Service', timeoutMs: 0 };
    let looked: () => void = () => undefined;
    const looking = withConfigLock(
      request,
      { clock: realClock },
      () => new Promise<void>((resolve) => (looked = resolve)),
    );
    while (!(await isLocked(request.folder))) await new Promise((resolve) => void setImmediate(resolve));
    const own = asOnlyGateway(store, async () => 'mine');
    setImmediate(looked);
    expect(await own).toBe('mine');
    await looking;
  });

  it('is refused while another one has it, naming that one', async () => {
    const store = temporaryFolder();
    await asOnlyGateway(store, async () => {
      const second = asOnlyGateway(store, async () => undefined);
      await expect(second).rejects.toMatchObject({
        id: 'ServiceAlreadyRunning',
        reason: expect.stringContaining(`pid ${process.pid}, Start-Service`),
      });
    });
  });
});

describe('the state of the service', () => {
  it('is that of the process which has the lock, by what it says it is doing', async () => {
    const store = temporaryFolder();
    await asOnlyGateway(store, async () => {
      const pending = { status: 'StartPending', processId: process.pid };
      expect(await serviceState(store)).toEqual(pending);
      writeServiceRecord(store, 'stopping');
      expect(await serviceState(store)).toEqual({ ...pending, status: 'StopPending' });
      await expect(untilStopped(store, 0)).rejects.toMatchObject({ id: 'ServiceTimeout' });
    });
    await untilStopped(store, 0);
  });

  it.each(['', '{', '7', '{"pid":"1","phase":"running"}', '{"pid":1,"phase":"flying"}'])(
    'is Stopped when what a process left is %j',
    async (text) => {
      const store = temporaryFolder();
      writeFileSync(path.join(runOf(store), 'service.json'), text);
      expect(await serviceState(store)).toEqual({ status: 'Stopped' });
    },
  );

  it('shows what could steer a terminal in the reason that a process left', async () => {
    const store = temporaryFolder();
    runOf(store);
    writeServiceRecord(store, 'failed', 'a\u001b[2Jb');
    expect(await serviceState(store)).toEqual({ status: 'Failed', processId: null, reason: 'a\\u{1b}[2Jb' });
  });
});

describe('a process', () => {
  it('is the same one when its start is the same, and another one with the same number when it is not', () => {
    const started = processStart(process.pid);
    expect(started).toMatch(/^[0-9a-f-]{36} [0-9]+$/);
    expect(isAlive({ pid: process.pid, started })).toBe(true);
    expect(isAlive({ pid: process.pid, started: `${started}0` })).toBe(false);
    expect(isAlive({ pid: process.pid })).toBe(true);
    expect(processStart(2 ** 22 + 1)).toBeUndefined();
    expect(isAlive({ pid: 2 ** 22 + 1 })).toBe(false);
  });
});
