/** Traces on disk: who can read them, what a name can be, and what is read of a file that is not whole. */
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { createTraceFile, isTraceName, readTrace, removeTrace, tracesOnDisk } from '../../src/store/trace-files.ts';
import { traceFile, traceFolder } from '../../src/store/trace-folder.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const header = { name: 'ticket-1', scenario: 'Im', started: '2026-11-22T09:41:07.000Z', withBodies: false };
const step = {
  order: 1,
  time: '2026-11-22T09:41:08.000Z',
  kind: 'Wire',
  component: 'sip',
  subject: 'Im',
  level: 'trace',
  summary: 'MESSAGE',
};
const end = { time: '2026-11-22T09:42:00.000Z', reason: 'it was stopped', steps: 1 };

describe('a trace in a file', () => {
  it('is for its owner only, and is not written over', () => {
    const store = temporaryFolder();
    const file = createTraceFile(store, header);
    expect([statSync(file.path).mode & 0o777, statSync(traceFolder(store)).mode & 0o777]).toEqual([0o600, 0o700]);
    expect(() => createTraceFile(store, header)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    file.close();
  });

  it('is read whole, its end too', () => {
    const store = temporaryFolder();
    const file = createTraceFile(store, header);
    file.append(`${JSON.stringify(step)}\n`);
    expect(tracesOnDisk(store)).toMatchObject([{ ...header, path: file.path, end: undefined }]);
    file.append(`${JSON.stringify({ ended: end })}\n`);
    file.close();
    expect(readTrace(file.path)).toEqual({ header, steps: [step], end });
    expect(tracesOnDisk(store)).toEqual([{ ...header, path: file.path, bytes: statSync(file.path).size, end }]);
    removeTrace({ path: file.path });
    expect(tracesOnDisk(store)).toEqual([]);
  });

  it('gives what is whole of a line that is torn, of garbage and of a file that is no trace', () => {
    const store = temporaryFolder();
    const file = createTraceFile(store, header);
    file.append(`${JSON.stringify(step)}\n[1]\nnull\n"x"\n{"order":"1"}\n{"order":2,"ti`);
    file.close();
    expect(readTrace(file.path).steps).toEqual([step]);
    writeFileSync(path.join(traceFolder(store), 'notes.ndjson'), 'hello\n');
    writeFileSync(path.join(traceFolder(store), 'notes.txt'), 'hello\n');
    appendFileSync(traceFile(store, 'x'), '{"trace":{"name":5}}\n');
    expect(tracesOnDisk(store).map(({ name }) => name)).toEqual(['ticket-1']);
  });

  it.each([
    ['ticket-4711', true],
    ['Im-20261122T094107Z', true],
    ['..', false],
    ['a/b', false],
    ['', false],
    ['-x', false],
    ['a'.repeat(65), false],
    ['a\nb', false],
  ])('%j can be its name: %s', (name, can) => {
    expect(isTraceName(name)).toBe(can);
  });
});
