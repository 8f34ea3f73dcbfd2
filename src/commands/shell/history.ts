/** What was typed, for the next session: a file of the owner's in the state folder, without lines that may hold a secret. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../../primitives/atomic-file.ts';
import { isCodedError, systemErrorCode } from '../../primitives/errors.ts';
import { prepareStateFolder, stateFolder } from '../../store/state-folder.ts';
import { mayHoldSecret } from '../host/secret-words.ts';

/** Lines that are kept, and characters of one. */
export const maxHistoryLines = 1000;
export const maxHistoryLineLength = 2000;

export interface History {
  /** The newest first. */
  readonly lines: readonly string[];
  add(line: string): void;
}

/** @param folder - Of the store. A history that cannot be read or written is none, and that stops nobody. */
export function openHistory(folder: string): History {
  const file = path.join(stateFolder(folder), 'shell-history');
  const lines = readLines(file);
  return {
    lines,
    add(line) {
      if (line.trim() === '' || line === lines[0] || line.length > maxHistoryLineLength || mayHoldSecret(line)) return;
      lines.unshift(line);
      lines.length = Math.min(lines.length, maxHistoryLines);
      writeLines(folder, file, lines);
    },
  };
}

function readLines(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines
      .filter((line) => line !== '')
      .slice(-maxHistoryLines)
      .toReversed();
  } catch {
    return [];
  }
}

function writeLines(folder: string, file: string, lines: readonly string[]): void {
  try {
    prepareStateFolder(folder);
    writeFileAtomically({ path: file, data: `${lines.toReversed().join('\n')}\n`, mode: 0o600 });
  } catch (error) {
    if (!isCodedError(error) && systemErrorCode(error) === undefined) throw error;
  }
}
