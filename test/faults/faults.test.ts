/** A few rounds of the fault harness, all kinds of fault among them: what is sent arrives, or its sender is told. */
import { beforeAll, expect, it, jest } from '@jest/globals';

import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { faultKinds, planOf } from './fault-plan.ts';
import { printRound } from './report.ts';
import { hasFailed, type RoundResult, runRound } from './round.ts';
import { pairsBothWays } from './traffic.ts';
import { openWorld } from './world.ts';

/** Milliseconds: a round that loses something waits for it. */
jest.setTimeout(240_000);

/** Each kind of fault comes first in one of them; each kind of peer, and both transports, are in one. */
const seeds = [0, 9, 18, 11, 28, 45, 6, 39];
const speed = 10;
const limits = { messagesPerPair: 5, pairs: pairsBothWays.length, longestMs: 1500 };

describeWithPeers('a gateway to which things happen', [peers.prosody], () => {
  let results: readonly RoundResult[] = [];

  beforeAll(async () => {
    const world = await openWorld(speed);
    try {
      // A round that loses something waits long for it: the first one is enough.
      for (let at = 0; at < seeds.length && !results.some(hasFailed); at += 1)
        results = [...results, await runRound(world, planOf(seeds[at] ?? 0, limits))];
    } finally {
      world.close();
    }
  });

  it('loses no message without notice', () => {
    const failed = results.filter(({ balance }) => balance.lost.length > 0);
    expect(failed.map((result) => printRound(result, again(result)))).toEqual([]);
  });

  it('ends by itself in none of them, and leaves no report of a bug', () => {
    expect(results.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it('has met each kind of fault', () => {
    const met = new Set(seeds.flatMap((seed) => planOf(seed, limits).faults.map(({ kind }) => kind)));
    expect(faultKinds.filter((kind) => !met.has(kind))).toEqual([]);
    const notRun = results.flatMap((result) => result.notRun);
    // As suites that miss a peer do: elsewhere than in CI, a disk that nobody may mount is said and not asked for.
    if (notRun.length > 0) process.stderr.write(`NOT RUN, this user may not mount a disk: ${notRun.join(', ')}\n`);
    if (process.env['CI'] === 'true') expect(notRun).toEqual([]);
  });
});

const again = ({ plan }: RoundResult): string =>
  `--rounds 1 --seed ${plan.seed} --messages ${limits.messagesPerPair} --seconds-a-round ${limits.longestMs / 1000}`;
