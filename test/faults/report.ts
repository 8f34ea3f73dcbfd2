/** What a run of rounds says: a line a round, and a table by fault kind. */
import { type FaultKind, faultKinds } from './fault-plan.ts';
import { hasFailed, type RoundResult } from './round.ts';

export interface Figures {
  readonly rounds: number;
  readonly sent: number;
  readonly delivered: number;
  readonly reported: number;
  readonly toldWrongly: number;
  readonly duplicates: number;
  readonly misordered: number;
  readonly excused: number;
  readonly lost: number;
}

export interface Summary {
  readonly all: Figures;
  /** A round counts for each kind that it has. */
  readonly byFault: Readonly<Partial<Record<FaultKind, Figures>>>;
  readonly seconds: number;
  readonly failedSeeds: readonly number[];
  /** Kinds that this machine does not allow. */
  readonly notRun: readonly FaultKind[];
}

export function summaryOf(results: readonly RoundResult[]): Summary {
  const notRun = [...new Set(results.flatMap((result) => result.notRun))];
  const having = (kind: FaultKind): readonly RoundResult[] =>
    results.filter(({ plan, notRun }) => plan.faults.some((fault) => fault.kind === kind) && !notRun.includes(kind));
  const met = faultKinds.filter((kind) => having(kind).length > 0);
  return {
    all: figuresOf(results),
    byFault: Object.fromEntries(met.map((kind) => [kind, figuresOf(having(kind))])),
    seconds: Math.round(results.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000),
    failedSeeds: results.filter(hasFailed).map(({ plan }) => plan.seed),
    notRun,
  };
}

function figuresOf(results: readonly RoundResult[]): Figures {
  const sum = (count: (result: RoundResult) => number): number =>
    results.reduce((total, result) => total + count(result), 0);
  return {
    rounds: results.length,
    sent: sum(({ balance }) => balance.sent),
    delivered: sum(({ balance }) => balance.delivered),
    reported: sum(({ balance }) => balance.reported),
    toldWrongly: sum(({ balance }) => balance.toldWrongly),
    duplicates: sum(({ balance }) => balance.duplicates),
    misordered: sum(({ balance }) => balance.misordered.length),
    excused: sum(({ balance }) => balance.excused),
    lost: sum(({ balance }) => balance.lost.length),
  };
}

/** @param again - Words that run it alone. */
export function printRound(result: RoundResult, again: string): string {
  const { plan, balance, durationMs, problems, notRun, folder } = result;
  const faults = plan.faults.map(({ kind }) => kind).join(', ');
  const { sent, delivered, reported, duplicates, excused } = balance;
  const figures = `sent ${sent}, delivered ${delivered}, reported ${reported}, duplicates ${duplicates}, excused ${excused}`;
  const line = `${hasFailed(result) ? 'FAILED' : 'ok'} seed ${plan.seed} ${plan.peer} ${plan.transport}: ${faults}: ${figures}, ${(durationMs / 1000).toFixed(1)} s\n`;
  const missing = notRun.length === 0 ? '' : `  NOT RUN here: ${notRun.join(', ')}\n`;
  const disorder = balance.misordered.length === 0 ? '' : `  out of order: ${balance.misordered.join(', ')}\n`;
  if (!hasFailed(result)) return line + missing + disorder;
  const lost = balance.lost.map(
    ({ id, wasTaken }) => `  LOST ${id}${wasTaken ? ', which the gateway had taken' : ''}\n`,
  );
  const wrong = problems.map((problem) => `  ${problem}\n`);
  const rerun = `  logs and books: ${folder ?? ''}\n  again: npm run test:faults -- ${again}\n`;
  return [line, missing, disorder, ...lost, ...wrong, rerun].join('');
}

const columns = [
  'rounds',
  'sent',
  'delivered',
  'reported',
  'toldWrongly',
  'duplicates',
  'misordered',
  'excused',
  'lost',
] as const satisfies (keyof Figures)[];

export function printTable(results: readonly RoundResult[]): string {
  const { all, byFault, seconds, failedSeeds, notRun } = summaryOf(results);
  const rows = [...Object.entries(byFault), ['all', all] as const];
  const cells = rows.map(([name, figures]) => [name, ...columns.map((column) => String(figures[column]))]);
  const table = [['fault', ...columns], ...cells].map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(14) : cell.padStart(12))).join(''),
  );
  const missing = notRun.length === 0 ? [] : [`NOT RUN, this user may not mount a disk: ${notRun.join(', ')}`];
  const failed = failedSeeds.length === 0 ? [] : [`failed seeds: ${failedSeeds.join(', ')}`];
  return `${[...table, `${seconds} s`, ...missing, ...failed].join('\n')}\n`;
}
