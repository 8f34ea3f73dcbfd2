/** Changes in the folder of key files are noticed once, when it has become quiet there. The events are the system's, the time is ours. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import type { Clock } from '../../src/primitives/clock.ts';
import { watchKeyFiles } from '../../src/store/key-watch.ts';
import { movableClock } from '../support/movable-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function watched() {
  const folder = temporaryFolder();
  const clock = movableClock();
  const waiting: (() => void)[] = [];
  const changes: number[] = [];
  const timed: Clock = {
    ...clock,
    after(ms, fire) {
      for (const tell of waiting.splice(0)) tell();
      return clock.after(ms, fire);
    },
  };
  const watch = watchKeyFiles(folder, () => changes.push(clock.now()), timed);
  /** Resolves when the system has told of a change. */
  const told = () => new Promise<void>((resolve) => waiting.push(resolve));
  return { folder, clock, changes, watch, told };
}

describe('the folder of key files', () => {
  it('is read again once when several files have changed, 200 ms after the last of them', async () => {
    const { folder, clock, changes, watch, told } = watched();
    for (const name of ['a.key.pem', 'a.chain.pem', 'b.chain.pem']) {
      const event = told();
      writeFileSync(path.join(folder, `${name}.tmp`), name);
      renameSync(path.join(folder, `${name}.tmp`), path.join(folder, name));
      await event;
      clock.advance(150);
    }
    // Events of the last file may still be on their way.
    expect(changes).toEqual([]);
    expect(clock.pending()).toBe(1);
    clock.advance(200);
    expect(changes).toHaveLength(1);
    watch.close();
  });

  it('is noticed also when a file is taken away', async () => {
    const { folder, clock, changes, watch, told } = watched();
    const made = told();
    writeFileSync(path.join(folder, 'a.key.pem'), 'x');
    await made;
    const removed = told();
    rmSync(path.join(folder, 'a.key.pem'));
    await removed;
    clock.advance(200);
    expect(changes).toHaveLength(1);
    watch.close();
  });

  it('that is followed no more says nothing, not even what was about to be said', async () => {
    const { folder, clock, changes, watch, told } = watched();
    const event = told();
    writeFileSync(path.join(folder, 'a.key.pem'), 'x');
    await event;
    watch.close();
    clock.advance(1000);
    expect([changes, clock.pending()]).toEqual([[], 0]);
  });

  it('that cannot be watched ends nothing', () => {
    const missing = path.join(temporaryFolder(), 'missing');
    const clock = movableClock();
    const watch = watchKeyFiles(missing, () => undefined, clock);
    mkdirSync(missing);
    expect(() => watch.close()).not.toThrow();
  });
});
