/** Text from outside made safe to show: control characters, terminal escapes and bidirectional overrides become visible. */

const dangerous = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Replaces each dangerous character by `\u{hex}`; line breaks and tabs are dangerous too, since a log line is one line. */
export function visibleText(text: string): string {
  return text.replace(dangerous, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}
