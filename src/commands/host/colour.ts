/** The only file that knows chalk. Colour repeats what words say already. */
import { Chalk } from 'chalk';

export interface Palette {
  good(text: string): string;
  doubtful(text: string): string;
  bad(text: string): string;
  strong(text: string): string;
}

/** @param enabled - False: every function returns its text as it is. Sixteen colours, which the terminal's theme can adapt. */
export function paletteOf(enabled: boolean): Palette {
  const chalk = new Chalk({ level: enabled ? 1 : 0 });
  return { good: chalk.green, doubtful: chalk.yellow, bad: chalk.red, strong: chalk.bold };
}

const goodWords = new Set(['OK', 'Success', 'Running', 'Connected', 'Established']);
const doubtfulWords = new Set(['WARN', 'Warning', 'Pending', 'Draining', 'Skipped']);
const badWords = new Set(['FAIL', 'Failure', 'Failed', 'Error']);

/** Colours a cell which is one of the words for how something went. */
export function colourWord(word: string, palette: Palette): string {
  if (goodWords.has(word)) return palette.good(word);
  if (doubtfulWords.has(word)) return palette.doubtful(word);
  return badWords.has(word) ? palette.bad(word) : word;
}
