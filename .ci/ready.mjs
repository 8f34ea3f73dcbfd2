/**
 * Makes a fresh clone ready, with nothing but Node.js and npm: installs the locked packages when they are absent or
 * older than the lock, then builds. Says nothing when there is nothing to say.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';

const root = path.dirname(import.meta.dirname);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node.js ${process.versions.node} is too old: 20.19 or newer is needed, 24 is recommended.`);
}

const modified = (name) => statSync(path.join(root, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  process.stderr.write('Installing packages (once) ...\n');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
}
run(process.execPath, ['esbuild.config.mjs']);

function run(command, parameters) {
  const options = { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' };
  const done = spawnSync(command, parameters, options);
  if (done.status !== 0)
    fail(`${command} ${parameters.join(' ')} failed${done.error ? `: ${done.error.message}` : ''}.`);
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
