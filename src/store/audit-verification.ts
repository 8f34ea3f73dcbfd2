/**
 * Whether the audit log is what was written: every line follows the one before it, nothing is missing at either end, and every
 * revision of the configuration that remembers a line finds it.
 *
 * What cannot be seen: that somebody who may write the store's folder made the whole chain anew from some line on, `head.json` and
 * the revisions with it. A copy of the last hash elsewhere shows that too.
 */
import path from 'node:path';

import { type AuditHead, readHead } from './audit-files.ts';
import { anchorOf, type ChainEnd, hashOf, readAuditLine } from './audit-line.ts';
import { auditTexts, tornText } from './audit-reader.ts';

export interface AuditVerdict {
  /** Lines that were looked at, and that are in order up to the first that is not. */
  readonly lines: number;
  /** The end of the chain that was proven; undefined when there is no line. */
  readonly end: ChainEnd | undefined;
  readonly fault?: AuditFault;
}

export interface AuditFault {
  /** The number of the first line that is not in order. */
  readonly line: number;
  /** `audit.jsonl:17`; undefined when the line is not there. */
  readonly place: string | undefined;
  readonly kind: 'Unreadable' | 'Changed' | 'Missing' | 'Inserted' | 'Torn' | 'Truncated' | 'Beginning';
  /** One sentence. */
  readonly detail: string;
}

/** Lines that one process writes at once: its own, and what it has found. */
const mostAtOnce = 100;

/** @param remembered - What revisions remember, by revision. */
export function verifyAudit(store: string, remembered: ReadonlyMap<number, ChainEnd>): AuditVerdict {
  const head = readHead(store);
  const hashes = new Map<number, string>();
  let end: ChainEnd | undefined;
  for (const { file, at, text } of auditTexts(store)) {
    const fault = faultOf(text, end ?? beginning(text, head), `${path.basename(file)}:${at}`, end === undefined);
    if (fault) return { lines: hashes.size, end, fault };
    end = { line: (end?.line ?? lineOf(text) - 1) + 1, hash: hashOf(text) };
    hashes.set(end.line, end.hash);
  }
  const fault = tornFault(store, end) ?? endFault(end, head) ?? revisionFault(hashes, remembered, head);
  return { lines: hashes.size, end, ...(fault && { fault }) };
}

const lineOf = (text: string): number => {
  const line = readAuditLine(text);
  return line.ok ? line.value.line : 0;
};

/** What the oldest line must follow: the anchor of its store, or what rotation left behind. */
function beginning(text: string, head: AuditHead | undefined): ChainEnd {
  const line = readAuditLine(text);
  const store = line.ok && line.value.event === 'Start' ? line.value.facts['store'] : undefined;
  if (typeof store === 'string') return anchorOf(store);
  return head?.before ?? { line: -1, hash: '' };
}

function faultOf(text: string, end: ChainEnd, place: string, isFirst: boolean): AuditFault | undefined {
  const wanted = end.line + 1;
  const read = readAuditLine(text);
  if (!read.ok)
    return { line: wanted, place, kind: 'Unreadable', detail: `line ${wanted} cannot be read: ${read.error}` };
  const { line, prev } = read.value;
  if (line === wanted && prev === end.hash) return undefined;
  if (isFirst) {
    return {
      line,
      place,
      kind: 'Beginning',
      detail: `the log begins with line ${line}, which does not follow its anchor`,
    };
  }
  if (line > wanted) {
    const which = line === wanted + 1 ? `line ${wanted} is` : `lines ${wanted} to ${line - 1} are`;
    return { line: wanted, place, kind: 'Missing', detail: `${which} missing, or stand elsewhere` };
  }
  if (line < wanted)
    return { line, place, kind: 'Inserted', detail: `line ${line} stands where line ${wanted} should` };
  const detail = `line ${end.line} was changed after it was written, or line ${line} was: they do not fit together`;
  return { line: end.line, place, kind: 'Changed', detail };
}

function tornFault(store: string, end: ChainEnd | undefined): AuditFault | undefined {
  const torn = tornText(store);
  if (torn === '') return undefined;
  const line = (end?.line ?? -1) + 1;
  return {
    line,
    place: undefined,
    kind: 'Torn',
    detail: `the last line is unfinished (${Buffer.byteLength(torn)} bytes): its process was killed, or the file was cut`,
  };
}

function endFault(end: ChainEnd | undefined, head: AuditHead | undefined): AuditFault | undefined {
  if (head !== undefined) return faultBeside(end, head);
  if (end === undefined) return undefined;
  const detail = 'head.json, which remembers the last line, is gone or damaged';
  return { line: end.line, place: 'head.json', kind: 'Truncated', detail };
}

/** The last line against the one that head.json remembers. */
function faultBeside(end: ChainEnd | undefined, head: AuditHead): AuditFault | undefined {
  const last = end?.line ?? -1;
  if (last < head.line) {
    const detail = `lines ${last + 1} to ${head.line} are gone from the end`;
    return { line: last + 1, place: undefined, kind: 'Truncated', detail };
  }
  if (last === head.line && end?.hash !== head.hash) {
    const detail = `line ${last}, the last one, was changed after it was written`;
    return { line: last, place: undefined, kind: 'Changed', detail };
  }
  // A process that is killed between the line and head.json leaves one act more, with what it had to tell of others.
  if (last > head.line + mostAtOnce) {
    const detail = `head.json remembers line ${head.line} as the last, and there are ${last - head.line} more`;
    return { line: head.line + 1, place: 'head.json', kind: 'Inserted', detail };
  }
  return undefined;
}

function revisionFault(
  hashes: ReadonlyMap<number, string>,
  remembered: ReadonlyMap<number, ChainEnd>,
  head: AuditHead | undefined,
): AuditFault | undefined {
  for (const [revision, { line, hash }] of remembered) {
    if (hashes.get(line) === hash || line <= (head?.before.line ?? -1)) continue;
    const detail = `revision ${revision} of the configuration remembers another line ${line} than there is`;
    return { line, place: undefined, kind: hashes.has(line) ? 'Changed' : 'Truncated', detail };
  }
  return undefined;
}
