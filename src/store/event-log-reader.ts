/** Reads the event log without the library that writes it: the command line starts faster for it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { type LogEvent, type LogLevel, logLevels } from '../primitives/log-event.ts';

/** Files set aside and kept, beside the current one. */
export const keptFiles = 5;

export interface LoggedEvent extends LogEvent {
  /** ISO 8601, UTC. */
  readonly time: string;
}

export const eventLogFile = (folder: string): string => path.join(folder, 'log', 'xgw.log');

/** The events of a store, oldest first. Lines that are not whole are left out: the writer may be in the middle of one. */
export function readEventLog(folder: string): readonly LoggedEvent[] {
  const file = eventLogFile(folder);
  const files = [...Array.from({ length: keptFiles }, (_, index) => `${file}.${keptFiles - index}`), file];
  return files.filter((name) => existsSync(name)).flatMap((name) => parseLines(readFileSync(name, 'utf8')));
}

/** The events of some log text; used on the piece that a following reader has just received. */
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
