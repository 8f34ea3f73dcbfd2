/** Where traces are, and what they are called. Nothing else: completion has to be quick. */
import { readdirSync } from 'node:fs';
import path from 'node:path';

const extension = '.ndjson';

export const traceFolder = (store: string): string => path.join(store, 'trace');
export const traceFile = (store: string, name: string): string => path.join(traceFolder(store), `${name}${extension}`);

/** What files there are, by name, without a look into them. @throws the system's error, `ENOENT` while there was no trace */
export const traceNames = (store: string): readonly string[] =>
  readdirSync(traceFolder(store))
    .filter((name) => name.endsWith(extension))
    .map((name) => name.slice(0, -extension.length))
    .toSorted();
