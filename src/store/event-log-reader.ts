/** Reads the event log without the library that writes it: the command line starts faster for it. */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';

import { type LogEvent, type LogLevel, logLevels } from '../primitives/log-event.ts';

/** Files set aside and kept, beside the current one. */
export const keptFiles = 5;

export interface LoggedEvent extends Omit<LogEvent, 'id'> {
  /** Of this version or of another. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

export const eventLogFile = (folder: string): string => path.join(folder, 'log', 'xgw.log');

/** How far a log has been read: in which file, and to which byte of it. */
export interface LogPosition {
  readonly inode: number;
  readonly offset: number;
}

export const logBeginning: LogPosition = { inode: 0, offset: 0 };

interface ReadLog {
  readonly events: readonly LoggedEvent[];
  /** Behind the last whole line. */
  readonly end: LogPosition;
}

/** The events of a store, oldest first. Lines that are not whole are left out: the writer may be in the middle of one. */
export const readEventLog = (folder: string): readonly LoggedEvent[] => readEventLogToEnd(folder).events;

/** The same, and where a reader that follows the log goes on: nothing is left out then, and nothing comes twice. */
export function readEventLogToEnd(folder: string): ReadLog {
  const file = eventLogFile(folder);
  const older = Array.from({ length: keptFiles }, (_, index) => `${file}.${keptFiles - index}`);
  const before = older.filter((name) => existsSync(name)).flatMap((name) => parseLines(readFileSync(name, 'utf8')));
  const { events, end } = readEventLogFrom(folder, logBeginning);
  return { events: [...before, ...events], end };
}

/** The whole lines behind a position; a file that is another one, or shorter than that, is new and read from its beginning. */
export function readEventLogFrom(folder: string, position: LogPosition): ReadLog {
  let descriptor: number;
  try {
    descriptor = openSync(eventLogFile(folder), 'r');
  } catch {
    return { events: [], end: logBeginning };
  }
  try {
    const { size, ino: inode } = fstatSync(descriptor);
    const from = size < position.offset || inode !== position.inode ? 0 : position.offset;
    const bytes = Buffer.alloc(size - from);
    const read = readSync(descriptor, bytes, 0, bytes.length, from);
    const length = bytes.subarray(0, read).lastIndexOf(0x0a) + 1;
    return { events: parseLines(bytes.toString('utf8', 0, length)), end: { inode, offset: from + length } };
  } finally {
    closeSync(descriptor);
  }
}

/** The events of some log text. */
export function parseLines(text: string): readonly LoggedEvent[] {
  return text.split('\n').flatMap((line) => {
    const event = parseLine(line);
    return event === undefined ? [] : [event];
  });
}

function parseLine(line: string): LoggedEvent | undefined {
  if (!line.startsWith('{') || !line.endsWith('}')) return undefined;
  try {
    const { level, time, event, component, correlationId, msg, ...facts } = JSON.parse(line);
    return { id: event, level: knownLevel(level), component, message: msg, correlationId, facts, time };
  } catch {
    return undefined;
  }
}

const knownLevel = (level: unknown): LogLevel => logLevels.find((known) => known === level) ?? 'info';
