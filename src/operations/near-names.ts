/** Suggestions for a name that does not exist. They are shown, never used. */

/** At most three names within a third of the letters, or that contain the word, the nearest first. */
export function nearNames(word: string, names: readonly string[]): readonly string[] {
  const wanted = word.toLowerCase().slice(0, maxCompared);
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  return names
    .slice(0, maxNames)
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase().slice(0, maxCompared)) }))
    .filter(({ name, distance }) => distance <= limit || name.toLowerCase().includes(wanted))
    .toSorted((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Characters and names that are compared at most: a suggestion must not take longer than the command. */
const maxCompared = 64;
const maxNames = 2000;

/** Levenshtein: insertions, deletions and replacements from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j += 1) {
      const replaced = (row[j] ?? 0) + (to[j] === from[i] ? 0 : 1);
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
