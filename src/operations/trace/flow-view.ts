/**
 * One message to move about in, with the keys of sngrep: a step is selected, opened, compared with another one. A pure
 * machine: it says what is to be saved, and saves nothing.
 */
import type { TraceStep } from '../../primitives/trace-step.ts';
import { type DrawnStep, drawnSteps, flowHeadline, flowLadder } from './flow-ladder.ts';
import { type LadderStep, ladderHead, ladderLines } from './ladder.ts';
import { lineDifference } from './line-difference.ts';
import type { MessageFlow } from './message-flow.ts';

const timeModes = ['elapsed', 'since the last', 'of day'] as const;

export interface FlowView {
  readonly flow: MessageFlow;
  /** Steps that fit the filter. */
  readonly steps: readonly DrawnStep[];
  readonly selected: number;
  readonly marked?: number | undefined;
  /** The ladder, one message as it was on the wire, or two of them compared. */
  readonly page: 'ladder' | 'raw' | 'difference';
  /** First line of a page that is longer than the screen. */
  readonly scrolled: number;
  readonly timeMode: (typeof timeModes)[number];
  readonly filter: string;
  /** What is typed goes into the filter. */
  readonly isFiltering: boolean;
  /** What was done last, for the last line. */
  readonly said: string;
}

export type FlowAct =
  | 'up'
  | 'down'
  | 'pageup'
  | 'pagedown'
  | 'home'
  | 'end'
  | 'open'
  | 'back'
  | 'mark'
  | 'time'
  | 'filter';

export function startFlowView(flow: MessageFlow): FlowView {
  const start = { page: 'ladder', scrolled: 0, timeMode: 'elapsed', filter: '', isFiltering: false, said: '' } as const;
  return { flow, steps: drawnSteps(flow), selected: 0, ...start };
}

/** Lines that a page key moves by. */
const pageLines = 10;
const moves: Readonly<Partial<Record<FlowAct, number>>> = {
  up: -1,
  down: 1,
  pageup: -pageLines,
  pagedown: pageLines,
  home: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
};

export function actOn(view: FlowView, act: FlowAct): FlowView {
  const by = moves[act];
  if (by !== undefined) return moved(view, by);
  if (act === 'back') return { ...view, page: 'ladder', scrolled: 0, said: '' };
  if (act === 'time') return { ...view, timeMode: after(timeModes, view.timeMode) };
  if (act === 'filter') return { ...view, isFiltering: true, page: 'ladder', said: '' };
  if (view.page !== 'ladder') return { ...view, page: 'ladder', scrolled: 0 };
  return act === 'open' ? { ...view, page: 'raw', scrolled: 0 } : mark(view);
}

function moved(view: FlowView, by: number): FlowView {
  if (view.page !== 'ladder') return { ...view, scrolled: within(view.scrolled + by, pageOf(view).length) };
  return { ...view, selected: within(view.selected + by, view.steps.length), said: '' };
}

const within = (wanted: number, length: number): number => Math.max(Math.min(wanted, length - 1), 0);

/** The second mark compares; the same one again takes it back. */
function mark(view: FlowView): FlowView {
  const { marked, selected } = view;
  if (marked === undefined) return { ...view, marked: selected };
  return marked === selected ? { ...view, marked: undefined } : { ...view, page: 'difference', scrolled: 0 };
}

/** @param filter - Part of a summary, in any case; empty: all steps. */
export function filtered(view: FlowView, filter: string, isFiltering: boolean): FlowView {
  const wanted = filter.toLowerCase();
  const steps = drawnSteps(view.flow).filter(({ step }) => step.summary.toLowerCase().includes(wanted));
  return { ...view, filter, isFiltering, steps, selected: 0, marked: undefined };
}

const after = <T>(all: readonly T[], one: T): T => all[(all.indexOf(one) + 1) % all.length] ?? one;

/** As many lines as there are rows at most, each cut to the columns. */
export function flowViewLines(
  view: FlowView,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): readonly string[] {
  const foot = footOf(view);
  const room = Math.max(rows - 1, 1);
  const lines =
    view.page === 'ladder' ? ladderPage(view, room) : pageOf(view).slice(view.scrolled, view.scrolled + room);
  return [...lines.slice(0, room), foot].map((line) => Array.from(line).slice(0, columns).join(''));
}

function ladderPage(view: FlowView, room: number): readonly string[] {
  const ladder = flowLadder(view.flow);
  const head = [flowHeadline(view.flow), '', ...ladderHead(ladder).map((line) => `  ${line}`)];
  const steps = view.steps.map(({ drawn, step }, index) =>
    timed(view, drawn, { step, before: view.steps[index - 1]?.step }),
  );
  const drawn = ladderLines({ ...ladder, steps }).map((line, index) => `${pointerOf(view, index)} ${line}`);
  const height = Math.max(room - head.length, 1);
  const first = Math.max(Math.min(view.selected - Math.floor(height / 2), drawn.length - height), 0);
  return [...head, ...drawn.slice(first, first + height)];
}

const pointerOf = ({ selected, marked }: FlowView, index: number): string =>
  index === selected ? '>' : index === marked ? '*' : ' ';

interface Neighbours {
  readonly step: TraceStep;
  readonly before: TraceStep | undefined;
}

function timed({ timeMode }: FlowView, drawn: LadderStep, { step, before }: Neighbours): LadderStep {
  if (drawn.kind === 'note' || timeMode === 'elapsed') return drawn;
  if (timeMode === 'of day') return { ...drawn, time: step.time.slice(11, 19) };
  return { ...drawn, atMs: Date.parse(step.time) - Date.parse(before?.time ?? step.time) };
}

function pageOf(view: FlowView): readonly string[] {
  const [one, other] = [view.steps[view.marked ?? view.selected], view.steps[view.selected]];
  if (view.page === 'difference') return lineDifference(textOf(one), textOf(other));
  return textOf(other).split('\n');
}

/** What is no message says what it is. */
function textOf(drawn: DrawnStep | undefined): string {
  if (drawn === undefined) return '';
  const { time, peerAddress, transport, summary, raw, direction } = drawn.step;
  const head = [time, direction, peerAddress, transport].filter((each) => each !== undefined).join('  ');
  return `${head}\n\n${raw ?? summary}`;
}

function footOf({ page, isFiltering, filter, said, timeMode }: FlowView): string {
  if (isFiltering) return `/${filter}`;
  if (said !== '') return said;
  if (page !== 'ladder') return 'up/down scroll   Esc back   q quit';
  const wanted = filter === '' ? '' : `  [/${filter}]`;
  return `up/down select  Enter message  space mark, two = difference  / filter  t time (${timeMode})  s save  x page  q quit${wanted}`;
}
