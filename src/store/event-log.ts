/**
 * The event log: one JSON object a line in `log/xgw.log`, written through pino, readable by its owner only.
 * A line that an administrator should see is written before the next thing happens: a process that is killed loses none; debug
 * lines, one for each message, wait for the end of the turn, and are written together. A file that reaches `maxBytes` becomes
 * `xgw.log.1` and so on; the oldest is dropped. Every text is made visible before it is written, so that nobody outside can
 * forge a line or steer a terminal.
 */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

import { pino } from 'pino';

import { systemErrorCode } from '../primitives/errors.ts';
import type { OnLogEvent } from '../primitives/log-event.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { eventLogFile, keptFiles } from './event-log-reader.ts';

/** Bytes of one log file before it is set aside. */
export const maxEventLogBytes = 10 * 1024 * 1024;
/** Bytes of lines that are kept in memory while the disk takes none; what comes beyond them is lost, and counted. */
export const maxWaitingEventBytes = 4 * 1024 * 1024;

export interface EventLog {
  readonly write: OnLogEvent;
  /** What an administrator should know of it, one sentence each. */
  problems(): readonly string[];
  close(): void;
}

/** @param folder - The store's folder. The `log` folder in it is made when absent, 0700. */
export function openEventLog(folder: string, maxBytes = maxEventLogBytes): EventLog {
  const file = eventLogFile(folder);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600, maxLength: maxWaitingEventBytes });
  const waiting: string[] = [];
  const logger = pino(
    {
      level: 'trace',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line: string) => waiting.push(line) },
  );
  const flush = (): void => {
    if (waiting.length === 0) return;
    leaving = waiting.length;
    destination.write(waiting.splice(0).join(''));
  };
  let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;

  // A gateway whose log cannot be written goes on: messages matter more than what is said of them.
  const trouble = { reason: '', lost: 0 };
  let leaving = 0;
  destination.on('error', (error: unknown) => Object.assign(trouble, { reason: reasonOf(error) }));
  destination.on('drop', () => void (trouble.lost += leaving));
  destination.on('drain', () => {
    if (trouble.reason === '') return;
    const { lost } = trouble;
    Object.assign(trouble, { reason: '', lost: 0 });
    logger.warn(
      { event: 'EventLogWritten', component: 'store', lost },
      `the event log is written again; ${lost} events are lost`,
    );
    flush();
  });

  return {
    problems: () =>
      trouble.reason === ''
        ? []
        : [`The event log cannot be written (${trouble.reason}); ${trouble.lost} events are lost.`],
    write(event) {
      const { id, level, component, message, correlationId, facts } = event;
      const line = { event: id, component, correlationId, ...(visibleFacts(facts ?? {}) as object) };
      logger[level](line, visibleText(message));
      if (level !== 'debug' && level !== 'trace') flush();
      else if (waiting.length === 1) setImmediate(flush);
      bytes += 120 + message.length;
      if (bytes < maxBytes) return;
      bytes = 0;
      flush();
      if (setAside(file)) destination.reopen();
    },
    close() {
      flush();
      destination.end();
    },
  };
}

/** @returns Whether it could be: where nothing can be renamed, the file grows. */
function setAside(file: string): boolean {
  try {
    for (let number = keptFiles; number > 1; number -= 1) {
      if (existsSync(`${file}.${number - 1}`)) renameSync(`${file}.${number - 1}`, `${file}.${number}`);
    }
    renameSync(file, `${file}.1`);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}

const reasonOf = (error: unknown): string =>
  systemErrorCode(error) ?? (error instanceof Error ? error.message : 'unknown');

function visibleFacts(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  if (Array.isArray(value)) return value.map(visibleFacts);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, fact]) => [name, visibleFacts(fact)]));
}
