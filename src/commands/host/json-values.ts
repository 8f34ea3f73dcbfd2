/** Cuts a text that arrives in pieces into its top-level JSON values: one a line, pretty-printed, or back to back. */
import { strict as assert } from 'node:assert';

/** Characters of one value. An object of ours has a few thousand. */
const maxLength = 16 * 1024 * 1024;

export interface JsonCutter {
  /** The values that this piece completes, as text. */
  push(piece: string): readonly string[];
  /** What is left when the stream ends; not blank when a value is incomplete. */
  rest(): string;
}

/** @param limit - Characters of one value; more is given out at once, and is then no JSON. */
export function jsonCutter(limit = maxLength): JsonCutter {
  let [pending, depth, inString, escaped, scanned] = ['', 0, false, false, 0];

  /** Whether this character completes a value. */
  const completes = (character: string): boolean => {
    if (inString) {
      if (escaped) escaped = false;
      else if (character === '\\') escaped = true;
      else if (character === '"') inString = false;
      return false;
    }
    if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    return depth <= 0 && (character === '}' || character === ']');
  };

  return {
    push(piece) {
      assert(scanned <= pending.length);
      pending += piece;
      const values: string[] = [];
      let start = 0;
      for (; scanned < pending.length; scanned += 1) {
        if (!completes(pending.charAt(scanned)) && scanned - start < limit) continue;
        values.push(pending.slice(start, scanned + 1).trim());
        [start, depth] = [scanned + 1, 0];
      }
      pending = pending.slice(start);
      scanned = pending.length;
      return values;
    },
    rest: () => pending.trim(),
  };
}
