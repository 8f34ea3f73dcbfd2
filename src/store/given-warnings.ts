/** Which warnings have been given once and are not to be given again, also after a restart: `state/given-warnings.json`, 0600. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomically } from '../primitives/atomic-file.ts';
import { systemErrorCode } from '../primitives/errors.ts';
import { storeDenied } from './store-denied.ts';

export interface GivenWarnings {
  /** Names of the warnings. What cannot be read has not been given: better twice than never. */
  read(): ReadonlySet<string>;
  /** In place of those there were. @throws CodedError `StoreDenied` */
  write(names: Iterable<string>): void;
}

/** @param storeFolder - The folder of `store.json`; `state/` in it is made when absent, 0700. */
export function givenWarnings(storeFolder: string): GivenWarnings {
  const file = path.join(storeFolder, 'state', 'given-warnings.json');
  return {
    read() {
      try {
        const names: unknown = JSON.parse(readFileSync(file, 'utf8'));
        return new Set(Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []);
      } catch (error) {
        if (systemErrorCode(error) === undefined && !(error instanceof SyntaxError)) throw error;
        return new Set();
      }
    },
    write(names) {
      try {
        mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
        writeFileAtomically({ path: file, data: `${JSON.stringify([...names])}\n`, mode: 0o600 });
      } catch (error) {
        throw storeDenied(file, error);
      }
    },
  };
}
