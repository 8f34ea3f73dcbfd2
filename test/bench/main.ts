/** Runs benchmarks by name, all without one. A table for people goes to stderr, one line of JSON for each to stdout. */
import { arch, cpus, platform } from 'node:os';

import type { Benchmark, Figure } from './benchmark.ts';
import { sipParser } from './sip-parser.ts';
import { startup } from './startup.ts';

const benchmarks: readonly Benchmark[] = [sipParser, startup];

/** @param names - In any case; unknown ones end the run with exit code 2. */
export async function main(names: readonly string[]): Promise<void> {
  const wanted = names.map((name) => name.toLowerCase());
  const unknown = wanted.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0) {
    const known = benchmarks.map(({ name }) => name).join(', ');
    process.stderr.write(`There is no benchmark ${unknown.join(', ')}. There are: ${known}.\n`);
    process.exitCode = 2;
    return;
  }
  const chosen = wanted.length === 0 ? benchmarks : benchmarks.filter(({ name }) => wanted.includes(name));
  for (const { name, about, run } of chosen) {
    process.stderr.write(`${name}: ${about}\n${machine}\n`);
    const figures = await run();
    process.stderr.write(`${table(figures)}\n`);
    process.stdout.write(`${JSON.stringify({ benchmark: name, machine, figures })}\n`);
  }
}

const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${platform()} ${arch()}, Node.js ${process.versions.node}`;

function table(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${shown(figure.value)} ${figure.unit}`,
    figure.ratio === undefined ? '' : `${shown(figure.ratio)} x the yardstick`,
    figure.over === undefined ? '' : `${shown(figure.over)} ${figure.unit} over it`,
    promise(figure),
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd()).join('\n');
}

function promise({ value, atLeast, over = 0, atMostOver }: Figure): string {
  if (atLeast !== undefined) return `promised ${shown(atLeast)}${value < atLeast ? ': MISSED here' : ''}`;
  return atMostOver === undefined ? '' : `promised ${shown(atMostOver)}${over > atMostOver ? ': MISSED here' : ''}`;
}

const shown = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0 }).replaceAll(',', ' ');
