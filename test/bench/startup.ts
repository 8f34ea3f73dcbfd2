/** What typing a cmdlet costs over node itself, in an empty store and among 10,000 partners. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { emptyConfiguration, partnerDefaults } from '../../src/config/defaults.ts';
import type { Benchmark, Figure } from './benchmark.ts';

const program = path.resolve(import.meta.dirname, '../../bin/xgw');
/** Runs of each; they take turns, so that a noisy moment meets all alike. */
const rounds = 21;
const partners = 10_000;

interface Case {
  readonly name: string;
  readonly words: readonly string[];
  /** Milliseconds over node. */
  readonly atMostOver?: number;
  readonly store: 'empty' | 'full';
  readonly line?: string;
}

/** Source of the promises: the cli budget, 60 ms for what reads no store and 150 ms for what does; 150 ms for a completion in all. */
const cases: readonly Case[] = [
  { name: 'yardstick: node -e 0', words: ['-e', '0'], store: 'empty' },
  { name: 'xgw --version', words: [program, '--version'], store: 'empty', atMostOver: 60 },
  { name: 'xgw get-help', words: [program, 'get-help'], store: 'empty', atMostOver: 60 },
  { name: 'xgw get-help new-user', words: [program, 'get-help', 'new-user'], store: 'empty', atMostOver: 60 },
  ...(['empty', 'full'] as const).flatMap((store) => [
    { name: `xgw, ${store} store`, words: [program], store, atMostOver: 150 },
    {
      name: `xgw get-xmppfederatedpartner 'x*', ${store} store`,
      words: [program, 'get-xmppfederatedpartner', 'x*'],
      store,
      atMostOver: 150,
    },
    {
      name: `completion of a partner, ${store} store`,
      words: [program, '__complete', 'zsh'],
      line: 'xgw get-xmppfederatedpartner partner77',
      store,
      atMostOver: 110,
    },
  ]),
];

export const startup: Benchmark = {
  name: 'startup',
  about: `milliseconds from the start to the end of a process, median of ${rounds} runs that take turns; ${partners} partners in the full store`,
  run() {
    const folder = mkdtempSync(path.join(tmpdir(), 'xgw-bench-'));
    try {
      fillStore(path.join(folder, 'full'));
      return figures(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function figures(folder: string): readonly Figure[] {
  const times = cases.map((): number[] => []);
  // The first round warms the file cache, and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, each] of cases.entries()) {
      const took = elapsed(each, folder);
      if (round > 0) times[index]?.push(took);
    }
  }
  const medians = times.map(median);
  const [yardstick = 0] = medians;
  return cases.map(({ name, atMostOver }, index): Figure => {
    const value = medians[index] ?? 0;
    const shown = { name, value: rounded(value), unit: 'ms' };
    return index === 0
      ? shown
      : { ...shown, ratio: rounded(value / yardstick), over: rounded(value - yardstick), atMostOver };
  });
}

/** Milliseconds. @throws When it fails: a failure is fast. */
function elapsed({ name, words, store, line }: Case, folder: string): number {
  const { NODE_EXTRA_CA_CERTS: _slow, NODE_OPTIONS: _options, ...inherited } = process.env;
  const env = {
    ...inherited,
    XGW_HOME: path.join(folder, store),
    ...(line === undefined ? {} : { XGW_COMPLETE_LINE: line }),
  };
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const took = performance.now() - begun;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr.toString()}`);
  return took;
}

function fillStore(folder: string): void {
  const names = Array.from({ length: partners }, (_, index) => `partner${index}.example`);
  const changed = {
    revision: 1,
    time: '2026-01-01T00:00:00.000Z',
    user: 'bench',
    host: 'bench',
    cmdlet: 'New-XmppFederatedPartner',
  };
  const federatedPartners = Object.fromEntries(
    names.map((identity) => [identity, { ...partnerDefaults, identity, changed }]),
  );
  mkdirSync(folder, { mode: 0o700 });
  writeFileSync(
    path.join(folder, 'store.json'),
    JSON.stringify({ ...emptyConfiguration, federatedPartners }, null, '\t'),
    { mode: 0o600 },
  );
  // As every store has been written: by a change.
  const { status, stderr } = spawnSync(process.execPath, [program, 'new-sipdomain', 'contoso.example'], {
    env: { ...process.env, XGW_HOME: folder },
  });
  if (status !== 0) throw new Error(`the full store is not valid: ${stderr.toString()}`);
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
const rounded = (value: number): number => Number(value.toFixed(2));
