/** A file at the end of a pipe: checked before anything is read, written whole when everything has arrived. */
import { readFileSync } from 'node:fs';

import { checkOutputFile, writeOutputFile } from '../../operations/output-file.ts';
import { systemErrorCode } from '../../primitives/errors.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

export interface PipeFile {
  readonly path: string;
  /** What the file has stays in it. */
  readonly append: boolean | undefined;
}

/** @throws CodedError `FileExists` without -Force or -Append. */
export const checkPipeFile = ({ path, append }: PipeFile, context: CmdletContext): void =>
  checkOutputFile(path, context.force || append === true);

export async function writePipeFile(file: PipeFile, text: string, context: CmdletContext): Promise<void> {
  if (!(await context.shouldProcess(file.path, 'Write'))) return;
  writeOutputFile(file.path, (file.append ? contentOf(file.path) : '') + text, 0o644);
}

/** What is in the file; empty when there is none. */
export function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}
