/**
 * The answer to a shell: its first line says what comes, `words` or `files` with the part of the word in front of the path
 * behind a tab; then one candidate a line, with what it is behind a tab.
 */
import type { Completion } from './candidate.ts';
import type { Shell, TypedWord } from './typed-line.ts';

/** Characters of a description: the rest of a line on a terminal. */
const maxAbout = 80;

/** @param wordBreaks - Characters at which bash begins a new word: what it replaces begins behind the last of them. */
export function printAnswer(
  { candidates, fileAfter }: Completion,
  current: TypedWord,
  shell: Shell,
  wordBreaks = '',
): string {
  if (fileAfter !== undefined) return `files\t${fileAfter}\n`;
  const texts = new Set<string>();
  const lines = candidates.flatMap(({ text, about }) => {
    const printed = printers[shell](text, current, wordBreaks);
    if (texts.has(printed)) return [];
    texts.add(printed);
    return [about === '' || shell === 'bash' ? printed : `${printed}\t${shown(about)}`];
  });
  return ['words', ...lines, ''].join('\n');
}

type Print = (text: string, current: TypedWord, wordBreaks: string) => string;

const asItIs: Print = (text) => text;

const printers: Readonly<Record<Shell, Print>> = { bash: forBash, zsh: asItIs, fish: asItIs, pwsh: forPowerShell };

/** zsh and fish quote by themselves. What bash replaces begins behind an open quote, or behind the last word break. */
function forBash(text: string, { raw, quote }: TypedWord, wordBreaks: string): string {
  const behind = quote === '' ? Array.from(wordBreaks) : [quote];
  const kept = Math.max(...behind.map((char) => raw.lastIndexOf(char)), -1) + 1;
  const rest = text.slice(plainLength(raw.slice(0, kept)));
  if (quote === "'") return rest.replaceAll("'", String.raw`'\''`);
  return rest.replaceAll(quote === '"' ? /["\\$`]/g : /[^\w\-+.,:=@/%~^]/g, String.raw`\$&`);
}

/** Characters of the value that these typed ones stand for. */
const plainLength = (raw: string): number => raw.replaceAll(/\\(.)|["']/g, '$1').length;

/** PowerShell replaces the whole word. */
function forPowerShell(text: string, { quote }: TypedWord): string {
  if (quote === '"') return `"${text.replaceAll(/["`$]/g, '`$&')}"`;
  const isPlain = /^[A-Za-z0-9_\-+.:=/\\%][A-Za-z0-9_\-+.:=/\\%@]*$/.test(text);
  return isPlain && quote === '' ? text : `'${text.replaceAll("'", "''")}'`;
}

const shown = (about: string): string => {
  const line = about.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return line.length <= maxAbout ? line : `${line.slice(0, maxAbout - 3)}...`;
};
