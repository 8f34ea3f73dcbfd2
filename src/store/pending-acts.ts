/**
 * An act is announced before it begins, in `audit/pending/<id>/`, and the announcement goes when its line is in the log. So an act
 * whose process was killed is told by whoever comes next, a log that cannot be written is known before anything is changed, and the
 * announcement keeps on the disk the room that the line will take.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import { type Clock, realClock } from '../primitives/clock.ts';
import { isCodedError, systemErrorCode } from '../primitives/errors.ts';
import { auditFolder, prepareAuditFolder } from './audit-files.ts';
import { type AuditFacts, type AuditNote, type ChainEnd, maxAuditLineBytes } from './audit-line.ts';
import { appendAudit, auditNotWritable } from './audit-log.ts';
import { auditLinesBackwards } from './audit-reader.ts';
import { type LockPorts, lockHolder, withConfigLock } from './config-lock.ts';
import { giveToFolderOwner, prepareStoreFolder, requireWritable } from './store-folder.ts';

export interface ActSite {
  /** The store's folder. */
  readonly folder: string;
  readonly cmdlet: string;
  /** Names the act; a file name. */
  readonly correlationId: string;
  /** Milliseconds to wait for writers of the store. */
  readonly lockTimeoutMs: number;
  /** The end of the log that the configuration remembers. */
  remembered(): ChainEnd | undefined;
  /** One sentence about the log itself. */
  warn(sentence: string): void;
  readonly onWaiting?: LockPorts['onWaiting'];
}

export interface Ended<T> {
  readonly value: T;
  /** What the line says beside the beginning; undefined: nothing was done, and no line is written. */
  readonly facts: AuditFacts | undefined;
}

/** Milliseconds to wait for writers when the act is done: its line must not be lost to impatience. */
const endTimeoutMs = 120_000;

const pendingFolder = (store: string): string => path.join(auditFolder(store), 'pending');
const intentFile = (folder: string): string => path.join(folder, 'act.json');

/**
 * @param known - What is known before: who, where, what was typed.
 * @throws CodedError `AuditNotWritable`, `StoreBusy`, `StoreDenied` before the work began, and whatever the work throws.
 */
export async function auditedAct<T>(site: ActSite, known: AuditFacts, work: () => Promise<Ended<T>>): Promise<T> {
  const begun = { ...known, begun: new Date().toISOString() };
  const own = path.join(pendingFolder(site.folder), `${site.correlationId}-${process.pid}`);
  prepareStoreFolder(site.folder);
  // Not a matter of the log: nothing at all can be written.
  requireWritable(site.folder);
  guarded(site.folder, () => prepareAuditFolder(site.folder));
  return await locked(site, own, async () => {
    await inTurn(site, site.lockTimeoutMs, async () => {
      await tellInterrupted(site);
      guarded(site.folder, () => announce(site.folder, own, begun));
    });
    const { value, facts } = await work();
    await inTurn(site, endTimeoutMs, async () => {
      if (facts !== undefined) tellEnd(site, own, { event: 'Act', facts: { ...begun, ...facts } });
    }).catch((error: unknown) => sayNotAudited(site, error));
    return value;
  });
}

/** With the room that was kept for it, where there is no other. Until the line is there, the announcement is. */
function tellEnd(site: ActSite, own: string, note: AuditNote): void {
  try {
    tell(site, [note]);
  } catch (error) {
    if (!isCodedError(error) || error.id !== 'AuditNotWritable') throw error;
    guarded(site.folder, () => rmSync(intentFile(own), { force: true }));
    tell(site, [note]);
  }
}

/** The lock tells whoever looks that the process is alive; its folder goes with it. */
async function locked<T>(site: ActSite, own: string, work: () => Promise<T>): Promise<T> {
  guarded(site.folder, () => {
    for (const folder of [pendingFolder(site.folder), own]) {
      if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined) giveToFolderOwner(site.folder, folder);
    }
  });
  const request = { folder: own, cmdlet: site.cmdlet, timeoutMs: 0 };
  try {
    return await withConfigLock(request, { clock: realClock }, work);
  } finally {
    withdraw(own);
  }
}

/** What cannot be removed stays an announcement, and is told as an act that was interrupted. */
function withdraw(own: string): void {
  try {
    rmSync(own, { recursive: true, force: true });
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}

const inTurn = async (site: ActSite, timeoutMs: number, work: () => Promise<void>): Promise<void> => {
  const ports: { clock: Clock; onWaiting?: NonNullable<LockPorts['onWaiting']> } = { clock: realClock };
  if (site.onWaiting) ports.onWaiting = site.onWaiting;
  await withConfigLock({ folder: site.folder, cmdlet: site.cmdlet, timeoutMs }, ports, work);
};

/** As long as the longest line, so that there is room for it when the disk is full. */
function announce(store: string, own: string, begun: AuditFacts): void {
  const data = JSON.stringify(begun).padEnd(maxAuditLineBytes);
  writeFileAtomically({ path: intentFile(own), data, mode: 0o600 });
  giveToFolderOwner(store, intentFile(own));
}

async function tellInterrupted(site: ActSite): Promise<void> {
  const notes: AuditNote[] = [];
  const dead: string[] = [];
  for (const folder of pendingActs(site.folder)) {
    const begun = intentIn(folder);
    if (begun === undefined || (await lockHolder(folder)) !== undefined) continue;
    const message = 'the process ended before the act did; what it had changed by then stays changed';
    const facts = { ...begun, exitCode: null, changed: null, message };
    if (!isTold(site.folder, begun)) notes.push({ event: 'Interrupted', facts });
    dead.push(folder);
  }
  // Also with nothing to tell: what is wrong with the log is known before the act.
  tell(site, notes);
  for (const folder of dead) rmSync(folder, { recursive: true, force: true });
}

/** Lines among which that of an act is, whose process was killed before it had withdrawn the announcement. */
const lookedBack = 1000;

function isTold(store: string, { begun, correlationId }: AuditFacts): boolean {
  let left = lookedBack;
  if (typeof begun !== 'string') return false;
  for (const { facts } of auditLinesBackwards(store)) {
    if (facts['begun'] === begun && facts['correlationId'] === correlationId) return true;
    left -= 1;
    if (left === 0) return false;
  }
  return false;
}

function tell(site: ActSite, notes: readonly AuditNote[]): void {
  const { folder } = site;
  for (const sentence of appendAudit({ folder, now: () => new Date(), remembered: site.remembered() }, notes)) {
    site.warn(sentence);
  }
}

/** Acts that have begun and whose line is not written yet. */
function pendingActs(store: string): readonly string[] {
  try {
    return readdirSync(pendingFolder(store)).map((name) => path.join(pendingFolder(store), name));
  } catch {
    return [];
  }
}

function intentIn(folder: string): AuditFacts | undefined {
  try {
    return JSON.parse(readFileSync(intentFile(folder), 'utf8')) as AuditFacts;
  } catch {
    return undefined;
  }
}

function guarded(store: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw isCodedError(error) ? error : auditNotWritable(store, error);
  }
}

/** The act has been done: its own outcome counts, and that its line is missing is said beside it. */
function sayNotAudited(site: ActSite, error: unknown): void {
  if (!isCodedError(error)) throw error;
  site.warn(
    `${site.cmdlet} ended, and its line of the audit log could not be written: ${error.reason ?? error.message}`,
  );
}
