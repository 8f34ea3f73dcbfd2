/** The bytes of a file that is imported, within the limit of imports. */
import { maxImportBytes } from '../../operations/import/import-limits.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { readUpTo } from '../host/values-file.ts';

/** @param given - A path, or `-` for standard input. @throws CodedError `FileNotFound`, `FileNotValid`, `InputUnreadable` */
export const readImportFile = async (given: string, context: CmdletContext): Promise<Buffer> =>
  given === '-' ? await context.readInput(given) : await readUpTo(given, maxImportBytes);
