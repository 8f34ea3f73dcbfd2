/**
 * The event log: one JSON object a line in `log/xgw.log`, written through pino, readable by its owner only.
 * A file that reaches `maxBytes` becomes `xgw.log.1` and so on; the oldest is dropped. Every text is made visible
 * before it is written, so that nobody outside can forge a line or steer a terminal.
 */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

import { pino } from 'pino';

import type { OnLogEvent } from '../primitives/log-event.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { eventLogFile, keptFiles } from './event-log-reader.ts';

/** Bytes of one log file before it is set aside. */
const maxBytes = 10 * 1024 * 1024;

export interface EventLog {
  readonly write: OnLogEvent;
  close(): void;
}

/** @param folder - The store's folder. The `log` folder in it is made when absent, 0700. */
export function openEventLog(folder: string): EventLog {
  const file = eventLogFile(folder);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const destination = pino.destination({ dest: file, sync: true, mode: 0o600 });
  const logger = pino(
    {
      level: 'trace',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
    },
    destination,
  );
  let bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;

  return {
    write(event) {
      const { id, level, component, message, correlationId, facts } = event;
      const line = { event: id, component, correlationId, ...(visibleFacts(facts ?? {}) as object) };
      logger[level](line, visibleText(message));
      bytes += 120 + message.length;
      if (bytes < maxBytes) return;
      setAside(file);
      destination.reopen();
      bytes = 0;
    },
    close: () => destination.end(),
  };
}

function setAside(file: string): void {
  for (let number = keptFiles; number > 1; number -= 1) {
    if (existsSync(`${file}.${number - 1}`)) renameSync(`${file}.${number - 1}`, `${file}.${number}`);
  }
  renameSync(file, `${file}.1`);
}

function visibleFacts(value: unknown): unknown {
  if (typeof value === 'string') return visibleText(value);
  if (Array.isArray(value)) return value.map(visibleFacts);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
  return Object.fromEntries(Object.entries(value).map(([name, fact]) => [name, visibleFacts(fact)]));
}
