/**
 * The text of an RTF body [Rich Text Format 1.9.1]: paragraphs become lines, escapes become characters, everything about
 * looks is left out, and so are groups whose content is not for reading. One pass; nesting is bounded.
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { encodingOfCharset, encodingOfCodePage } from './rtf-encoding.ts';

/** Groups inside each other. Source: own choice; editors nest about ten. */
const maxDepth = 100;

/** What a group inherits from the one around it, and gives back at its end. */
interface Group {
  readonly isHidden: boolean;
  /** Characters of plain text after each `\u`, for readers that do not know it. */
  readonly substitutes: number;
  readonly encoding: string | undefined;
}

const outermost: Group = { isHidden: false, substitutes: 1, encoding: undefined };

/** Groups that hold tables, pictures and the like. */
const hidden: ReadonlySet<string> = new Set(
  'colortbl fonttbl footer footerf footerl footerr footnote header headerf headerl headerr info listtable pict stylesheet'.split(
    ' ',
  ),
);

const characters: ReadonlyMap<string, string> = new Map([
  ...['par', 'line', 'sect', 'page', 'row'].map((word) => [word, '\n'] as const),
  ...Object.entries({ tab: '\t', cell: '\t', emdash: '—', endash: '–', bullet: '•', lquote: '‘', rquote: '’' }),
  ...Object.entries({ ldblquote: '“', rdblquote: '”', emspace: ' ', enspace: ' ', qmspace: ' ' }),
  // Control symbols; a backslash at the end of a line is a paragraph.
  ...Object.entries({ '~': '\u00a0', _: '-', '\\': '\\', '{': '{', '}': '}', '\n': '\n', '\r': '\n' }),
]);

const token = /\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\([^A-Za-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/y;

/** @param rtf - Of bounded length; the time is linear in it. @returns A refusal when it is no RTF, or nested too deep. */
export function rtfToText(rtf: Buffer): Result<string, string> {
  // One character for each octet: what they stand for depends on the font.
  const source = rtf.toString('latin1');
  return source.startsWith('{\\rtf') ? new RtfReader(source).read() : refuse('it does not begin as RTF');
}

class RtfReader {
  readonly #source: string;
  readonly #outer: Group[] = [];
  readonly #text: string[] = [];
  readonly #fonts = new Map<number, string | undefined>();
  #group = outermost;
  /** Of the document. */
  #encoding = 'windows-1252';
  /** Octets of characters that may go on. */
  #octets = '';
  #toSkip = 0;
  #font = 0;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Result<string, string> {
    while (this.#at < this.#source.length) {
      token.lastIndex = this.#at;
      const found = token.exec(this.#source);
      if (found === null) break;
      this.#at = token.lastIndex;
      this.#take(found);
      if (this.#outer.length > maxDepth) return refuse('its groups are nested too deep');
    }
    this.#flush();
    return ok(this.#text.join('').replaceAll('\u00a0', ' ').trim());
  }

  #take([, word, number, hexadecimal, symbol, brace, plain]: RegExpExecArray): void {
    if (brace !== undefined) return this.#brace(brace);
    if (word !== undefined) return this.#control(word, number === undefined ? undefined : Number(number));
    if (symbol === '*') return this.#hide();
    if (symbol !== undefined) return this.#character(characters.get(symbol) ?? '');
    if (hexadecimal !== undefined) this.#octet(String.fromCharCode(Number.parseInt(hexadecimal, 16)));
    else if (plain !== undefined) this.#octet(plain);
  }

  #brace(brace: string): void {
    this.#flush();
    this.#toSkip = 0;
    if (brace === '{') this.#outer.push(this.#group);
    else this.#group = this.#outer.pop() ?? outermost;
  }

  #control(word: string, number = 1): void {
    switch (word) {
      case 'u':
        this.#character(String.fromCharCode(number & 0xff_ff));
        this.#toSkip = this.#group.substitutes;
        return;
      case 'uc':
        this.#group = { ...this.#group, substitutes: Math.max(0, Math.min(number, 8)) };
        return;
      case 'bin':
        this.#at += Math.max(0, number);
        return;
      case 'ansicpg':
      case 'f':
      case 'fcharset':
        return this.#fontControl(word, number);
      default:
        if (hidden.has(word)) this.#hide();
        else if (characters.has(word)) this.#character(characters.get(word) ?? '');
    }
  }

  #fontControl(word: 'ansicpg' | 'f' | 'fcharset', number: number): void {
    this.#flush();
    if (word === 'ansicpg') this.#encoding = encodingOfCodePage(number) ?? this.#encoding;
    else if (word === 'fcharset') this.#fonts.set(this.#font, encodingOfCharset(number));
    else {
      this.#font = number;
      this.#group = { ...this.#group, encoding: this.#fonts.get(number) };
    }
  }

  #hide(): void {
    this.#group = { ...this.#group, isHidden: true };
  }

  #octet(octets: string): void {
    const skipped = Math.min(this.#toSkip, octets.length);
    this.#toSkip -= skipped;
    if (!this.#group.isHidden) this.#octets += octets.slice(skipped);
  }

  #character(text: string): void {
    this.#flush();
    if (this.#toSkip > 0) this.#toSkip -= 1;
    else if (!this.#group.isHidden) this.#text.push(text);
  }

  #flush(): void {
    if (this.#octets === '') return;
    const decoder = new TextDecoder(this.#group.encoding ?? this.#encoding);
    this.#text.push(decoder.decode(Buffer.from(this.#octets, 'latin1')));
    this.#octets = '';
  }
}
