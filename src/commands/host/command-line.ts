/** Command lines as text: quoting what is shown so that it can be pasted, and reading examples as a POSIX shell would. */

const plain = /^[A-Za-z0-9_\-+.,:;=@/%]+$/;
const needsQuotes = /[;]|^[@]/;

/** One word for bash, zsh and pwsh alike: single quotes where a shell would read more into it. */
export function quoted(word: string): string {
  if (plain.test(word) && !needsQuotes.test(word)) return word;
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
