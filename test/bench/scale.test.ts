/** The benchmarks of what is stored, small: that they run, and measure what they say. How fast is for `npm run bench` to tell. */
import { expect, it } from '@jest/globals';

import type { Figure } from './benchmark.ts';
import { importFigures } from './import.ts';
import { manyContactsFigures } from './many-contacts.ts';
import { manyPartnersFigures } from './many-partners.ts';

const named = (figures: readonly Figure[], part: string): Figure | undefined =>
  figures.find(({ name }) => name.includes(part));

const goals = (figures: readonly Figure[]): number =>
  figures.filter((each) => [each.atMost, each.atMostRatio, each.atMostOver].some((goal) => goal !== undefined)).length;

it('one of many partners is measured with cmdlets, decisions and the start of the gateway', async () => {
  const figures = await manyPartnersFigures({ few: 11, many: 20, rounds: 1 });
  for (const { value } of figures) expect(value).toBeGreaterThan(0);
  for (const part of ['get-', 'new-', 'set-', 'additional', 'unknown', 'stream'])
    expect(named(figures, part)).toBeDefined();
  expect(goals(figures)).toBe(8);
}, 120_000);

it('an import is measured from both forms of a file, and is one revision', async () => {
  const figures = await importFigures({ partners: 20, rounds: 1 });
  expect(figures.filter(({ name }) => name.includes('revisions')).map(({ value }) => value)).toEqual([1, 1]);
  expect(goals(figures)).toBe(4);
}, 180_000);

it('contacts are measured in a gateway that has them', async () => {
  const figures = await manyContactsFigures({ users: 4, contactsOfEach: 5, partners: 5, rounds: 1 });
  for (const { value } of figures) expect(value).toBeGreaterThan(0);
  expect(goals(figures)).toBe(3);
}, 120_000);
