/**
 * Reads the event log without the library that writes it: the command line starts faster for it. A block is in memory at a
 * time, whatever the log has grown to; lines that are not whole are left out, since the writer may be in the middle of one.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import path from 'node:path';

import { systemErrorCode } from '../primitives/errors.ts';
import { type LogEvent, type LogLevel, logLevels } from '../primitives/log-event.ts';

/** Files set aside and kept, beside the current one. */
export const keptFiles = 5;
/** Bytes that are read at once. */
const blockBytes = 256 * 1024;
/** Bytes of a line; a longer one is none of ours, and is left out. */
export const maxEventLineBytes = 1024 * 1024;

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

interface LogFile {
  readonly descriptor: number;
  readonly inode: number;
  readonly size: number;
}

/** Before everything that there is. */
export const logBeginning: LogPosition = { inode: 0, offset: 0 };

/** Behind the last whole line that there is now. */
export function logEnd(folder: string): LogPosition {
  return withFiles(folder, (files) => {
    const current = files.at(-1);
    return current === undefined ? logBeginning : { inode: current.inode, offset: lastLineEnd(current) };
  });
}

/** All events, oldest first. */
export function readEventLog(folder: string): readonly LoggedEvent[] {
  const events: LoggedEvent[] = [];
  eachNewest(folder, logEnd(folder), (event) => events.push(event) > 0);
  return events.toReversed();
}

/** The newest so many, oldest first. */
export function lastEvents(folder: string, count: number): readonly LoggedEvent[] {
  const events: LoggedEvent[] = [];
  eachNewest(folder, logEnd(folder), (event) => events.push(event) < count);
  return events.toReversed();
}

/** Newest first, until `take` wants no more. @param until - What is behind it is left out. */
export function eachNewest(folder: string, until: LogPosition, take: (event: LoggedEvent) => boolean): void {
  withFiles(folder, (files) => {
    for (const { descriptor, size } of upTo(files, until).toReversed()) {
      for (const line of linesBackwards(descriptor, size)) {
        const event = parseLine(line.toString('utf8'));
        if (event !== undefined && !take(event)) return;
      }
    }
  });
}

/** What is behind a position, oldest first, also where the log was set aside meanwhile: nothing is left out, and nothing comes twice. */
export function readEventsAfter(
  folder: string,
  position: LogPosition,
  onEvent: (event: LoggedEvent) => void,
): LogPosition {
  return withFiles(folder, (files) => {
    const known = files.findIndex(({ inode, size }) => inode === position.inode && size >= position.offset);
    let end = position;
    for (const [index, { descriptor, inode, size }] of files.entries()) {
      if (index < known) continue;
      const from = index === known ? position.offset : 0;
      end = { inode, offset: eventsForwards(descriptor, { from, size }, onEvent) };
    }
    return end;
  });
}

/** The files, oldest first. They are opened newest first: a file that is set aside meanwhile is met twice then, and never missed. */
function withFiles<T>(folder: string, read: (files: readonly LogFile[]) => T): T {
  const file = eventLogFile(folder);
  const names = [file, ...Array.from({ length: keptFiles }, (_, index) => `${file}.${index + 1}`)];
  const files: LogFile[] = [];
  try {
    for (const name of names) {
      const opened = openIfThere(name);
      if (opened !== undefined) files.unshift(opened);
    }
    return read(files.filter(({ inode }, index) => files.findIndex((each) => each.inode === inode) === index));
  } finally {
    for (const { descriptor } of files) closeSync(descriptor);
  }
}

function openIfThere(name: string): LogFile | undefined {
  try {
    const descriptor = openSync(name, 'r');
    const { ino: inode, size } = fstatSync(descriptor);
    return { descriptor, inode, size };
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function upTo(files: readonly LogFile[], until: LogPosition): readonly LogFile[] {
  const last = files.findIndex(({ inode }) => inode === until.inode);
  if (last < 0) return files;
  return files.slice(0, last + 1).map((file, index) => (index === last ? { ...file, size: until.offset } : file));
}

const lineEnd = 0x0a;

function lastLineEnd({ descriptor, size }: LogFile): number {
  for (let from = size; from > 0; ) {
    const length = Math.min(blockBytes, from);
    from -= length;
    const at = bytesAt(descriptor, from, length).lastIndexOf(lineEnd);
    if (at >= 0) return from + at + 1;
  }
  return 0;
}

function* linesBackwards(descriptor: number, size: number): Generator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for (let from = size; from > 0; ) {
    const length = Math.min(blockBytes, from);
    from -= length;
    const block = Buffer.concat([bytesAt(descriptor, from, length), rest]);
    let stop = block.length;
    for (let at = block.lastIndexOf(lineEnd); at >= 0; at = at === 0 ? -1 : block.lastIndexOf(lineEnd, at - 1)) {
      yield block.subarray(at + 1, stop);
      stop = at;
    }
    rest = stop > maxEventLineBytes ? Buffer.alloc(0) : Buffer.from(block.subarray(0, stop));
  }
  yield rest;
}

/** @returns Where the last whole line ends. */
function eventsForwards(
  descriptor: number,
  { from, size }: { readonly from: number; readonly size: number },
  onEvent: (event: LoggedEvent) => void,
): number {
  let [end, rest] = [from, Buffer.alloc(0) as Buffer];
  for (let at = from; at < size; ) {
    const read = bytesAt(descriptor, at, Math.min(blockBytes, size - at));
    if (read.length === 0) break;
    at += read.length;
    const block = Buffer.concat([rest, read]);
    const whole = block.lastIndexOf(lineEnd) + 1;
    for (const event of parseLines(block.toString('utf8', 0, whole))) onEvent(event);
    end += whole;
    rest = Buffer.from(block.subarray(whole));
    // What is too long for a line is passed over.
    if (rest.length > maxEventLineBytes) [end, rest] = [end + rest.length, Buffer.alloc(0)];
  }
  return end;
}

function bytesAt(descriptor: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(descriptor, bytes, 0, length, from));
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
