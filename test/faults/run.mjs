/**
 * `npm run test:faults [-- --rounds 200 --seed 0]`: bundles the harness as esbuild.config.mjs bundles the product, builds the
 * product, and runs the rounds. Outside jest: a round takes as long as it takes.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '../..');
execFileSync(process.execPath, [path.join(root, 'esbuild.config.mjs')], {
  cwd: root,
  stdio: ['ignore', 'ignore', 'inherit'],
});
// As deep as the sources lie: they find the program by their own place.
const folder = path.join(root, 'dist/faults');
const outfile = path.join(folder, `run.${process.pid}.mjs`);
mkdirSync(folder, { recursive: true });
try {
  await build({
    stdin: {
      contents: `export { main } from './main.ts'; export { runHooks } from '../support/outside-jest.ts';`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    packages: 'external',
    alias: { '@jest/globals': path.join(import.meta.dirname, '../support/outside-jest.ts') },
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    logLevel: 'warning',
  });
  const { main, runHooks } = await import(pathToFileURL(outfile).href);
  try {
    process.exitCode = await main(process.argv.slice(2));
  } finally {
    await runHooks();
  }
} finally {
  rmSync(outfile, { force: true });
}
// A connection that a wire has swallowed keeps nobody waiting.
process.stdout.write('', () => process.exit());
