/** What the operating system refused about the store, in words that say whose permission is missing. */
import path from 'node:path';

import { CodedError, systemErrorCode } from '../primitives/errors.ts';

const words = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EISDIR', 'it is a folder'],
  ['ELOOP', 'too many symbolic links'],
  ['EMFILE', 'this process has too many open files'],
  ['ENFILE', 'the system has too many open files'],
  ['EIO', 'the disk reports an error'],
]);

/** The error as `StoreDenied` or `StoreFull`; any other error as it is. */
export function storeDenied(file: string, error: unknown): Error {
  const code = systemErrorCode(error) ?? '';
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') return storeFull(file, error);
  const reason = words.get(code);
  if (reason === undefined) return error as Error;
  return new CodedError('StoreDenied', `${file} cannot be used.`, {
    reason,
    fix: `ls -ld ${path.dirname(file)} ${file}`,
    target: file,
    cause: error,
  });
}

export function storeFull(file: string, cause?: unknown): CodedError {
  return new CodedError('StoreFull', `the disk is full; ${file} keeps its old content.`, {
    reason: 'the new configuration could not be written whole',
    fix: `df -h ${path.dirname(file)}`,
    target: file,
    cause,
  });
}
