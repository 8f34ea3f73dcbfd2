/** What `npm start` shows, as a test: two gateways federate with each other over TLS, and nothing is left behind. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { expect, it } from '@jest/globals';

import { temporaryFolder } from '../support/temporary-folder.ts';
import { xgwIn } from '../support/xgw.ts';

const foldersOfDemonstrations = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('xgw-demonstration-'));

it('two gateways, set up by cmdlets alone, let an IM, its answer, a typing notice and presence cross', async () => {
  const before = foldersOfDemonstrations();
  const home = temporaryFolder();
  const shown = await xgwIn(home).type('show-demonstration');
  expect([shown.code, shown.stderr.includes('bug')]).toEqual([0, false]);
  const steps = shown.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(steps.map(({ Step, Result }) => `${String(Step)} ${String(Result)}`)).toEqual([
    'IM Success',
    'answer Success',
    'typing Success',
    'presence Success',
  ]);
  expect(shown.stderr).toMatch(/\+0\.\d+ .*MESSAGE --+>/);
  expect(shown.stderr).toMatch(/<presence> subscribe/);
  expect(foldersOfDemonstrations()).toEqual(before);
  expect(readdirSync(home)).toEqual([]);
}, 180_000);
