/** The way of messages as a drawing: a lane for each party, an arrow for each step, plain text of a fixed width. */

export interface Lane {
  readonly name: string;
  /** A second line: an address. */
  readonly detail?: string | undefined;
}

export type LadderStep =
  | {
      readonly kind: 'arrow';
      /** Milliseconds since the first step. */
      readonly atMs: number;
      /** In place of that. */
      readonly time?: string;
      /** Indexes of lanes. */
      readonly from: number;
      readonly to: number;
      readonly label: string;
    }
  | { readonly kind: 'note'; readonly lane: number; readonly label: string };

export interface Ladder {
  readonly lanes: readonly Lane[];
  readonly steps: readonly LadderStep[];
  /** Characters from lane to lane. */
  readonly spacing: number;
}

const timeWidth = 9;

/** Lines, the head first. Labels are cut to their room. */
export function ladderHead({ lanes, spacing }: Ladder): readonly string[] {
  const line = (texts: readonly string[]): string =>
    (' '.repeat(timeWidth) + texts.map((text) => center(text, spacing)).join('')).trimEnd();
  const names = line(lanes.map(({ name }) => name));
  const hasDetails = lanes.some(({ detail }) => detail !== undefined);
  return hasDetails ? [names, line(lanes.map(({ detail = '' }) => detail))] : [names];
}

/** One line a step. */
export const ladderLines = ({ lanes, steps, spacing }: Ladder): readonly string[] =>
  steps.map((step) => {
    const line = Array.from(lifelines(lanes.length, spacing));
    if (step.kind === 'note') {
      const start = middleOf(step.lane, spacing) + 2;
      const text = Array.from(step.label).slice(0, Math.max(line.length - start, 0));
      line.splice(start, text.length, ...text);
      return (' '.repeat(timeWidth) + line.join('')).slice(0, timeWidth + lanes.length * spacing - 1).trimEnd();
    }
    drawArrow(line, step, spacing);
    const time = step.time ?? `+${(step.atMs / 1000).toFixed(3)}`;
    return (time.padEnd(timeWidth) + line.join('')).trimEnd();
  });

export const drawLadder = (ladder: Ladder): string => [...ladderHead(ladder), ...ladderLines(ladder)].join('\n');

interface Arrow {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

function drawArrow(line: string[], { from, to, label }: Arrow, spacing: number): void {
  const [left, right] = [Math.min(from, to), Math.max(from, to)].map((lane) => middleOf(lane, spacing)) as [
    number,
    number,
  ];
  if (left === right) return;
  const room = right - left - 1;
  const shown = Array.from(label).slice(0, room - 5);
  const text = ` ${shown.join('')} `;
  const dashes = Math.max(room - shown.length - 3, 0);
  const before = '-'.repeat(Math.floor(dashes / 2));
  const after = '-'.repeat(dashes - before.length);
  const arrow = to > from ? Array.from(`${before}${text}${after}>`) : Array.from(`<${before}${text}${after}`);
  line.splice(left + 1, room, ...arrow);
}

const middleOf = (lane: number, spacing: number): number => lane * spacing + Math.floor(spacing / 2);

const lifelines = (count: number, spacing: number): string =>
  Array.from({ length: count }, () => center('|', spacing)).join('');

function center(text: string, width: number): string {
  const shown = Array.from(text).slice(0, width - 2);
  const left = Math.floor((width - shown.length + (shown.length === 1 ? 1 : 0)) / 2);
  return ' '.repeat(left) + shown.join('') + ' '.repeat(width - left - shown.length);
}
