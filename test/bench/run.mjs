/**
 * `npm run bench [-- name ...]`: bundles the benchmarks as esbuild.config.mjs bundles the product, and runs them. They are
 * no tests: they fail only when something is broken, never because a machine is slow.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');
const outfile = path.join(root, `dist/bench.${process.pid}.mjs`);
mkdirSync(path.dirname(outfile), { recursive: true });
try {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'main.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  await (await import(pathToFileURL(outfile).href)).main(process.argv.slice(2));
} finally {
  rmSync(outfile, { force: true });
}
