/** What a change has checked is not checked again by who reads it, and nothing else escapes the check. */
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults } from '../../src/config/defaults.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { isMarkedChecked, leastMarkedBytes, markChecked } from '../../src/store/checked-text.ts';
import { openConfigStore } from '../../src/store/open-config-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const partnersIn = (count: number): Configuration['federatedPartners'] =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => {
      const identity = `partner${index}.example` as DomainName;
      return [identity, { ...partnerDefaults, identity }];
    }),
  );

let folder: string;
let mark: string;
let file: string;

async function write(count: number): Promise<void> {
  await openConfigStore(folder).update({
    cmdlet: 'Test',
    target: 'partners',
    lockTimeoutMs: 5000,
    apply: () => ({ ...emptyConfiguration, federatedPartners: partnersIn(count) }),
  });
}

beforeEach(() => {
  folder = temporaryFolder();
  mark = path.join(folder, 'store.checked');
  file = path.join(folder, 'store.json');
});

describe('store.checked', () => {
  it('marks a large configuration that a change has written, for its owner only', async () => {
    await write(1000);
    expect(statSync(file).size).toBeGreaterThan(leastMarkedBytes);
    expect(statSync(mark).mode & 0o777).toBe(0o600);
    expect(Object.keys(openConfigStore(folder).read().federatedPartners)).toHaveLength(1000);
  });

  it('is taken for what it says: text of that digest is read without the check', async () => {
    await write(1000);
    const invalid = readFileSync(file, 'utf8').replace('"Required"', '"Perhaps"');
    writeFileSync(file, invalid);
    const rules = readFileSync(mark, 'latin1').split(' ')[0] ?? '';
    markChecked(folder, Buffer.from(invalid), rules);
    expect(openConfigStore(folder).read().federatedPartners['partner0.example']?.tlsNegotiation).toBe('Perhaps');
  });

  it.each([
    ['one letter was changed by hand', (text: string) => text.replace('"Required"', '"required"')],
    ['its end is missing', (text: string) => text.slice(0, -2)],
  ])('does not hide that %s', async (_, damage) => {
    await write(1000);
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    expect(() => openConfigStore(folder).read()).toThrow(/is damaged/);
  });

  it.each([
    ['of other rules', (text: string) => `0${text.slice(1)}`],
    ['cut off', (text: string) => text.slice(0, 40)],
    ['empty', () => ''],
  ])('counts for nothing when it is %s', async (_, damage) => {
    await write(1000);
    const text = readFileSync(file);
    const rules = readFileSync(mark, 'latin1').split(' ')[0] ?? '';
    writeFileSync(mark, damage(readFileSync(mark, 'latin1')));
    expect(isMarkedChecked(folder, text, rules)).toBe(false);
    expect(Object.keys(openConfigStore(folder).read().federatedPartners)).toHaveLength(1000);
  });

  it('is not there for a small configuration, and goes when a large one becomes small', async () => {
    await write(1000);
    await write(2);
    expect(() => statSync(mark)).toThrow(/ENOENT/);
  });

  it('is not needed', async () => {
    await write(1000);
    rmSync(mark);
    expect(Object.keys(openConfigStore(folder).read().federatedPartners)).toHaveLength(1000);
  });
});
