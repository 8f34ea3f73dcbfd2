/** Typing a cmdlet costs little more than node itself: what the built program loads, and what it says when it is not built. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { temporaryFolder } from '../support/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../..');

function typed(...words: string[]): {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const folder = temporaryFolder();
  const spy = path.join(folder, 'spy.cjs');
  // Everything that was loaded when the process ends: files, and modules of node.
  const lines = 'Object.keys(require.cache).concat(process.moduleLoadList).join("\\n")';
  writeFileSync(spy, `process.on('exit', () => require('node:fs').writeFileSync('${folder}/loaded', ${lines}));`);
  const { NODE_EXTRA_CA_CERTS: _slow, ...env } = process.env;
  const options = { encoding: 'utf8', env: { ...env, XGW_HOME: path.join(folder, 'store') } } as const;
  const { status, stderr } = spawnSync(process.execPath, ['-r', spy, path.join(root, 'bin/xgw'), ...words], options);
  const loaded = spawnSync('cat', [path.join(folder, 'loaded')], { encoding: 'utf8' }).stdout;
  return { status, stdout: loaded, stderr };
}

it.each([
  ['get-xmppfederatedpartner'],
  ['get-help', 'get-user'],
  ['New-CsXmppAllowedPartner', 'fabrikam.com', '-WhatIf'],
])('%s loads two bundles, and no writer, prompt or cryptography', (...words) => {
  const { status, stdout } = typed(...words);
  expect(status).toBe(0);
  const files = stdout
    .split('\n')
    .filter((file) => file.startsWith(path.join(root, 'dist')) || file.includes('node_modules'));
  expect(files.map((file) => path.relative(root, file))).toEqual([
    'dist/xgw.cjs',
    expect.stringMatching(/^dist\/commands\/[a-z-]+\.cjs$/),
  ]);
  expect(stdout.split('\n')).not.toContain('NativeModule child_process');
  expect(stdout.split('\n')).not.toContain('NativeModule crypto');
});

it('without a build it says how to make one, and ends with 9', () => {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'bin'));
  copyFileSync(path.join(root, 'bin/xgw'), path.join(folder, 'bin/xgw'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  const { status, stderr } = spawnSync(process.execPath, [path.join(folder, 'bin/xgw')], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([9, 'xgw: this checkout is not built yet. Build it: npm run build\n']);
});
