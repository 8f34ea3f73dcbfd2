/** The registry of events: the compiler sees to it that no id is missing, this that none is left over. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from '@jest/globals';

import { logEvents } from '../../src/primitives/log-events.ts';

const source = path.resolve(import.meta.dirname, '../../src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('log-events.ts'),
);
const all = files.map((file) => readFileSync(path.join(source, file), 'utf8')).join('\n');

it.each(Object.keys(logEvents))('%s is told somewhere', (id) => expect(all).toContain(`'${id}'`));

it.each(Object.entries(logEvents))('%s says what has happened in whole sentences', (_, page) => {
  expect(page.meaning).toMatch(/^[A-Z].*\.$/);
});
