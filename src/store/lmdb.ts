/**
 * Text records in an LMDB file. The only file that knows lmdb.
 *
 * Commits are synchronous: one of them takes a fraction of a millisecond beside its fsync, and an error is an exception
 * where it happens. The asynchronous ones of lmdb 3.5 leave a rejected promise to nobody when the disk is full, which ends
 * the process. A file that is torn is another danger: LMDB maps it, and reading behind its end kills the process by a
 * signal. So a process of its own walks through the file first.
 */
import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';

export interface RecordFile {
  /** All keys and values, or those whose keys begin so. @throws Error what LMDB says of a file that is damaged. */
  entries(prefix?: string): Iterable<readonly [key: string, text: string]>;
  /** All of it or nothing, on disk when it returns. @throws Error with the system's number as `code`, negative or not, when it could not be written. */
  commit(changes: ReadonlyMap<string, string | undefined>): void;
  close(): Promise<void>;
}

/** A folder whatever its name; values are text. */
const inFolder = { noSubdir: false, encoding: 'string' } as const;

/** @param folder - Where `data.mdb` and `lock.mdb` are, or will be. */
export async function openRecordFile(folder: string): Promise<RecordFile> {
  const { open } = await import('lmdb');
  const database = open<string, string>({ ...inFolder, path: folder, overlappingSync: false });
  return {
    *entries(prefix = '') {
      for (const { key, value } of database.getRange({ start: prefix })) {
        if (!key.startsWith(prefix)) return;
        yield [key, value];
      }
    },
    commit(changes) {
      database.transactionSync(() => {
        for (const [key, text] of changes) {
          if (text === undefined) database.removeSync(key);
          else database.putSync(key, text);
        }
      });
    },
    close: () => database.close(),
  };
}

/** Reads every record, as CommonJS for `node -e`: the path of lmdb, the folder. */
const walk = `for (const { value } of require(process.argv[1])
  .open({ ...${JSON.stringify(inFolder)}, path: process.argv[2], readOnly: true }).getRange()) value.length;`;
/** Milliseconds: a hundred thousand records take one second. */
const walkTimeoutMs = 60_000;

/** Why the file cannot be read to its end, as one clause; nothing when it can. */
export async function recordFileDamage(folder: string): Promise<string | undefined> {
  const lmdb = createRequire(realpathSync(process.argv[1] ?? process.execPath)).resolve('lmdb');
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', walk, lmdb, folder], { timeout: walkTimeoutMs }, (error, _, stderr) => {
      if (error === null) return resolve(undefined);
      if (typeof error.signal === 'string') return resolve(`reading it ends a process by ${error.signal}`);
      resolve(/^Error: (.*)$/m.exec(stderr)?.[1] ?? `reading it ends a process with code ${error.code ?? ''}`);
    });
  });
}
