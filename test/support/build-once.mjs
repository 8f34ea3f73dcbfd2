import { execFileSync } from 'node:child_process';

/** The acceptance tests type cmdlets into the built program: build it from the sources under test, once per run. */
export default function buildOnce() {
  execFileSync(process.execPath, ['esbuild.config.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
