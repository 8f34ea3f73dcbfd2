/** Exit code 1 is what a crash ends with, and a report of a bug is left beside the log: either is a bug, whatever a test is about. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Reports that were shown once: a store is looked at again with each cmdlet on it. */
const told = new Set<string>();

/** @param home - The store's folder. @throws Error with what the program said, or its report. */
export function refuseBug(what: string, code: number | null, said: string, home?: string): void {
  const [report] = home === undefined ? [] : newReports(path.join(home, 'log'));
  if (report !== undefined) {
    told.add(report);
    throw new Error(`${what} left the report of a bug:\n${readFileSync(report, 'utf8')}`);
  }
  if (code === 1) throw new Error(`${what} crashed:\n${said}`);
}

const newReports = (folder: string): readonly string[] =>
  (existsSync(folder) ? readdirSync(folder) : [])
    .filter((file) => file.startsWith('bug-'))
    .map((file) => path.join(folder, file))
    .filter((file) => !told.has(file));
