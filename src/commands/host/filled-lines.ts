/** Text filled into lines of a terminal. Chinese has no spaces: its lines break between characters, and each is two columns wide. */
import { displayWidth } from './cell-text.ts';

/** Columns. */
const lineWidth = 80;

/** Words filled into lines; a line break in the text stays one. */
export const wrapped = (text: string, indent: number): readonly string[] =>
  text.split('\n').flatMap((line) => filled(wordsOf(line), indent, indent));

/** @param words - A word that begins with U+0000 follows the one before it without a space. */
export function filled(words: readonly string[], first: number, next: number): readonly string[] {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  let isEmpty = true;
  for (const given of words) {
    const joins = given.startsWith('\0');
    const word = joins ? given.slice(1) : given;
    const gap = isEmpty || joins ? '' : ' ';
    if (!isEmpty && displayWidth(line) + gap.length + displayWidth(word) > lineWidth) {
      lines.push(line);
      line = ' '.repeat(next) + word;
    } else line += gap + word;
    isEmpty = false;
  }
  return [...lines, line];
}

/** What may not stand at the beginning of a line, and what may not stand at its end. [CLREQ §3.1.1] */
const [closing, opening] = ['。，、：；？！）」』', '（「『'];

/** Between two characters a line may break where one of them is Chinese, but for punctuation. */
const breaks = new RegExp(
  `(?<=[\\p{Script=Han}${closing}])(?![${closing}]|$)|(?<=[^${opening}\\s])(?=[\\p{Script=Han}${opening}])`,
  'u',
);

const wordsOf = (line: string): readonly string[] =>
  line.split(' ').flatMap((word) => word.split(breaks).map((part, index) => (index === 0 ? part : `\0${part}`)));

export const paddedTo = (columns: number, text: string): string =>
  text + ' '.repeat(Math.max(0, columns - displayWidth(text)));
