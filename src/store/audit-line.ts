/**
 * One line of the audit log: a JSON object whose `line` counts from 0 and whose `prev` is the SHA-256 of the bytes of the line
 * before it, line break left out. What is hashed is what stands in the file, so there is no second form to agree upon.
 */
import { createHash } from 'node:crypto';

import { ok, type Result, refuse } from '../primitives/result.ts';

/**
 * `Start`: the log begins, for the store it names. `Act`: a cmdlet ended. `Interrupted`: its process ended before it could say how.
 * `TornLine`: an unfinished line was set aside. `Gap`: lines that had been written were no longer there.
 */
const auditEvents = ['Start', 'Act', 'Interrupted', 'TornLine', 'Gap'] as const;
export type AuditEvent = (typeof auditEvents)[number];

/** What is told beside the chain's own fields; plain JSON. */
export type AuditFacts = Readonly<Record<string, unknown>>;

export interface AuditNote {
  readonly event: AuditEvent;
  readonly facts: AuditFacts;
}

export interface AuditLine extends AuditNote {
  readonly line: number;
  readonly prev: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** The end of a chain: the number of its last line, and its hash. */
export interface ChainEnd {
  readonly line: number;
  readonly hash: string;
}

/** Bytes. What is longer is written without its changes and parameters. */
export const maxAuditLineBytes = 64 * 1024;

export const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** What the first line follows. @param store - The identity that the log gave its store. */
export const anchorOf = (store: string): ChainEnd => ({ line: -1, hash: hashOf(`xgw audit log of ${store}`) });

/** The line after `end`, and the new end. */
export function nextLine(
  end: ChainEnd,
  time: Date,
  note: AuditNote,
): { readonly text: string; readonly end: ChainEnd } {
  const print = (facts: AuditFacts): string =>
    JSON.stringify({ line: end.line + 1, prev: end.hash, event: note.event, time: time.toISOString(), ...facts });
  const whole = print(note.facts);
  const text = Buffer.byteLength(whole) <= maxAuditLineBytes ? whole : print(shortened(note.facts));
  return { text, end: { line: end.line + 1, hash: hashOf(text) } };
}

/** What was done by whom stays; the command itself is too long to be kept. */
const shortened = (facts: AuditFacts): AuditFacts => ({
  ...facts,
  parameters: {},
  command: null,
  changes: [],
  shortened: true,
});

/** Refuses with what is wrong with the text, one clause. */
export function readAuditLine(text: string): Result<AuditLine, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuse('it is no JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuse('it is no object');
  const { line, prev, event, time, ...facts } = json as Record<string, unknown>;
  const known = auditEvents.find((each) => each === event);
  if (!Number.isSafeInteger(line) || typeof prev !== 'string' || typeof time !== 'string' || known === undefined) {
    return refuse('line, prev, event or time are not what they must be');
  }
  return ok({ line: line as number, prev, event: known, time, facts });
}
