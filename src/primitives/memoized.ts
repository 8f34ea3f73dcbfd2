/**
 * Remembers what a pure function made of a text, for texts that come again and again: the addresses of who talks now. Bounded in
 * number and length; what was not asked for lately is forgotten first. It tells nobody how long the function would have taken.
 */

export interface Memory {
  /** Texts of one function. Source of the usual: own choice: twice the conversations that a gateway has under way. */
  readonly remembered: number;
  /** Characters of one: addresses are shorter, and what is longer is worth its work. Source of the usual: own choice. */
  readonly characters: number;
}

const usual: Memory = { remembered: 20_000, characters: 256 };

/** @param compute - Pure; what it returns is never changed. */
export function memoized<Value>(
  compute: (text: string) => Value,
  { remembered, characters }: Memory = usual,
): (text: string) => Value {
  // Two generations cost nothing for each hit, where a list by age would be changed with every one.
  let young = new Map<string, Value>();
  let old = new Map<string, Value>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    if (text.length > characters) return compute(text);
    const value = old.get(text) ?? compute(text);
    if (young.size >= remembered / 2) {
      old = young;
      young = new Map();
    }
    young.set(ownCopy(text), value);
    return value;
  };
}

/** V8 keeps a whole buffer for a text that was cut out of it. */
const ownCopy = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
