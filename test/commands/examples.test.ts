/** Every example of every cmdlet is typed, on a store that has what it names. */
import { cpSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { cmdlets } from '../../src/commands/index.ts';
import { sharedFolder } from '../support/temporary-folder.ts';
import { exampleSites, inThisStore, typed } from './example-site.ts';

const others: Readonly<Record<string, number>> = {};
const before = process.cwd();
let sites: Awaited<ReturnType<typeof exampleSites>>;
let runs = 0;
let root: string;

beforeAll(async () => {
  root = sharedFolder();
  sites = await exampleSites(root);
});
afterAll(() => process.chdir(before));

const all = cmdlets.flatMap(({ name, examples }) => examples.map(({ command }) => [command, name] as const));

describe('xgw', () => {
  it.each(all)('%s', async (command, name) => {
    const folder = path.join(root, String((runs += 1)));
    cpSync(/^New-/.test(name) || name === 'Initialize-Gateway' ? sites.begun : sites.filled, folder, { recursive: true });
    const line = inThisStore(command, folder);
    const { code, stderr } = await typed(folder, line);
    expect([code, code === 0 ? '' : stderr]).toEqual([others[command] ?? 0, '']);
  });
});
