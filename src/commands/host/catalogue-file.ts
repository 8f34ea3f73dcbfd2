/** The definitions of all cmdlets as data. The build writes them beside the bundles, since no cmdlet carries those of all others. */
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

import type { CmdletDescription, OutputKind } from './cmdlet.ts';

/** @param script - `bin/xgw` as it was run: npm installs it as a link. */
export function readCatalogue(script: string): readonly CmdletDescription[] {
  const file = path.join(path.dirname(realpathSync(script)), '..', 'dist', 'catalogue.json');
  return JSON.parse(readFileSync(file, 'utf8')) as readonly CmdletDescription[];
}

/** How objects of a kind are shown, whichever cmdlet hands them on. Read when it is first asked for. */
export function outputFinder(script: string): (kind: unknown) => OutputKind | undefined {
  let outputs: ReadonlyMap<unknown, OutputKind> | undefined;
  return (kind) => {
    if (typeof kind !== 'string') return undefined;
    outputs ??= new Map(readCatalogue(script).flatMap(({ output }) => (output ? [[output.kind, output]] : [])));
    return outputs.get(kind);
  };
}
