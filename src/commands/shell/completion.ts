/** Tab in the management shell: completes the command that the cursor is in, as in bash or PowerShell, and the names of variables. */
import { complete, type Sources } from '../completion/complete.ts';
import { readTypedLine } from '../completion/typed-line.ts';

/** @param names - Of variables. @returns The candidates for the end of the line, and that end. */
export function completions(
  line: string,
  sources: Sources,
  names: readonly string[],
): readonly [readonly string[], string] {
  const [variable] = /\$[A-Za-z_]*$/.exec(line) ?? [];
  if (variable !== undefined) {
    const fitting = ['_', 'Error', 'LASTEXITCODE', ...names].filter((name) =>
      name.toLowerCase().startsWith(variable.slice(1).toLowerCase()),
    );
    return [[...new Set(fitting)].map((name) => `$${name}`), variable];
  }
  const typed = readTypedLine(`xgw ${line.slice(commandStart(line))}`, 'pwsh');
  if (typed.current.quote !== '' && /["'`$]/.test(typed.current.value)) return [[], ''];
  const { candidates } = complete(typed.words, typed.current.value, sources);
  const { raw, quote } = typed.current;
  return [candidates.map(({ text }) => quote + text), raw];
}

const beginsCommand = (character: string, before: string): boolean =>
  /[|;&]/.test(character) ||
  (character === '=' && /^\s*\$\w+\s*\+?$/.test(before)) ||
  (character === ' ' && /^\s*\$\w+\s+in$/i.test(before));

/** Where the innermost command begins: behind a pipe, a brace, a parenthesis or an assignment that is not in quotes. */
function commandStart(line: string): number {
  const starts = [0];
  let quote = '';
  for (const [at, character] of Array.from(line).entries()) {
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (/["']/.test(character)) quote = character;
    else if (/[({]/.test(character)) starts.push(at + 1);
    else if (/[)}]/.test(character) && starts.length > 1) starts.pop();
    else if (beginsCommand(character, line.slice(starts.at(-1), at))) starts[starts.length - 1] = at + 1;
  }
  const start = starts.at(-1) ?? 0;
  return start + (/^\s*/.exec(line.slice(start))?.[0].length ?? 0);
}
