/** Two texts side by side, line by line: what both have, what only the first has, what only the second has. */

/** Lines of a text that are compared; of a longer one only the beginning is. */
const maxLines = 200;

/** `  ` both, `- ` the first only, `+ ` the second only. */
export function lineDifference(first: string, second: string): readonly string[] {
  const [left, right] = [linesOf(first), linesOf(second)];
  const common = commonLengths(left, right);
  const commonFrom = (at: number, other: number): number => common[at]?.[other] ?? -1;
  const lines: string[] = [];
  let [at, other] = [0, 0];
  while (at < left.length || other < right.length) {
    const isBoth = at < left.length && left[at] === right[other];
    const isFirst = isBoth || commonFrom(at + 1, other) >= commonFrom(at, other + 1);
    const sign = isBoth ? '  ' : isFirst ? '- ' : '+ ';
    lines.push(sign + (isFirst ? left[at] : right[other]));
    if (isFirst) at += 1;
    if (isBoth || !isFirst) other += 1;
  }
  return lines;
}

const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, maxLines);

/** How many lines in a row of their order both have, from each pair of places on. */
function commonLengths(left: readonly string[], right: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: left.length + 1 }, () => Array.from({ length: right.length + 1 }, () => 0));
  for (let at = left.length - 1; at >= 0; at -= 1) {
    for (let other = right.length - 1; other >= 0; other -= 1) {
      const row = table[at];
      if (row === undefined) continue;
      row[other] =
        left[at] === right[other]
          ? (table[at + 1]?.[other + 1] ?? 0) + 1
          : Math.max(table[at + 1]?.[other] ?? 0, row[other + 1] ?? 0);
    }
  }
  return table;
}
