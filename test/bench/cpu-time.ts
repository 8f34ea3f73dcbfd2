/** Processor time of pieces of work: what the rest of a shared machine does does not count. */

/** Microseconds one round should take: thousands of steps of the clock, and short enough to hit a quiet moment. */
const roundUs = 200_000;

/**
 * Microseconds of processor time (user and system, all threads, garbage collection included) that each work costs once, in
 * the best of the rounds. Rounds take turns, so that a noisy moment meets all works alike.
 *
 * @param works - By name; each is called very often, and what it returns is kept from being optimised away.
 */
export function cheapest<Name extends string>(
  works: Readonly<Record<Name, () => number>>,
  rounds: number,
): Readonly<Record<Name, number>> {
  const entries = Object.entries(works) as [Name, () => number][];
  // The first call of `repetitions` also gives the compiler its time.
  const planned = entries.map(([name, work]) => ({ name, work, times: repetitions(work) }));
  const best = new Map<Name, number>();
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, work, times } of planned) {
      best.set(name, Math.min(best.get(name) ?? Number.POSITIVE_INFINITY, spent(work, times) / times));
    }
  }
  return Object.fromEntries(best) as Record<Name, number>;
}

function repetitions(work: () => number): number {
  let times = 1;
  while (spent(work, times) < roundUs / 4) times *= 2;
  const once = spent(work, times) / times;
  return Math.ceil(roundUs / once);
}

let kept = 0;

/** Microseconds. */
export function spent(work: () => number, times = 1): number {
  const before = process.cpuUsage();
  for (let time = 0; time < times; time += 1) kept = (kept + work()) % 1_000_003;
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
