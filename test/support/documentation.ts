/** What the pages of the project say: their shell blocks, the commands in them, their links and headings. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface Page {
  /** From the root of the project. */
  readonly file: string;
  readonly text: string;
}

export const pages = (): readonly Page[] =>
  ['README.md', 'CHANGELOG.md', ...inDocs()].map((file) => ({
    file,
    text: readFileSync(path.join(root, file), 'utf8'),
  }));

const inDocs = (): readonly string[] =>
  readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join('docs', file));

/** Shell blocks, and the typed lines of transcripts. */
export function shellLines(text: string): string {
  const blocks = [...text.matchAll(/^```(?:sh|bash)\n(.*?)^```$/gms)].map(([, block = '']) => block);
  const transcripts = [...text.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) =>
    block.replaceAll(/^(?!\$ ).*$/gm, ''),
  );
  return [...blocks, ...transcripts].join('\n').replaceAll(/\\\n\s*/g, '');
}

/** Of a shell: what stands between its own words. */
export const commandsIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .flatMap((line) => /(?:^|\s)(xgw [a-z]+-[a-z]+.*)$/i.exec(line)?.[1] ?? [])
    .map((line) => line.replace(/(?:\s+(?:#|\|\||&|>>?|\|(?!\s*xgw ))|;\s).*$/, ''));

/** `xgw ...` in the middle of a sentence. */
export const inlineCommands = (text: string): readonly string[] =>
  [...withoutBlocks(text).matchAll(/`(xgw [a-z]+-[^`]+)`/gi)].map(([, line = '']) => line.replaceAll(/\s*\n\s*/g, ' '));

export const withoutBlocks = (text: string): string => text.replaceAll(/^```.*?^```$/gms, '');

/** Where the links of a page lead to, those to other sites left out. */
export const linksIn = (text: string): readonly string[] =>
  [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));

/** As a link names them. */
export const anchorsIn = (text: string): readonly string[] =>
  [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
