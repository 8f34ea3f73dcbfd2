/**
 * `npm run bench [-- name ...]`: bundles the benchmarks as esbuild.config.mjs bundles the product, and runs them. They are
 * no tests: they fail only when something is broken, never because a machine is slow. The bundle is a program of its own, since
 * the yardsticks are processes of their own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');
execFileSync(process.execPath, [path.join(root, 'esbuild.config.mjs')], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
// As deep as the sources lie: they find the program by their own place.
const folder = path.join(root, 'dist/bench');
const outfile = path.join(folder, `bench.${process.pid}.mjs`);
mkdirSync(folder, { recursive: true });
try {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'main.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    alias: { '@jest/globals': path.join(import.meta.dirname, '../support/outside-jest.ts') },
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  // Certificates that Node.js would read at every start are none that a benchmark needs.
  const { NODE_EXTRA_CA_CERTS: _extra, NODE_OPTIONS: _options, ...env } = process.env;
  const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { env, stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(outfile, { force: true });
}
