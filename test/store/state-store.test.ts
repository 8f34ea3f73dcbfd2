/** The run-time state with real files and real processes: killed while they write, torn, full, newer, opened twice. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { isCodedError } from '../../src/primitives/errors.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { openRecordFile } from '../../src/store/lmdb.ts';
import { recordsFolder, stateFolder } from '../../src/store/state-folder.ts';
import { printStateRecord } from '../../src/store/state-record.ts';
import { type DurableState, withStateStore } from '../../src/store/state-store.ts';
import { movableClock } from '../support/movable-clock.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { buildWritingProcess } from './support/build-writing-process.ts';

const { clock, events } = { clock: movableClock(), events: [] as LogEvent[] };
const ports = { clock, onEvent: (event: LogEvent) => void events.push(event) };

const within = <T>(folder: string, work: (state: DurableState) => T): Promise<T> =>
  withStateStore(folder, ports, async (state) => work(state));

const keysIn = (folder: string): Promise<readonly string[]> =>
  within(folder, (state) => [...state.entries('presence-link')].map(({ key }) => key));

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (isCodedError(error) ? error.id : error),
  );

const dataFile = (folder: string): string => path.join(recordsFolder(folder), 'data.mdb');

async function writtenFolder(count = 200): Promise<string> {
  const folder = temporaryFolder();
  await within(folder, (state) => {
    for (let index = 0; index < count; index += 1) state.write('presence-link', `k${index}`, { text: 'x'.repeat(200) });
  });
  events.length = 0;
  return folder;
}

describe('the run-time state', () => {
  it('is there again after the store was closed, the last of several writes, without what was forgotten', async () => {
    const folder = temporaryFolder();
    await within(folder, (state) => {
      expect(state.problems()).toEqual([]);
      state.write('presence-link', 'alice bob', { state: 'from' });
      state.write('presence-link', 'alice bob', { state: 'both', note: '你好' });
      state.write('presence-link', 'alice carol', { state: 'to' });
      state.write('presence-link', 'alice carol', undefined);
    });
    const found = await within(folder, (state) => [...state.entries('presence-link')]);
    expect(found).toEqual([{ key: 'alice bob', value: { state: 'both', note: '你好' } }]);
  });

  it('is durable when the writes that gathered for ten milliseconds are committed, all of them at once', async () => {
    const folder = temporaryFolder();
    await within(folder, async (state) => {
      expect(state.durable()).toBeUndefined();
      state.write('presence-link', 'a', 1);
      const durable = state.durable();
      state.write('presence-link', 'b', 2);
      expect(state.durable()).toBe(durable);
      clock.advance(10);
      await durable;
      expect(state.durable()).toBeUndefined();
    });
  });

  it('is for its owner only', async () => {
    const folder = await writtenFolder(1);
    const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);
    expect([stateFolder(folder), recordsFolder(folder)].map(mode)).toEqual(['700', '700']);
    const files = readdirSync(recordsFolder(folder)).map((name) => mode(path.join(recordsFolder(folder), name)));
    expect(new Set(files)).toEqual(new Set(['600']));
  });

  it('is open to one process at a time', async () => {
    const folder = temporaryFolder();
    const second = await within(folder, () => failureOf(keysIn(folder)));
    expect(await second).toBe('StateBusy');
    expect(await keysIn(folder)).toEqual([]);
  });

  it('is refused and left alone when a newer version has written it', async () => {
    const folder = await writtenFolder(3);
    const file = await openRecordFile(recordsFolder(folder));
    file.commit(new Map([['format', printStateRecord('format', 2)]]));
    await file.close();
    expect(await failureOf(keysIn(folder))).toBe('StateTooNew');
    expect(events).toEqual([]);
    expect(readdirSync(stateFolder(folder)).filter((name) => name !== '.lock')).toEqual(['gateway']);
  });
});

describe('damaged state', () => {
  const damages: readonly (readonly [string, (file: string) => void])[] = [
    ['half of the file is missing', (file) => truncateSync(file, 4096 * Math.floor(statSync(file).size / 8192))],
    ['a few bytes are left', (file) => truncateSync(file, 100)],
    ['the file is empty', (file) => truncateSync(file, 0)],
    ['the file is gone', (file) => rmSync(file)],
    ['it is something else', (file) => writeFileSync(file, 'x'.repeat(50_000))],
    ['the pages are zeros', (file) => writeFileSync(file, zeroed(readFileSync(file)))],
    ['one letter of one record is another', (file) => writeFileSync(file, flipped(readFileSync(file)))],
  ];

  it.each(damages)('%s: set aside whole, reported, warned of as long as it lies there, and new', async (_, damage) => {
    const folder = await writtenFolder();
    damage(dataFile(folder));
    const left = existsSync(dataFile(folder)) ? readFileSync(dataFile(folder)) : undefined;
    const [keys, problems] = await within(folder, (state) => [[...state.entries('presence-link')], state.problems()]);
    expect(keys).toEqual([]);
    expect(events).toMatchObject([{ id: 'StateSetAside', level: 'error' }]);
    const [aside = ''] = readdirSync(stateFolder(folder)).filter((name) => name.startsWith('gateway.damaged-'));
    expect(aside).toMatch(/^gateway\.damaged-2026-01-01T00-00-\d\d-\d{3}Z$/);
    expect(problems).toEqual([expect.stringContaining(aside)]);
    const place = path.join(stateFolder(folder), aside);
    if (left !== undefined) expect(readFileSync(path.join(place, 'data.mdb')).equals(left)).toBe(true);
    await within(folder, (state) => expect(state.problems()).toHaveLength(1));
    rmSync(place, { recursive: true });
    await within(folder, (state) => expect(state.problems()).toEqual([]));
    expect(events).toHaveLength(1);
  });

  it('does not leave a set of records half made: what a killed process began is begun anew', async () => {
    const folder = await writtenFolder(2);
    cpSync(recordsFolder(folder), `${recordsFolder(folder)}.new`, { recursive: true });
    rmSync(recordsFolder(folder), { recursive: true });
    truncateSync(path.join(`${recordsFolder(folder)}.new`, 'data.mdb'), 0);
    expect(await keysIn(folder)).toEqual([]);
    expect(events).toEqual([]);
  });
});

const zeroed = (bytes: Buffer): Buffer => Buffer.concat([bytes.subarray(0, 8192), Buffer.alloc(bytes.length - 8192)]);

/** In every copy of a record, since which of them counts only LMDB knows. */
const flipped = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replaceAll('xxxxxxxx"}', 'xxxxyxxx"}'), 'latin1');

