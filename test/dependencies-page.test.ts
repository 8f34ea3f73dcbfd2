/** docs/decisions/0008-dependencies.md: each package that is installed with the product has its line, and no other has one. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

const root = path.dirname(import.meta.dirname);
const page = readFileSync(path.join(root, 'docs/decisions/0008-dependencies.md'), 'utf8');
const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const rows = [...page.matchAll(/^\| (?!package |-)([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm)].map(
  ([, name = '', reason = '', places = '']) => ({ name, reason, places }),
);

it('each dependency is justified in one line, and nothing else is', () => {
  expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(dependencies).toSorted());
});

it.each(rows)('$name: the place that knows it exists', ({ places }) => {
  const missing = [...places.matchAll(/`([^`]+)`/g)].filter(
    ([, place = '']) => !existsSync(path.join(root, 'src', place)),
  );
  expect([places.includes('`'), missing.map(([, place]) => place)]).toEqual([true, []]);
});
