/** What a part of the program tells the event log and the trace. Ids are public and stable; texts may change. */

import type { LogEventId } from './log-events.ts';

export const logLevels = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogEvent {
  readonly id: LogEventId;
  readonly level: LogLevel;
  readonly component: 'xmpp' | 'sip' | 'policy' | 'service' | 'store';
  /** One sentence. Text from the network is escaped by the log, not here. */
  readonly message: string;
  readonly correlationId?: string | undefined;
  /** Further facts by name: `partner`, `from`, `to`, `reason`, `fix`, `step`, ... Never bodies, never secrets. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

export type OnLogEvent = (event: LogEvent) => void;
