/** The audit log on disk: one chain, what breaks it, what an end at the wrong moment leaves, and what a full disk does. */
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { auditFile, auditFolder, readHead } from '../../src/store/audit-files.ts';
import { hashOf, maxAuditLineBytes, readAuditLine } from '../../src/store/audit-line.ts';
import { appendAudit } from '../../src/store/audit-log.ts';
import { verifyAudit } from '../../src/store/audit-verification.ts';
import { auditedAct } from '../../src/store/pending-acts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const now = (): Date => new Date('2026-11-22T09:14:00Z');
const act = (cmdlet: string) => ({ event: 'Act', facts: { cmdlet, exitCode: 0 } }) as const;
const none = new Map<number, { line: number; hash: string }>();

/** A store whose log has these acts, behind the line that begins it. */
function logged(...cmdlets: readonly string[]): string {
  const folder = temporaryFolder();
  for (const cmdlet of cmdlets) appendAudit({ folder, now }, [act(cmdlet)]);
  return folder;
}

const linesIn = (folder: string): string[] => readFileSync(auditFile(folder), 'utf8').trimEnd().split('\n');
const rewrite = (folder: string, lines: readonly string[]): void =>
  writeFileSync(auditFile(folder), lines.map((line) => `${line}\n`).join(''));
const faultIn = (folder: string) => verifyAudit(folder, none).fault;
const eventsIn = (folder: string) => linesIn(folder).map((line) => JSON.parse(line).event);

describe('the chain', () => {
  it('counts from 0, and each line holds the SHA-256 of the bytes of the one before', () => {
    const lines = linesIn(logged('New-User', 'Set-User'));
    expect(lines.map((line) => JSON.parse(line).line)).toEqual([0, 1, 2]);
    expect(JSON.parse(lines[2] ?? '').prev).toBe(hashOf(lines[1] ?? ''));
  });

  it('begins with the identity of its store, which no other store has', () => {
    const [first, second] = [logged('A'), logged('A')].map((folder) => JSON.parse(linesIn(folder)[0] ?? ''));
    expect(first.event).toBe('Start');
    expect(first.store).not.toBe(second.store);
    expect(first.prev).not.toBe(second.prev);
  });

  it('is readable by its owner only', () => {
    const folder = logged('A');
    expect(statSync(auditFolder(folder)).mode & 0o777).toBe(0o700);
    expect(statSync(auditFile(folder)).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(auditFolder(folder), 'head.json')).mode & 0o777).toBe(0o600);
  });

  it('stays one chain when files are set aside, and when the oldest of them are dropped', () => {
    const folder = temporaryFolder();
    const limits = { maxFileBytes: 500, keptFiles: 2 };
    for (let index = 0; index < 30; index += 1) appendAudit({ folder, now, limits }, [act(`Act-${index}`)]);
    const files = readdirSync(auditFolder(folder)).filter((name) => /^audit-\d{12}\.jsonl$/.test(name));
    expect(files).toHaveLength(2);
    expect(faultIn(folder)).toBeUndefined();
    expect(verifyAudit(folder, none).end?.line).toBe(30);
    rmSync(path.join(auditFolder(folder), files[0] ?? ''));
    expect(faultIn(folder)).toMatchObject({ kind: 'Beginning' });
  });

  it('keeps who and how of an act that is too long for a line, and says that it was cut', () => {
    const folder = temporaryFolder();
    appendAudit({ folder, now }, [
      { event: 'Act', facts: { cmdlet: 'Set-User', command: 'x'.repeat(maxAuditLineBytes), exitCode: 0 } },
    ]);
    expect(JSON.parse(linesIn(folder)[1] ?? '')).toMatchObject({ cmdlet: 'Set-User', command: null, shortened: true });
  });
});

