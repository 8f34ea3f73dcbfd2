/** The mistakes of a declarative file as an administrator reads them: the place, the sentence, the line and a caret under it. */
import { CodedError } from '../../primitives/errors.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import type { SourceFile } from './document-head.ts';
import type { Mistake } from './document-places.ts';

/** Mistakes that a message shows. */
const maxShown = 20;
/** Characters of a line that is shown. */
const maxLine = 120;

/** `gateway.yaml:12:5: "tlsNegotation" is not a known setting; did you mean tlsNegotiation?` */
export const printMistake = ({ file, line, column, sentence }: Mistake): string =>
  `${file}:${line}:${column}: ${visibleText(sentence)}${sentence.endsWith('?') ? '' : '.'}`;

/** The line with a caret under the column; nothing for a line that is too long to show. */
export function caretLines({ file, line, column }: Mistake, files: readonly SourceFile[]): readonly string[] {
  const text = files.find((source) => source.file === file)?.text.split(/\r\n|\n|\r/)[line - 1];
  if (text === undefined || text.length > maxLine) return [];
  const before = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
  return [`  | ${text}`, `  | ${before}^`];
}

export function documentError(mistakes: readonly Mistake[], files: readonly SourceFile[]): CodedError {
  const [first, ...others] = mistakes;
  const shown = mistakes.slice(0, maxShown);
  const more = mistakes.length > maxShown ? [`and ${mistakes.length - maxShown} more mistakes`] : [];
  const lines = shown.flatMap((mistake, index) => [
    ...(index === 0 ? [] : [printMistake(mistake)]),
    ...caretLines(mistake, files),
  ]);
  const message = first === undefined ? 'the file has mistakes.' : printMistake(first);
  return new CodedError('FileNotValid', message, {
    excerpt: [...lines, ...more],
    ...(others.length === 0 ? {} : { reason: `${mistakes.length} mistakes; nothing was changed` }),
    ...(first === undefined
      ? {}
      : { fix: `xgw test-configuration -Path ${shellWord(first.file)}`, target: first.file }),
  });
}
