import { execFileSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** Bundles `writing-process.ts` for a plain node. @returns Its path, below the project so that native modules are found. */
export function buildWritingProcess(): string {
  const outfile = path.join(root, 'dist', `writing-process-${process.pid}.mjs`);
  const esbuild = path.join(root, 'node_modules', 'esbuild', 'bin', 'esbuild');
  const source = path.join(import.meta.dirname, 'writing-process.ts');
  // conf is left outside: a bundle of it would need a `require` that ES modules do not have.
  const options = ['--bundle', '--platform=node', '--format=esm', '--external:conf', '--external:fs-native-extensions'];
  execFileSync(esbuild, [source, ...options, `--outfile=${outfile}`, '--log-level=error']);
  return outfile;
}
