/** Reads the audit log: the lines that can be read, the newest first. What is wrong with the others is audit-verification's to say. */
import { auditFiles, readLines } from './audit-files.ts';
import { type AuditLine, readAuditLine } from './audit-line.ts';
import { storeDenied } from './store-denied.ts';

/** @throws CodedError `StoreDenied` */
export function* auditLinesBackwards(store: string): Generator<AuditLine> {
  for (const file of filesOf(store).toReversed()) {
    for (const text of linesOf(file).toReversed()) {
      const line = readAuditLine(text);
      if (line.ok) yield line.value;
    }
  }
}

/** The texts of all lines, the oldest first, and what stands behind the last line break. @throws CodedError `StoreDenied` */
export function* auditTexts(
  store: string,
): Generator<{ readonly file: string; readonly at: number; readonly text: string }> {
  for (const file of filesOf(store)) {
    for (const [index, text] of linesOf(file).entries()) yield { file, at: index + 1, text };
  }
}

/** What stands behind the last line break of the newest file. */
export function tornText(store: string): string {
  const file = filesOf(store).at(-1);
  return file === undefined ? '' : guarded(file, () => readLines(file).torn);
}

const filesOf = (store: string): readonly string[] => guarded(store, () => auditFiles(store));
const linesOf = (file: string): readonly string[] => guarded(file, () => readLines(file).lines);

function guarded<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw storeDenied(file, error);
  }
}