describe('processes that write', () => {
  let script: string;
  beforeAll(() => {
    script = buildWritingProcess('state-writing-process');
  });
  afterAll(() => rmSync(script, { force: true }));

  it('killed in the middle, again and again, lose nothing they called durable, and block nobody', async () => {
    const folder = temporaryFolder();
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const child = spawn(process.execPath, [script, folder, `r${round}-`, '100000'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        if (output.split('\n').length > 5 + 3 * round) child.kill('SIGKILL');
      });
      await once(child, 'close');
      acknowledged.push(...output.split('\n').slice(0, -1));
    }
    events.length = 0;
    expect(acknowledged.length).toBeGreaterThan(150);
    expect(await keysIn(folder)).toEqual(expect.arrayContaining(acknowledged));
    expect(events).toEqual([]);
  }, 180_000);

  it('go on when the disk is full, say so, and leave whole what was there', async () => {
    const folder = temporaryFolder();
    // Files of 200 blocks of 1024 bytes at most.
    const limited = `ulimit -f 200; exec '${process.execPath}' '${script}' '${folder}' full- 100 3000`;
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', limited]);
    const written = stdout.trim().split('\n');
    expect(written).toHaveLength(100);
    expect(stderr).toContain('StateNotWritten');
    expect(stderr).toContain('Run-time state cannot be written');
    events.length = 0;
    const kept = await keysIn(folder);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length).toBeLessThan(70);
    expect(kept.toSorted()).toEqual(written.slice(0, kept.length).toSorted());
    expect(events).toEqual([]);
  }, 180_000);
});