describe('what is done to the log', () => {
  const four = () => logged('A', 'B', 'C', 'D');

  it('is found when a line was changed', () => {
    const folder = four();
    rewrite(
      folder,
      linesIn(folder).map((line, index) => (index === 2 ? line.replace('"B"', '"X"') : line)),
    );
    expect(faultIn(folder)).toMatchObject({ kind: 'Changed', line: 2 });
  });

  it('is found when the last line was changed', () => {
    const folder = four();
    rewrite(
      folder,
      linesIn(folder).map((line, index) => (index === 4 ? line.replace('"D"', '"X"') : line)),
    );
    expect(faultIn(folder)).toMatchObject({ kind: 'Changed', line: 4 });
  });

  it('is found when a line was removed', () => {
    const folder = four();
    rewrite(folder, linesIn(folder).toSpliced(2, 1));
    expect(faultIn(folder)).toMatchObject({ kind: 'Missing', line: 2 });
  });

  it('is found when a line was put in', () => {
    const folder = four();
    const lines = linesIn(folder);
    rewrite(folder, lines.toSpliced(3, 0, lines[2] ?? ''));
    expect(faultIn(folder)).toMatchObject({ kind: 'Inserted', line: 2 });
  });

  it('is found when lines changed places', () => {
    const folder = four();
    const [a = '', b = '', c = '', d = '', e = ''] = linesIn(folder);
    rewrite(folder, [a, b, d, c, e]);
    expect(faultIn(folder)).toMatchObject({ kind: 'Missing', line: 2 });
  });

  it('is found when the end was cut off, and by a revision that remembers it even without head.json', () => {
    const folder = four();
    const { line, hash } = readHead(folder) ?? { line: 0, hash: '' };
    rewrite(folder, linesIn(folder).slice(0, 3));
    expect(faultIn(folder)).toMatchObject({ kind: 'Truncated', line: 3 });
    const head = { ...readHead(folder), line: 2, hash: hashOf(linesIn(folder)[2] ?? '') };
    writeFileSync(path.join(auditFolder(folder), 'head.json'), JSON.stringify(head));
    expect(faultIn(folder)).toBeUndefined();
    expect(verifyAudit(folder, new Map([[7, { line, hash }]])).fault).toMatchObject({ kind: 'Truncated', line: 4 });
  });

  it('is found when all of it is gone', () => {
    const folder = four();
    rmSync(auditFile(folder));
    expect(faultIn(folder)).toMatchObject({ kind: 'Truncated', line: 0 });
  });

  it('is found whichever byte is changed', () => {
    const folder = four();
    const bytes = readFileSync(auditFile(folder));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(bytes);
        changed.writeUInt8((changed.readUInt8(at) + by) % 256, at);
        writeFileSync(auditFile(folder), changed);
        return faultIn(folder) !== undefined;
      }),
      { numRuns: 300 },
    );
  });

  it('stays visible: the chain goes on behind the lines that are missing', () => {
    const folder = four();
    rewrite(folder, linesIn(folder).slice(0, 3));
    const said = appendAudit({ folder, now }, [act('E')]);
    expect(said).toEqual([expect.stringContaining('its last line was 4')]);
    expect(eventsIn(folder)).toEqual(['Start', 'Act', 'Act', 'Gap', 'Act']);
    expect(faultIn(folder)).toMatchObject({ kind: 'Missing', line: 3 });
  });
});

