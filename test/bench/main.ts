/** Runs benchmarks by name; without one all but those that take long. A table for people goes to stderr, one line of JSON for each to stdout. */
import { arch, cpus, platform } from 'node:os';

import { runHooks } from '../support/outside-jest.ts';
import type { Benchmark, Figure } from './benchmark.ts';
import { durableInbound } from './durable-inbound.ts';
import { growth } from './growth.ts';
import { importOfPartners } from './import.ts';
import { latency } from './latency.ts';
import { bareTlsServer } from './load/bare-tls-server.ts';
import { onSecondCore } from './load/measured-process.ts';
import { relay } from './load/relay-process.ts';
import { manyContacts } from './many-contacts.ts';
import { manyPartners } from './many-partners.ts';
import { sipParser } from './sip-parser.ts';
import { soak } from './soak.ts';
import { startup } from './startup.ts';
import { streamCosts } from './streams.ts';
import { throughput } from './throughput.ts';

const benchmarks: readonly Benchmark[] = [
  sipParser,
  startup,
  durableInbound,
  throughput,
  latency,
  streamCosts,
  growth,
  manyPartners,
  importOfPartners,
  manyContacts,
  soak,
];

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
  const chosen =
    wanted.length === 0
      ? benchmarks.filter(({ onDemand }) => onDemand !== true)
      : benchmarks.filter(({ name }) => wanted.includes(name));
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

/** What was promised, and whether it is kept here. */
function promise(figure: Figure): string {
  const { value, ratio = Number.NaN, over = Number.NaN } = figure;
  const bounds: readonly (readonly [number | undefined, string, boolean])[] = [
    [figure.atLeast, figure.unit, value >= (figure.atLeast ?? 0)],
    [figure.atMost, figure.unit, value <= (figure.atMost ?? 0)],
    [figure.atLeastRatio, 'x', ratio >= (figure.atLeastRatio ?? 0)],
    [figure.atMostRatio, 'x', ratio <= (figure.atMostRatio ?? 0)],
    [figure.atMostOver, `${figure.unit} over it`, over <= (figure.atMostOver ?? 0)],
  ];
  const told = bounds.flatMap(([bound, unit, isKept]) =>
    bound === undefined ? [] : [`goal ${shown(bound)} ${unit}${isKept ? '' : ': MISSED here'}`],
  );
  return told.join(', ');
}

const shown = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 0.1 ? 4 : value < 100 ? 2 : 0 }).replaceAll(',', ' ');

/** Yardsticks, in processes of their own. */
const roles = new Map([
  ['relay', relay],
  ['bare-tls-server', bareTlsServer],
]);

const role = roles.get(process.argv[2] ?? '');
if (role !== undefined) role();
else {
  onSecondCore();
  try {
    await main(process.argv.slice(2));
  } finally {
    await runHooks();
  }
}
