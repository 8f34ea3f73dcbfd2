/** Command lines as text: quoting what is shown so that it can be pasted, and reading examples as a POSIX shell would. */
import { shellWord } from '../../primitives/shell-word.ts';

const plain = /^[A-Za-z0-9_\-+.,:;=@/%]+$/;
const needsQuotes = /[;]|^[@]/;

/** One word for bash, zsh, fish and pwsh alike: single quotes where a shell would read more into it. */
export function quoted(word: string): string {
  if (plain.test(word) && !needsQuotes.test(word)) return word;
  // A backtick in double quotes is escaped in one shell and not in the next.
  if (/'.*`|`.*'/s.test(word)) return shellWord(word);
  return word.includes("'") ? `"${word.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${word}'`;
}

/** `xgw set-user sip:alice@contoso.com -WhatIf`. */
export const commandLine = (cmdlet: string, tokens: readonly string[]): string =>
  ['xgw', cmdlet.toLowerCase(), ...tokens.map(quoted)].join(' ');

/** The words of a line, quotes removed; good enough for examples, which have no expansions. */
export function wordsOf(line: string): readonly string[] {
  const words = line.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g);
  return [...words].map(([word]) =>
    word.replaceAll(
      /"((?:\\.|[^"\\])*)"|'([^']*)'|\\(.)/g,
      (_all, double?: string, single?: string, escaped?: string) =>
        escaped ?? single ?? (double ?? '').replaceAll(/\\(["\\$`])/g, '$1'),
    ),
  );
}
