/** The event log as it is read: from the end, a block at a time, and after a position across files that are set aside. */
import { appendFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { LogEvent } from '../../src/primitives/log-event.ts';
import { openEventLog } from '../../src/store/event-log.ts';
import {
  eachNewest,
  eventLogFile,
  keptFiles,
  lastEvents,
  logBeginning,
  logEnd,
  maxEventLineBytes,
  readEventLog,
  readEventsAfter,
} from '../../src/store/event-log-reader.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const line = (message: string): string =>
  `${JSON.stringify({ level: 'info', time: '2026-11-23T02:00:00.000Z', event: 'ServiceStarted', component: 'service', msg: message })}\n`;
const event = (message: string): LogEvent => ({ id: 'ServiceStarted', level: 'info', component: 'service', message });

function emptyLog(): { readonly folder: string; readonly file: string; setAside(): void } {
  const folder = temporaryFolder();
  const file = eventLogFile(folder);
  mkdirSync(path.dirname(file));
  return {
    folder,
    file,
    setAside() {
      for (let number = keptFiles; number > 1; number -= 1)
        if (existsSync(`${file}.${number - 1}`)) renameSync(`${file}.${number - 1}`, `${file}.${number}`);
      renameSync(file, `${file}.1`);
    },
  };
}

const messages = (folder: string): readonly string[] => readEventLog(folder).map(({ message }) => message);

describe('the newest events', () => {
  it('are those at the end, of all files, oldest first, and nothing before them is read', () => {
    const { folder, file, setAside } = emptyLog();
    writeFileSync(file, line('one') + line('two'));
    setAside();
    writeFileSync(file, line('three'));
    expect(lastEvents(folder, 2).map(({ message }) => message)).toEqual(['two', 'three']);
    expect(lastEvents(folder, 9).map(({ message }) => message)).toEqual(['one', 'two', 'three']);
    const taken: string[] = [];
    eachNewest(folder, logEnd(folder), ({ message }) => taken.push(message) < 2);
    expect(taken).toEqual(['three', 'two']);
  });

  it('are whole where a line crosses blocks, in any length and with letters of several bytes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 200_000 }), fc.constantFrom('x', 'é', '世', '👋')), {
          maxLength: 8,
        }),
        (shapes) => {
          const { folder, file } = emptyLog();
          const texts = shapes.map(([length, letter], index) => `${index}${letter.repeat(length)}`);
          writeFileSync(file, texts.map(line).join(''));
          expect(messages(folder)).toEqual(texts);
        },
      ),
      { numRuns: 25, seed: 20261123 },
    );
  });

  it('leave out a line that is torn, garbage, and one that is longer than any of ours', () => {
    const { folder, file } = emptyLog();
    writeFileSync(
      file,
      `${line('one')}\u0000\u0000garbage\n${line('x'.repeat(maxEventLineBytes + 600_000))}${line('two')}${line('three').slice(0, 30)}`,
    );
    expect(messages(folder)).toEqual(['one', 'two']);
  });

  it('are none of a log that is not there', () => {
    expect(readEventLog(temporaryFolder())).toEqual([]);
    expect(logEnd(temporaryFolder())).toEqual(logBeginning);
  });
});

describe('what is behind a position', () => {
  it('is each line once, whenever the log is set aside and however much is written between two looks', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('line', 'half', 'aside', 'look', 'look'), { maxLength: 60 }), (acts) => {
        const { folder, file, setAside } = emptyLog();
        writeFileSync(file, '');
        const [written, seen]: [string[], string[]] = [[], []];
        let [position, half, asideSinceLook] = [logEnd(folder), '', 0];
        const look = (): void => {
          position = readEventsAfter(folder, position, ({ message }) => seen.push(message));
          asideSinceLook = 0;
        };
        for (const act of acts) {
          if (act === 'look') look();
          else if (act === 'aside' && half === '' && asideSinceLook < keptFiles) {
            setAside();
            writeFileSync(file, '');
            asideSinceLook += 1;
          } else if (act === 'line' || act === 'half') {
            const whole = half === '' ? line(`m${written.push(`m${written.length}`) - 1}`) : half;
            const cut = act === 'half' ? Math.floor(whole.length / 2) : whole.length;
            appendFileSync(file, whole.slice(0, cut));
            half = whole.slice(cut);
          }
        }
        appendFileSync(file, half);
        look();
        expect(seen).toEqual(written);
      }),
      { numRuns: 150, seed: 20261123 },
    );
  });

  it('is all of a log that begins anew without the file of before', () => {
    const { folder, file } = emptyLog();
    writeFileSync(file, line('a rather long first line'));
    const position = logEnd(folder);
    writeFileSync(file, line('new'));
    const seen: string[] = [];
    readEventsAfter(folder, position, ({ message }) => seen.push(message));
    expect(seen).toEqual(['new']);
  });
});

describe('a writer under load', () => {
  it('sets files aside while a reader follows, who gets each event once and in order', async () => {
    const folder = temporaryFolder();
    const log = openEventLog(folder, 20_000);
    let position = logEnd(folder);
    const seen: number[] = [];
    for (let number = 0; number < 3_000; number += 1) {
      log.write(event(`${number} ${'x'.repeat(number % 300)}`));
      // A file is opened in a later turn of the event loop.
      if (number % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      // Less often than a file is filled, now and then.
      if (number % 101 === 0 || number % 7 === 0)
        position = readEventsAfter(folder, position, ({ message }) => seen.push(Number.parseInt(message, 10)));
    }
    log.close();
    readEventsAfter(folder, position, ({ message }) => seen.push(Number.parseInt(message, 10)));
    expect(seen).toEqual(Array.from({ length: 3_000 }, (_, number) => number));
    expect(existsSync(`${eventLogFile(folder)}.${keptFiles}`)).toBe(true);
  });
});
