/** The order in which the servers of a domain are tried, RFC 2782: priority first, then a draw by weight. */
import type { SrvRecord } from 'node:dns';

/**
 * @param random - From 0 to below 1.
 * @returns The same records: ascending priorities; within one, heavier ones earlier more often.
 */
export function orderBySrv<T extends SrvRecord>(records: readonly T[], random: () => number): readonly T[] {
  const priorities = [...new Set(records.map((record) => record.priority))].toSorted((left, right) => left - right);
  return priorities.flatMap((priority) =>
    draw(
      records.filter((record) => record.priority === priority),
      random,
    ),
  );
}

function draw<T extends SrvRecord>(records: readonly T[], random: () => number): readonly T[] {
  // Weight zero goes first in the list, so that it has its very small chance.
  const rest = records.toSorted((left, right) => left.weight - right.weight);
  const ordered: T[] = [];
  while (rest.length > 0) {
    const total = rest.reduce((sum, record) => sum + record.weight, 0);
    const mark = Math.floor(random() * (total + 1));
    ordered.push(...rest.splice(indexAt(rest, mark), 1));
  }
  return ordered;
}

/** The first record whose running sum of weights reaches the mark. */
function indexAt(records: readonly SrvRecord[], mark: number): number {
  let sum = 0;
  const found = records.findIndex((record) => {
    sum += record.weight;
    return sum >= mark;
  });
  return Math.max(found, 0);
}
