/** Writes that gather, and a disk that refuses them for a while. */
import { describe, expect, it } from '@jest/globals';

import { StateBatches } from '../../src/store/state-batches.ts';
import { movableClock } from '../support/movable-clock.ts';

function batches() {
  const clock = movableClock();
  const commits: Record<string, string | undefined>[] = [];
  const trouble: string[] = [];
  const disk = { isFull: false, takesMs: 0 };
  const gathering = new StateBatches({
    clock,
    commit(changes) {
      if (disk.isFull) throw new Error('no space');
      clock.advance(disk.takesMs);
      commits.push(Object.fromEntries(changes));
    },
    onTrouble: (error) => void trouble.push(error instanceof Error ? error.message : 'over'),
  });
  return { clock, commits, trouble, disk, gathering };
}

describe('writes', () => {
  it('of two milliseconds are one commit, with the last value of each record', async () => {
    const { clock, commits, gathering } = batches();
    gathering.add('first', '1');
    clock.advance(0);
    expect(commits.splice(0)).toEqual([{ first: '1' }]);
    for (let count = 0; count < 1000; count += 1) gathering.add(`k${count % 10}`, String(count));
    gathering.add('k3', undefined);
    const tried = gathering.tried();
    clock.advance(1);
    expect(commits).toEqual([]);
    clock.advance(1);
    await expect(tried).resolves.toBe(true);
    expect(commits).toHaveLength(1);
    expect(commits[0]).toMatchObject({ k0: '990', k3: undefined, k9: '999' });
    expect([gathering.tried(), clock.pending()]).toEqual([undefined, 0]);
  });

  it('that the disk refuses are kept, with what came later, and written when it takes them again', async () => {
    const { clock, commits, trouble, disk, gathering } = batches();
    disk.isFull = true;
    gathering.add('a', '1');
    gathering.add('b', '1');
    const tried = gathering.tried();
    clock.advance(10);
    await expect(tried).resolves.toBe(false);
    gathering.add('b', '2');
    await expect(gathering.tried()).resolves.toBe(false);
    clock.advance(5000);
    clock.advance(5000);
    expect([commits, trouble]).toEqual([[], ['no space']]);
    disk.isFull = false;
    clock.advance(5000);
    expect([commits, trouble]).toEqual([[{ a: '1', b: '2' }], ['no space', 'over']]);
    expect(clock.pending()).toBe(0);
  });

  it('rest four times as long as the disk took, so that a slow one does not hold up everything else', () => {
    const { clock, commits, disk, gathering } = batches();
    disk.takesMs = 20;
    gathering.add('a', '1');
    clock.advance(20);
    gathering.add('a', '2');
    clock.advance(79);
    expect(commits).toEqual([{ a: '1' }]);
    clock.advance(1);
    expect(commits).toEqual([{ a: '1' }, { a: '2' }]);
  });

  it('are committed at once when the store is closed, and nothing is left to happen', () => {
    const { clock, commits, disk, gathering } = batches();
    gathering.add('a', '1');
    gathering.stop();
    expect(commits).toEqual([{ a: '1' }]);
    disk.isFull = true;
    gathering.add('a', '2');
    gathering.stop();
    expect(clock.pending()).toBe(0);
  });
});
