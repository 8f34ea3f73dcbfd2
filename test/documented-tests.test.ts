/** The pages that say which test shows a promise name tests that exist: files by their paths, titles in quotes. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { pages } from './support/documentation.ts';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });

/** `gateway/xmpp/floods`, a folder, or a file beside the tests; a page may leave the first folders out. */
function filesOf(named: string): readonly string[] {
  const ends = (file: string, ending: string): boolean => file === ending || file.endsWith(`/${ending}`);
  const test = files.filter((file) => ends(file, `${named}.test.ts`) || `/${file}`.includes(`/${named}/`));
  const other = files.filter((file) => ends(file, named) || ends(file, `${named}.ts`));
  return test.length > 0 ? test : other;
}

interface Row {
  readonly page: string;
  readonly cell: string;
  /** What the cell names; with "the same" also what rows above it name. */
  readonly named: readonly string[];
}

function rowsOf({ file: page, text }: { readonly file: string; readonly text: string }): readonly Row[] {
  let before: readonly string[] = [];
  const cells = text
    .split('\n')
    .flatMap((line) => (line.startsWith('|') ? [line.split(/(?<!\\)\|/).at(-2) ?? ''] : []));
  return cells.map((cell) => {
    const own = [...cell.matchAll(/`([\w./-]+)`/g)].map(([, name = '']) => name);
    before = [...before, ...own];
    return { page, cell, named: cell.includes('the same') ? before : own };
  });
}

const textOf = (named: readonly string[]): string =>
  named
    .flatMap(filesOf)
    .filter((file) => /\.\w+$/.test(file))
    .map((file) => readFileSync(path.join(import.meta.dirname, file), 'utf8'))
    .join('\n')
    .replaceAll("\\'", "'");

/** `...` stands for what a table of cases fills in. */
const titlesIn = (cell: string): readonly (readonly string[])[] =>
  [...cell.matchAll(/"([^"]+)"/g)].map(([, title = '']) =>
    title
      .replaceAll('\\|', '|')
      .split('...')
      .map((part) => part.trim()),
  );

const documented = pages().filter(({ file }) => /^docs\/(?:testing-\w+|security)\.md$/.test(file));

it('there are hundreds of such promises', () => {
  expect(documented.flatMap(rowsOf).length).toBeGreaterThan(400);
});

describe.each(documented)('$file', (page) => {
  const rows = rowsOf(page);

  it('names files that exist', () => {
    const missing = rows.flatMap(({ named }) =>
      named.filter((name) => name.includes('/') && filesOf(name).length === 0),
    );
    expect(missing).toEqual([]);
  });

  it('names tests by their titles', () => {
    const missing = rows.flatMap(({ cell, named }) => {
      const text = textOf(named);
      return titlesIn(cell).filter((parts) => !parts.every((part) => text.includes(part)));
    });
    expect(missing).toEqual([]);
  });
});
