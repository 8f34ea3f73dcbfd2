/** `npm run test:faults`: seeded rounds one after the other, what failed with the command that runs it alone, and a table. */
import { parseArgs } from 'node:util';

import { peers, programPath } from '../support/needs-peer.ts';
import { planOf } from './fault-plan.ts';
import { printRound, printTable, summaryOf } from './report.ts';
import { hasFailed, type RoundResult, runRound } from './round.ts';
import { pairsBothWays } from './traffic.ts';
import { openWorld } from './world.ts';

const usage = `npm run test:faults -- [--rounds 200] [--seed 0] [--seconds-a-round 2.5] [--messages 8] [--speed 10] [--json]
  --rounds           How many.
  --seed             Of the first round; each further one has the next.
  --seconds-a-round  How long its longest faults last, about.
  --messages         From each sender to each recipient.
  --speed            How many times as fast as that of the machine the clock of the gateway goes.
  --json             The summary as one line of JSON on stdout.
`;

const options = {
  rounds: { type: 'string', default: '200' },
  seed: { type: 'string', default: '0' },
  'seconds-a-round': { type: 'string', default: '2.5' },
  messages: { type: 'string', default: '8' },
  speed: { type: 'string', default: '10' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @returns The exit code: 0 when nothing was lost, 1 when something was, 2 when it was called wrongly. */
export async function main(words: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...words], options });
  const { help, json, ...given } = values;
  const numbers = Object.values(given).map(Number);
  if (help || numbers.some((number) => !(number >= 0))) {
    process.stderr.write(usage);
    return help ? 0 : 2;
  }
  if (programPath(peers.prosody.program) === undefined)
    throw new Error(`Prosody is missing: apt-get install ${peers.prosody.package}`);
  const again = words.filter((word, at) => !isOf(['--rounds', '--seed'], word, words[at - 1]));
  const results = await play(given, again.join(' '));
  process.stderr.write(printTable(results));
  if (json) process.stdout.write(`${JSON.stringify(summaryOf(results))}\n`);
  return results.some(hasFailed) ? 1 : 0;
}

type Given = Readonly<Record<'rounds' | 'seed' | 'seconds-a-round' | 'messages' | 'speed', string>>;

/** @param again - Words that a single round needs beside its seed. */
async function play(given: Given, again: string): Promise<readonly RoundResult[]> {
  const [first, rounds] = [Number(given.seed), Number(given.rounds)];
  const world = await openWorld(Number(given.speed));
  const limits = {
    messagesPerPair: Number(given.messages),
    pairs: pairsBothWays.length,
    longestMs: Number(given['seconds-a-round']) * 1000,
  };
  const results: RoundResult[] = [];
  try {
    for (let seed = first; seed < first + rounds; seed += 1) {
      const result = await runRound(world, planOf(seed, limits));
      results.push(result);
      process.stderr.write(printRound(result, `--rounds 1 --seed ${seed} ${again}`.trimEnd()));
    }
  } finally {
    world.close();
  }
  return results;
}

const isOf = (names: readonly string[], word: string, before = ''): boolean =>
  names.includes(before) || names.some((name) => word === name || word.startsWith(`${name}=`));
