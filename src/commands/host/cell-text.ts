/** Values as people read them, in tables and lists: PowerShell's True and False, {a, b} for lists, local times, no secrets. */
import { Secret } from '../../primitives/secret.ts';
import { visibleText } from '../../primitives/visible-text.ts';

export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value instanceof Secret) return '********';
  if (value instanceof Date) return localTime(value);
  if (Array.isArray(value)) return `{${value.map(cellText).join(', ')}}`;
  if (typeof value === 'object') return `@{${fieldsText(value)}}`;
  return typeof value === 'string' ? stringText(value) : visibleText(JSON.stringify(value));
}

const fieldsText = (value: object): string =>
  Object.entries(value)
    .map(([name, field]) => `${name}=${cellText(field)}`)
    .join('; ');

const utcTime = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?Z$/;

const stringText = (text: string): string => (utcTime.test(text) ? localTime(new Date(text)) : visibleText(text));

/** ISO 8601 in local time with its offset: `2026-11-22T10:14:03+01:00`. */
export function localTime(time: Date): string {
  if (Number.isNaN(time.getTime())) return '';
  const offset = -time.getTimezoneOffset();
  const shifted = new Date(time.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  return `${shifted}${sign}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\uff01-\uff60\u3000-\u303f]/u;
const narrowest = /\p{Mark}|\u200b|\u200d/u;

/** Columns of a terminal that the text takes, colours not counted. East Asian letters and emoji take two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += narrowest.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}
