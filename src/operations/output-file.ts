/** The files that cmdlets make where the administrator says: never over another file unless forced, whole or not at all. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import { CodedError } from '../primitives/errors.ts';
import { shellWord } from '../primitives/shell-word.ts';

/** Call it before the work whose result goes into the file. @throws CodedError `FileExists`, `FileNotFound` */
export function checkOutputFile(file: string, force: boolean): void {
  const folder = path.dirname(path.resolve(file));
  if (!isFolder(folder))
    throw new CodedError('FileNotFound', `${file} cannot be made.`, {
      reason: `there is no folder ${folder}`,
      fix: `mkdir -p ${shellWord(folder)}`,
      target: file,
    });
  if (force || !existsSync(file)) return;
  throw new CodedError('FileExists', `${file} exists.`, {
    reason: 'another file would be lost; -Force overwrites it',
    fix: `ls -l ${shellWord(file)}`,
    target: file,
  });
}

const isFolder = (folder: string): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;

/** @param mode - Permission bits; `0o600` for anything secret. @throws CodedError `OutputDenied` */
export function writeOutputFile(file: string, data: string | Uint8Array, mode: 0o600 | 0o644): void {
  try {
    writeFileAtomically({ path: path.resolve(file), data, mode });
  } catch (error) {
    throw new CodedError('OutputDenied', `${file} cannot be written.`, {
      reason: (error as NodeJS.ErrnoException).code ?? 'the system refused it',
      fix: `ls -ld ${shellWord(path.dirname(path.resolve(file)))}`,
      target: file,
      cause: error,
    });
  }
}
