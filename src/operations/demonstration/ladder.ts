/** The way of messages as a drawing: one column for each party, one arrow for each step, plain text of a fixed width. */

export interface LadderStep {
  /** Milliseconds since the first step. */
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

const columnWidth = 30;
const timeWidth = 10;

/** @param columns - The parties, left to right. `from` and `to` of the steps are indexes of these. */
export function drawLadder(columns: readonly string[], steps: readonly LadderStep[]): string {
  const head = columns
    .map((name) => center(name, columnWidth))
    .join('')
    .trimEnd();
  return [' '.repeat(timeWidth) + head, ...steps.map((step) => drawStep(columns.length, step))].join('\n');
}

function drawStep(count: number, { atMs, from, to, label }: LadderStep): string {
  const line = Array.from(lifelines(count));
  const [left, right] = [Math.min(from, to), Math.max(from, to)].map(middleOf) as [number, number];
  if (left !== right) {
    const room = right - left - 1;
    const text = ` ${label.slice(0, room - 6)} `;
    const dashes = Math.max(room - text.length - 1, 0);
    const before = '-'.repeat(Math.floor(dashes / 2));
    const after = '-'.repeat(dashes - before.length);
    const arrow = to > from ? `${before}${text}${after}>` : `<${before}${text}${after}`;
    line.splice(left + 1, room, ...Array.from(arrow));
  }
  const time = `+${(atMs / 1000).toFixed(3)}`.padEnd(timeWidth);
  return (time + line.join('')).trimEnd();
}

const middleOf = (column: number): number => column * columnWidth + Math.floor(columnWidth / 2);

function lifelines(count: number): string {
  return Array.from({ length: count }, () => center('|', columnWidth)).join('');
}

function center(text: string, width: number): string {
  const shown = text.slice(0, width - 2);
  const left = Math.floor((width - shown.length + (shown.length === 1 ? 1 : 0)) / 2);
  return ' '.repeat(left) + shown + ' '.repeat(width - left - shown.length);
}
