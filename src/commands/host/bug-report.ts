/** A failure nobody foresaw: written down where support finds it, and named in one line. The process ends with exit code 1. */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { visibleText } from '../../primitives/visible-text.ts';
import { withoutSecrets } from './secret-words.ts';

export interface BugSource {
  readonly cmdlet: string;
  readonly typed: string;
  /** The store's folder; the report goes into its `log`. */
  readonly folder: string;
  readonly now: Date;
}

/** @returns The line for standard error. */
export function reportBug(error: unknown, { cmdlet, typed, folder, now }: BugSource): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const system = `node ${process.versions.node}, ${os.platform()} ${os.release()}, ${os.arch()}`;
  const text = [now.toISOString(), system, `xgw ${visibleText(withoutSecrets(typed))}`, '', stack, ''].join('\n');
  const what = `${cmdlet}: this is a bug in xgw, not something you did: ${visibleText(firstLine(stack))}`;
  const file = path.join(folder, 'log', `bug-${now.toISOString().replaceAll(/[:.]/g, '-')}.txt`);
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    return `${what}\n  Report: ${file}\n`;
  } catch {
    return `${what}\n${text}`;
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
