import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration } from '../../src/config/defaults.ts';
import { type Clock, realClock } from '../../src/primitives/clock.ts';
import type { ConfigStore } from '../../src/store/config-store.ts';
import { type ConfigurationWatch, watchConfiguration } from '../../src/store/config-watch.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let store: ConfigStore;
let file: string;
let watch: ConfigurationWatch | undefined;
let changes: Configuration[];
let problems: Error[];

beforeEach(() => {
  const folder = path.join(temporaryFolder(), 'store');
  store = openConfigStore(folder);
  file = path.join(folder, 'store.json');
  [changes, problems] = [[], []];
});
afterEach(() => watch?.close());

const allow = (allowFederatedUsers: boolean) =>
  store.update({
    cmdlet: 'Set-AccessEdgeConfiguration',
    target: 'Global',
    lockTimeoutMs: 5000,
    apply: (current) => ({ ...current, accessEdge: { allowFederatedUsers } }),
  });

/** A clock whose timers fire when the test says so: those of at least `ms`, which are the polls. */
function handClock() {
  const pending: { ms: number; fire: () => void }[] = [];
  const clock: Clock = {
    ...realClock,
    after(ms, fire) {
      const timer = { ms, fire };
      pending.push(timer);
      return { cancel: () => void pending.splice(pending.indexOf(timer), pending.includes(timer) ? 1 : 0) };
    },
  };
  const poll = (): void => {
    const due = pending.filter(({ ms }) => ms >= 1000);
    for (const timer of due) {
      pending.splice(pending.indexOf(timer), 1);
      timer.fire();
    }
  };
  return { clock, poll, pending };
}

function watching(clock: Clock): void {
  watch = watchConfiguration(
    store,
    (configuration) => changes.push(configuration),
    (problem) => problems.push(problem),
    clock,
  );
}

describe('watching the store', () => {
  it('notices a change by the event of the folder, without waiting for the poll', async () => {
    await allow(false);
    await allow(true);
    const noticed = new Promise<Configuration>((resolve, reject) => {
      watch = watchConfiguration(store, resolve, reject);
    });
    await allow(false);
    expect((await noticed).revision).toBe(store.read().revision);
    expect(watch?.current.accessEdge.allowFederatedUsers).toBe(false);
  });

  it('notices a change by the poll where the folder reports nothing, once', async () => {
    const { clock, poll } = handClock();
    watching(clock);
    expect(watch?.current).toEqual(emptyConfiguration);
    await allow(true);
    poll();
    poll();
    expect(changes.map(({ revision }) => revision)).toEqual([1]);
  });

  it('keeps the last good configuration over a damaged file, says so once, and goes on when it is repaired', async () => {
    const { clock, poll } = handClock();
    await allow(true);
    watching(clock);
    writeFileSync(file, '{"torn');
    poll();
    poll();
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining('is damaged')]);
    expect(watch?.current.accessEdge.allowFederatedUsers).toBe(true);
    writeFileSync(`${file}.repaired`, JSON.stringify({ ...emptyConfiguration, revision: 7 }));
    renameSync(`${file}.repaired`, file);
    poll();
    expect(changes.map(({ revision }) => revision)).toEqual([7]);
  });

  it('does not take a file that has disappeared for an empty configuration', async () => {
    const { clock, poll } = handClock();
    await allow(true);
    watching(clock);
    rmSync(file);
    poll();
    expect(problems.map((problem) => problem.message)).toEqual([expect.stringContaining('has disappeared')]);
    expect([changes, watch?.current.accessEdge.allowFederatedUsers]).toEqual([[], true]);
  });

  it('says nothing when the file is written again with the same content', async () => {
    const { clock, poll } = handClock();
    await allow(true);
    watching(clock);
    writeFileSync(file, JSON.stringify(store.read()));
    poll();
    expect([changes, problems]).toEqual([[], []]);
  });

  it('does not start on a damaged store', () => {
    mkdirSync(store.folder);
    writeFileSync(file, '{');
    expect(() => watching(realClock)).toThrow('is damaged');
  });

  it('calls nothing after close, and leaves no timer behind', async () => {
    const { clock, poll, pending } = handClock();
    watching(clock);
    watch?.close();
    await allow(true);
    poll();
    expect([changes, problems, pending]).toEqual([[], [], []]);
  });
});
