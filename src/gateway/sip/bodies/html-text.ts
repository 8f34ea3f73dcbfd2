/**
 * The text of an HTML body: tags are left out, lines stay lines, character references become characters. One pass by
 * index: whatever has no end, a tag, a comment or a script, takes the rest with it.
 */
import { decodeReferences } from './html-entities.ts';

/** Elements that begin and end a line of their own. */
const blocks: ReadonlySet<string> = new Set(
  'address article aside blockquote body dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tr ul'.split(
    ' ',
  ),
);

/** Elements whose content is not for reading; it ends at their end tag and nowhere else. */
const hidden: ReadonlyMap<string, RegExp> = new Map(
  ['script', 'style', 'title', 'template', 'textarea'].map((name) => [name, new RegExp(`</${name}[\\s/>]`, 'gi')]),
);

/** @param html - Of bounded length; the time is linear in it. */
export function htmlToText(html: string): string {
  const lines = new Lines();
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    lines.add(html.slice(at, open < 0 ? html.length : open));
    if (open < 0) break;
    at = afterMarkup(html, open, lines);
  }
  return lines.text();
}

/** Index behind the markup that starts at `open`; a `<` that starts none is text. */
function afterMarkup(html: string, open: number, lines: Lines): number {
  if (html.startsWith('<!--', open)) return behind(html, html.indexOf('-->', open + 4), 3);
  if (/[!?]/.test(html.charAt(open + 1))) return behind(html, html.indexOf('>', open), 1);
  const [, slash, name = ''] = /^<(\/?)([A-Za-z][A-Za-z0-9]{0,15})/.exec(html.slice(open, open + 18)) ?? [];
  if (name === '') {
    lines.add('<');
    return open + 1;
  }
  const end = endOfTag(html, open);
  const tag = name.toLowerCase();
  mark(lines, tag, slash === '/');
  const closing = slash === '' ? hidden.get(tag) : undefined;
  return closing === undefined ? end : startOf(html, closing, end);
}

function mark(lines: Lines, tag: string, isEnd: boolean): void {
  if (tag === 'br') return lines.break();
  if (blocks.has(tag)) lines.start();
  if (tag === 'li' && !isEnd) lines.add('- ');
  if (tag === 'td' || tag === 'th') lines.add(' ');
}

const behind = (html: string, found: number, length: number): number => (found < 0 ? html.length : found + length);

/** Index behind the `>` that ends the tag; one inside quotes does not, unless the quotes do not end. */
function endOfTag(html: string, open: number): number {
  let quote = '';
  for (let at = open + 1; at < html.length; at += 1) {
    const character = html.charAt(at);
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '>') return at + 1;
    else if (character === '"' || character === "'") quote = character;
  }
  return behind(html, quote === '' ? -1 : html.indexOf('>', open), 1);
}

function startOf(html: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(html)?.index ?? html.length;
}

/** Lines in the making: white space is one blank, and none at the ends of a line. */
class Lines {
  readonly #lines: string[] = [];
  #pieces: string[] = [];
  #endsBlank = true;
  #hasText = false;

  add(source: string): void {
    const collapsed = source.replaceAll(/[ \t\r\n\f]+/g, ' ');
    const piece = this.#endsBlank && collapsed.startsWith(' ') ? collapsed.slice(1) : collapsed;
    if (piece === '') return;
    const text = decodeReferences(piece);
    this.#pieces.push(text);
    this.#endsBlank = piece.endsWith(' ');
    this.#hasText ||= text.trim() !== '';
  }

  break(): void {
    this.#lines.push(this.#pieces.join('').trim());
    this.#pieces = [];
    this.#endsBlank = true;
    this.#hasText = false;
  }

  /** A new line, unless one has just been started. */
  start(): void {
    if (this.#hasText) this.break();
  }

  text(): string {
    this.break();
    return this.#lines.join('\n').replaceAll('\u00a0', ' ').trim();
  }
}
