/** A row of numbers as one character each, the highest one full. */

const glyphs = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** For terminals and fonts that have no blocks. */
const asciiGlyphs = ['.', ':', '-', '=', '+', '*', '#', '%', '@'] as const;

export function sparkline(values: readonly number[], isAscii: boolean): string {
  const set: readonly string[] = isAscii ? asciiGlyphs : glyphs;
  const most = Math.max(...values, 1);
  return values.map((value) => set[Math.round((value / most) * (set.length - 1))] ?? '').join('');
}
