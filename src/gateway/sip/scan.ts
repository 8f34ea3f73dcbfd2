/**
 * Scanning of header text: quoted strings, angle brackets and comments protect the separators inside them
 * [RFC 3261 §25.1]. One pass by index; no pattern can backtrack.
 */

/** Index just after the quoted string that starts at `start`; -1 when it never ends. */
export function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at + 1;
  }
  return -1;
}

/** Splits at a separator that stands outside quotes and angle brackets. Parts are trimmed. An open quote protects the rest. */
export function splitOutside(text: string, separator: ',' | ';' | '&'): readonly string[] {
  if (!/["<]/.test(text)) return text.split(separator).map((part) => part.trim());
  const parts: string[] = [];
  let start = 0;
  let inAngles = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfQuoted(text, at);
      at = end < 0 ? text.length : end - 1;
    } else if (character === '<') inAngles = true;
    else if (character === '>') inAngles = false;
    else if (character === separator && !inAngles) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}

/** The elements of a comma-separated header value. An empty value has no elements; empty elements stay, so that parsers refuse them. */
export function splitAtCommas(value: string): readonly string[] {
  if (value.trim() === '') return [];
  if (!value.includes(',')) return [value];
  return splitOutside(value, ',');
}

/** The text before the first occurrence of a character, and from it on; all and '' when it does not occur. */
export function cutBefore(text: string, character: string): readonly [before: string, rest: string] {
  const at = text.indexOf(character);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}

/** Without blanks and tabs at both ends. Other white space is text here: `trim` would remove a byte order mark. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

export const hasLineEnd = (text: string): boolean => text.includes('\n') || text.includes('\r');

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;

const tokenPattern = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
/** @source RFC 3261 §25.1 `token` */
export const isToken = (text: string): boolean => tokenPattern.test(text);

/** The text inside a quoted string, or the text itself when it is not quoted. */
export function unquote(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text;
  const inside = text.slice(1, -1);
  return inside.includes('\\') ? inside.replace(/\\([\s\S])/g, '$1') : inside;
}

export const quote = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
