/** The command lines that stand in the source: of Fix lines, hints, topics and pages. What a program puts in is a placeholder. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { parseSync } from '@swc/core';

const source = path.resolve(import.meta.dirname, '../../src');

export interface WrittenLine {
  /** `operations/users.ts` */
  readonly at: string;
  /** It begins with `xgw `. */
  readonly line: string;
}

/** What stands for a value that only the running program knows. */
export const placeholder = 'Value0';

/** Lines that are commands and nothing else. */
export function writtenLines(): readonly WrittenLine[] {
  return textsOfSource().filter(({ line }) => /^xgw [A-Za-z]+-[A-Za-z]/.test(line));
}

/** `xgw verb-noun` wherever a text names it, among other words too. */
export const mentions = (): readonly WrittenLine[] =>
  textsOfSource().flatMap(({ at, line }) =>
    [...line.matchAll(/\bxgw [A-Za-z]+-[A-Za-z]+/g)].map(([mention]) => ({ at, line: mention })),
  );

function textsOfSource(): readonly WrittenLine[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => textsOf(file, readFileSync(path.join(source, file), 'utf8')));
}

function textsOf(file: string, text: string): readonly WrittenLine[] {
  const found: WrittenLine[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const said = textOf(node);
    for (const line of said?.split('\n') ?? []) found.push({ at: file, line: line.trim() });
    // A template holds expressions, with texts of their own.
    for (const each of Object.values(node)) visit(each);
  };
  visit(parseSync(text, { syntax: 'typescript', target: 'es2023' }));
  return found;
}

interface SyntaxNode {
  readonly type?: string;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly cooked?: string }[];
}

function textOf({ type, value, quasis }: SyntaxNode): string | undefined {
  if (type === 'StringLiteral' && typeof value === 'string') return value;
  return type === 'TemplateLiteral' && quasis ? quasis.map(({ cooked }) => cooked ?? '').join(placeholder) : undefined;
}