describe('a process that is killed', () => {
  it('while it writes a line leaves a torn one, which is found, set aside and told, and the chain goes on', () => {
    const folder = logged('A', 'B');
    const torn = '{"line":3,"prev":"ab';
    appendFileSync(auditFile(folder), torn);
    expect(faultIn(folder)).toMatchObject({ kind: 'Torn', line: 3 });
    expect(appendAudit({ folder, now }, [act('C')])).toEqual([expect.stringContaining('set aside')]);
    expect(faultIn(folder)).toBeUndefined();
    const told = JSON.parse(linesIn(folder)[3] ?? '');
    expect(told).toMatchObject({ event: 'TornLine', bytes: torn.length });
    expect(readFileSync(path.join(auditFolder(folder), told.file), 'utf8')).toBe(torn);
  });

  it('between a line and head.json leaves nothing wrong', () => {
    const folder = logged('A', 'B');
    const head = readFileSync(path.join(auditFolder(folder), 'head.json'));
    appendAudit({ folder, now }, [act('C')]);
    writeFileSync(path.join(auditFolder(folder), 'head.json'), head);
    expect(faultIn(folder)).toBeUndefined();
    expect(appendAudit({ folder, now }, [act('D')])).toEqual([]);
    expect(faultIn(folder)).toBeUndefined();
  });

  it('at any byte of a write leaves a log that can be written on', () => {
    fc.assert(
      fc.property(fc.nat(1000), (cut) => {
        const folder = logged('A', 'B');
        const before = statSync(auditFile(folder)).size;
        const head = readFileSync(path.join(auditFolder(folder), 'head.json'));
        appendAudit({ folder, now }, [act('C')]);
        const written = statSync(auditFile(folder)).size - before;
        truncateSync(auditFile(folder), before + (cut % written));
        writeFileSync(path.join(auditFolder(folder), 'head.json'), head);
        appendAudit({ folder, now }, [act('D')]);
        return faultIn(folder) === undefined;
      }),
      { numRuns: 20 },
    );
  });

  it('in the middle of an act leaves its announcement, and whoever comes next tells it', async () => {
    const folder = logged('A');
    const dead = path.join(auditFolder(folder), 'pending', 'NG7ZAKZDX3-1');
    mkdirSync(dead, { recursive: true });
    writeFileSync(path.join(dead, 'act.json'), JSON.stringify({ time: now(), cmdlet: 'Remove-User', user: 'ops' }));
    await auditedAct(siteIn(folder), { cmdlet: 'Set-User' }, async () => ({ value: 1, facts: { exitCode: 0 } }));
    const told = linesIn(folder).map((line) => JSON.parse(line));
    expect(told.slice(2)).toEqual([
      expect.objectContaining({ event: 'Interrupted', cmdlet: 'Remove-User', user: 'ops', exitCode: null }),
      expect.objectContaining({ event: 'Act', cmdlet: 'Set-User', exitCode: 0 }),
    ]);
    expect(readdirSync(path.join(auditFolder(folder), 'pending'))).toEqual([]);
  });
});

const siteIn = (folder: string, warned: string[] = []) => ({
  folder,
  cmdlet: 'Set-User',
  correlationId: 'NG7ZAKZDX4',
  lockTimeoutMs: 5000,
  remembered: () => undefined,
  warn: (sentence: string) => void warned.push(sentence),
});

describe('a log that cannot be written', () => {
  it('is known before the act, which is not done', async () => {
    const folder = temporaryFolder();
    // A file in the place of the folder: no user can write there, not even root.
    writeFileSync(auditFolder(folder), '');
    let isDone = false;
    const done = auditedAct(siteIn(folder), {}, async () => {
      isDone = true;
      return { value: 1, facts: {} };
    });
    await expect(done).rejects.toMatchObject({ id: 'AuditNotWritable' });
    expect(isDone).toBe(false);
  });

  it('after the act is told beside its outcome', async () => {
    const folder = temporaryFolder();
    const warned: string[] = [];
    const value = await auditedAct(siteIn(folder, warned), {}, async () => {
      rmSync(auditFolder(folder), { recursive: true });
      writeFileSync(auditFolder(folder), '');
      return { value: 5, facts: {} };
    });
    expect(value).toBe(5);
    expect(warned).toEqual([expect.stringContaining('could not be written')]);
  });

  it('keeps the room for the line of an act that has begun', async () => {
    const folder = temporaryFolder();
    await auditedAct(siteIn(folder), {}, async () => {
      const [announced = ''] = readdirSync(path.join(auditFolder(folder), 'pending'));
      const { size } = statSync(path.join(auditFolder(folder), 'pending', announced, 'act.json'));
      expect(size).toBeGreaterThanOrEqual(maxAuditLineBytes);
      return { value: 1, facts: undefined };
    });
  });
});

it('a line from a hostile file is refused, whatever it is, and never throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof readAuditLine(text).ok === 'boolean'));
});
