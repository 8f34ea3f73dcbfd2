/** PowerShell wildcards: `*`, `?`, `[a-c]`, without regard to case; a backtick takes the next character as it is. */

/** Whether the text selects by pattern and not by name. */
export const isPattern = (text: string): boolean => /[*?[]/.test(text.replaceAll(/`./g, ''));

/** `*`, or a test for one character. */
type Token = '*' | ((character: string) => boolean);

/** A test for names. An unclosed `[` stands for itself. The time of a test is the product of both lengths at most. */
export function wildcard(pattern: string): (name: string) => boolean {
  const parts = pattern.toLowerCase().matchAll(/`(.)|(\*+)|(\?)|\[([^\]]+)\]|(.)/gsu);
  const tokens = Array.from(parts, ([, escaped, stars, any, set, other]): Token => {
    if (stars !== undefined) return '*';
    if (any !== undefined) return () => true;
    return set === undefined ? (character) => character === (escaped ?? other) : inSet(set);
  });
  return (name) => fits(tokens, Array.from(name.toLowerCase()));
}

/** `a-c` is a range, everything else stands for itself. */
function inSet(set: string): (character: string) => boolean {
  const ranges = Array.from(set.matchAll(/(.)-(.)|(.)/gsu), ([, least, most, single]) => {
    return { least: least ?? single ?? '', most: most ?? single ?? '' };
  });
  return (character) => ranges.some(({ least, most }) => least <= character && character <= most);
}

/** Only the last `*` has to be tried again: what comes before it fits the shortest way, and longer is never better. */
function fits(tokens: readonly Token[], name: readonly string[]): boolean {
  let [token, at, star, starAt] = [0, 0, -1, 0];
  while (at < name.length) {
    const expected = tokens[token];
    if (expected === '*') [star, starAt, token] = [token, at, token + 1];
    else if (expected?.(name[at] ?? '')) [token, at] = [token + 1, at + 1];
    else if (star >= 0) [token, at, starAt] = [star + 1, starAt + 1, starAt + 1];
    else return false;
  }
  return tokens.slice(token).every((rest) => rest === '*');
}
