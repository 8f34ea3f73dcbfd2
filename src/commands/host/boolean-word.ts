/** The words for true and false of PowerShell, POSIX shells and people. */
const trueWords = new Set(['true', '$true', '1', 'yes', 'on']);
const falseWords = new Set(['false', '$false', '0', 'no', 'off']);

/** Case does not count. Undefined for every other word, the empty one too. */
export function booleanOf(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return trueWords.has(word) ? true : falseWords.has(word) ? false : undefined;
}
