/** The revisions that were: `revisions/000041.json` is what `store.json` was at revision 41. The newest 100 are kept. */
import { existsSync, linkSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import type { Configuration } from '../config/configuration.ts';
import { emptyConfiguration } from '../config/defaults.ts';
import { CodedError } from '../primitives/errors.ts';
import { readConfigurationFile } from './config-file.ts';
import { giveToFolderOwner, revisionsFolder, storeFile } from './store-folder.ts';

/** Revisions beside the current one. At 10,000 partners they take 270 MB. */
export const keptRevisions = 100;

const revisionFile = (folder: string, revision: number): string =>
  path.join(revisionsFolder(folder), `${String(revision).padStart(6, '0')}.json`);

/** The numbers of the kept revisions, newest first. The current one is not among them. */
export function keptRevisionNumbers(folder: string): readonly number[] {
  const revisions = revisionsFolder(folder);
  if (!existsSync(revisions)) return [];
  const numbers = readdirSync(revisions).flatMap((name) => {
    const [, digits] = /^([0-9]{6,16})\.json$/.exec(name) ?? [];
    return digits === undefined ? [] : [Number(digits)];
  });
  return numbers.toSorted((a, b) => b - a);
}

/** The configurations from the current one backwards, each read when it is asked for; ends at the oldest that is kept. */
export function* revisionsBackwards(folder: string): Generator<Configuration> {
  const current = readConfigurationFile(storeFile(folder)) ?? emptyConfiguration;
  yield current;
  for (const revision of keptRevisionNumbers(folder)) {
    // A change that was stopped after its revision was kept leaves a copy of the current one.
    if (revision < current.revision) yield readRevision(folder, revision);
  }
}

/** @throws CodedError `ObjectNotFound` when the revision was never made or is kept no longer. */
export function readRevision(folder: string, revision: number): Configuration {
  if (revision === 0) return emptyConfiguration;
  const current = readConfigurationFile(storeFile(folder));
  if (current?.revision === revision) return current;
  const kept = readConfigurationFile(revisionFile(folder, revision));
  if (kept) return kept;
  throw new CodedError('ObjectNotFound', `there is no revision ${revision} in the store.`, {
    reason: `the current revision is ${current?.revision ?? 0}, and ${keptRevisions} before it are kept`,
    fix: 'xgw get-configurationhistory',
    target: String(revision),
  });
}

/** Keeps the file `store.json` as it is under the number of its revision, by a second name for it: nothing is copied. */
export function keepRevision(folder: string, revision: number): void {
  const revisions = revisionsFolder(folder);
  mkdirSync(revisions, { recursive: true, mode: 0o700 });
  giveToFolderOwner(folder, revisions);
  const kept = revisionFile(folder, revision);
  rmSync(kept, { force: true });
  linkSync(storeFile(folder), kept);
}

export function dropOldRevisions(folder: string): void {
  for (const revision of keptRevisionNumbers(folder).slice(keptRevisions)) {
    rmSync(revisionFile(folder, revision), { force: true });
  }
}
