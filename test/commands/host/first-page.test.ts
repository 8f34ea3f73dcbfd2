/** `xgw` alone: how far the store is, and what to type next. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { overview, type StoreProgress } from '../../../src/commands/host/overview.ts';
import { progressOf, storeProgress } from '../../../src/commands/host/store-progress.ts';
import { cmdlets } from '../../../src/commands/index.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import { realClock } from '../../../src/primitives/clock.ts';
import { withConfigLock } from '../../../src/store/config-lock.ts';
import { runFolder } from '../../../src/store/store-folder.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const progresses: readonly StoreProgress[] = [
  { stage: 'nothing-configured' },
  { stage: 'no-partner', domain: 'contoso.com' },
  { stage: 'no-certificate', domain: 'contoso.com', partners: 1 },
  { stage: 'stopped', domain: 'contoso.com', partners: 10_000 },
  { stage: 'running', domain: 'contoso.com', partners: 2 },
  { stage: 'unreadable', sentence: 'store.json is damaged; it was not changed.' },
];

describe.each(progresses)('the page for $stage', (progress) => {
  const page = overview('0.1.0', progress);

  it('has at most 25 lines of 80 columns', () => {
    const lines = page.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(25);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('names cmdlets that exist', () => {
    const known = cmdlets.flatMap(({ name, aliases = [] }) => [name, ...aliases]).map((name) => name.toLowerCase());
    const typed = [...page.matchAll(/^ {4}xgw (\S+)/gm)].map(([, name]) => name);
    expect(typed.length).toBeGreaterThan(4);
    expect(typed.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  });
});

/** As far as the words say, in this order. */
function configured(...what: readonly ('domain' | 'partner' | 'certificate')[]) {
  const one = (name: string, is: boolean, value: object) => (is ? { [name]: { identity: name, ...value } } : {});
  return {
    ...emptyConfiguration,
    sipDomains: one('contoso.com', what.includes('domain'), { isDefault: true }),
    federatedPartners: one('fabrikam.com', what.includes('partner'), {}),
    certificates: one('AB', what.includes('certificate'), { assignedTo: ['ExternalEdge'] }),
  } as never;
}

describe('how far a store is', () => {
  it.each([
    [configured(), 'nothing-configured'],
    [configured('domain'), 'no-partner'],
    [configured('domain', 'certificate'), 'no-partner'],
    [configured('domain', 'partner'), 'no-certificate'],
    [configured('domain', 'partner', 'certificate'), 'stopped'],
  ])('%#: %s', (configuration, stage) => expect(progressOf(configuration, false).stage).toBe(stage));

  it('a gateway that runs is what matters, whatever is missing', () => {
    expect(progressOf(configured('domain'), true)).toEqual({ stage: 'running', domain: 'contoso.com', partners: 0 });
  });

  it('looking makes nothing', async () => {
    const folder = path.join(temporaryFolder(), 'store');
    expect(await storeProgress(folder)).toEqual({ stage: 'nothing-configured' });
    expect(() => mkdirSync(folder)).not.toThrow();
  });

  it('a damaged store is said', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'store.json'), '{');
    expect(await storeProgress(folder)).toEqual({
      stage: 'unreadable',
      sentence: expect.stringContaining('is damaged'),
    });
  });

  it('the lock of the run folder says that a gateway runs', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'store.json'), JSON.stringify(configured('domain')));
    mkdirSync(runFolder(folder));
    const request = { folder: runFolder(folder), cmdlet: 'Start-Service', timeoutMs: 0 };
    const stage = await withConfigLock(request, { clock: realClock }, async () => (await storeProgress(folder)).stage);
    expect([stage, (await storeProgress(folder)).stage]).toEqual(['running', 'no-partner']);
  });
});
