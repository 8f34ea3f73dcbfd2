import { execFileSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');

/** Bundles a program of this folder for a plain node. @returns Its path, below the project so that native modules are found. */
export function buildWritingProcess(name = 'writing-process'): string {
  const outfile = path.join(root, 'dist', `${name}-${process.pid}.mjs`);
  const esbuild = path.join(root, 'node_modules', 'esbuild', 'bin', 'esbuild');
  const source = path.join(import.meta.dirname, `${name}.ts`);
  // conf is left outside: a bundle of it would need a `require` that ES modules do not have.
  const options = [
    '--bundle',
    '--platform=node',
    '--format=esm',
    ...['conf', 'fs-native-extensions', 'lmdb', 'node-forge', 'vscode-jsonrpc'].map((module) => `--external:${module}`),
  ];
  execFileSync(esbuild, [source, ...options, `--outfile=${outfile}`, '--log-level=error']);
  return outfile;
}
