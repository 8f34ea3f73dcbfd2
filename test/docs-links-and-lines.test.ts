/** README and docs: each link leads somewhere, each file that is named is there, each command line is one that the program takes. */
import { existsSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { faultOf } from './commands/line-fault.ts';
import {
  anchorsIn,
  commandsIn,
  inlineCommands,
  linksIn,
  pages,
  shellLines,
  withoutBlocks,
} from './support/documentation.ts';

const root = path.resolve(import.meta.dirname, '..');
const all = pages();
const anchors = new Map(all.map(({ file, text }) => [file, new Set(anchorsIn(text))]));

function brokenLink(from: string, link: string): string | undefined {
  const [target = '', fragment] = link.split('#');
  const file = target === '' ? from : path.join(path.dirname(from), target);
  if (!existsSync(path.join(root, file))) return `${link}: there is no ${file}`;
  const known = anchors.get(file);
  if (fragment === undefined || known === undefined || known.has(fragment)) return undefined;
  return `${link}: ${file} has no such heading`;
}

/** `src/gateway/from-sip.ts` in backticks; patterns and folders of what is made are left out. */
const filesNamedIn = (text: string): readonly string[] =>
  [...withoutBlocks(text).matchAll(/`((?:src|test|docs|bin|\.ci)\/[\w./-]+\.\w+)`/g)].map(([, file = '']) => file);

describe.each(all.map((page) => [page.file, page.text] as const))('%s', (file, text) => {
  it('leads to what is there', () => {
    expect(linksIn(text).flatMap((link) => brokenLink(file, link) ?? [])).toEqual([]);
    expect(filesNamedIn(text).filter((named) => !existsSync(path.join(root, named)))).toEqual([]);
  });

  it('tells to type what the program takes', () => {
    const lines = [...new Set([...commandsIn(shellLines(text)), ...inlineCommands(text)])];
    const faults = lines.flatMap((line) => {
      const fault = faultOf(line);
      return fault === undefined ? [] : [`${line}: ${fault}`];
    });
    expect(faults).toEqual([]);
  });
});

it('the pages hold hundreds of commands and links', () => {
  const [links, commands] = [linksIn, (text: string) => commandsIn(shellLines(text))].map(
    (found) => all.flatMap(({ text }) => found(text)).length,
  );
  expect(links).toBeGreaterThan(30);
  expect(commands).toBeGreaterThan(100);
});
