/**
 * The line in front of the cursor, as the shell would read it: the words of the command that is being typed, and the word
 * that is under way. Pipes, lists, substitutions and redirections are the shell's; only the innermost command counts. Pure.
 */
export const shells = ['bash', 'zsh', 'fish', 'pwsh'] as const;
export type Shell = (typeof shells)[number];

export interface TypedWord {
  /** Without quotes and escapes. */
  readonly value: string;
  /** As typed. */
  readonly raw: string;
  /** The quote that is open, or none. */
  readonly quote: '' | '"' | "'";
}

export interface TypedLine {
  /** What follows `xgw`, without the word under way. */
  readonly words: readonly string[];
  readonly current: TypedWord;
  /** The word under way is the file of a redirection. */
  readonly redirects: boolean;
  /** Variables that are set for this command alone: `XGW_HOME=lab xgw ...`. */
  readonly variables: Readonly<Record<string, string>>;
}

interface Frame {
  words: string[];
  value: string;
  raw: string;
  quote: TypedWord['quote'];
  redirects: boolean;
  /** What ends the substitution. */
  readonly end: string;
}

/** @param text - From the beginning of the line, or of the command, to the cursor. */
export function readTypedLine(text: string, shell: Shell): TypedLine {
  const frames: Frame[] = [frameUntil('')];
  for (let at = 0; at < text.length; ) at += read(text, at, frames, shell);
  const { words, value, raw, quote, redirects } = frames.at(-1) as Frame;
  const isProgram = (word: string): boolean => /^(?:.*[\\/])?xgw(?:\.(?:cmd|ps1|exe))?$/i.test(word);
  const program = Math.max(words.findIndex(isProgram), 0);
  const assignments = words.slice(0, program).map((word) => /^([A-Za-z_]\w*)=(.*)$/s.exec(word) ?? []);
  const variables = assignments.flatMap(([, name, set = '']) => (name === undefined ? [] : [[name, set] as const]));
  return {
    words: words.slice(program + 1),
    current: { value, raw, quote },
    redirects,
    variables: Object.fromEntries(variables),
  };
}

const frameUntil = (end: string): Frame => ({ words: [], value: '', raw: '', quote: '', redirects: false, end });

/** @returns How many characters were read. */
function read(text: string, at: number, frames: Frame[], shell: Shell): number {
  const frame = frames.at(-1) as Frame;
  const escaped = escapedAt(text, at, frame.quote, shell);
  if (escaped !== undefined) return take(frame, escaped, text.slice(at, at + 2));
  if (frame.quote !== "'") {
    const opened = substitutionAt(text, at, frame.quote, shell);
    if (opened && frame.end !== text[at]) {
      frames.push(frameUntil(opened.end));
      return opened.length;
    }
  }
  const char = text[at] as string;
  if (frame.quote !== '') return char === frame.quote ? quote(frame, '', char) : take(frame, char, char);
  if (char === '"' || char === "'") return quote(frame, char, char);
  if (char === frame.end && frames.length > 1) return close(frames);
  return plain(frame, char, text[at - 1] ?? '');
}

function plain(frame: Frame, char: string, before: string): number {
  if (char === '>' || char === '<') return redirect(frame);
  if (/[ \t\r]/.test(char)) endWord(frame);
  // In `2>&1` it belongs to the redirection.
  else if (/[|;&\n]/.test(char) && !(char === '&' && before === '>')) newCommand(frame);
  else return take(frame, char, char);
  return 1;
}

/** The character that an escape stands for, without its own meaning. */
function escapedAt(text: string, at: number, open: Frame['quote'], shell: Shell): string | undefined {
  const next = text[at + 1];
  if (next === undefined) return undefined;
  return (shell === 'pwsh' ? escapesInPowerShell : escapes)(text[at] as string, next, open, shell) ? next : undefined;
}

/** A backtick, or a quote twice inside of such quotes. */
const escapesInPowerShell = (char: string, next: string, open: Frame['quote']): boolean =>
  (open !== '' && char === open && next === open) || (char === '`' && open !== "'");

function escapes(char: string, next: string, open: Frame['quote'], shell: Shell): boolean {
  if (char !== '\\') return false;
  if (open === "'") return shell === 'fish' && /['\\]/.test(next);
  return open === '' || /["\\$`]/.test(next);
}

function substitutionAt(text: string, at: number, open: Frame['quote'], shell: Shell) {
  if (text.startsWith('$(', at)) return { end: ')', length: 2 };
  if (text[at] === '(' && open === '') return { end: ')', length: 1 };
  if (text[at] === '{' && open === '' && shell === 'pwsh') return { end: '}', length: 1 };
  if (text[at] === '`' && (shell === 'bash' || shell === 'zsh')) return { end: '`', length: 1 };
  return undefined;
}

function take(frame: Frame, value: string, raw: string): number {
  frame.value += value;
  frame.raw += raw;
  return raw.length;
}

function quote(frame: Frame, now: Frame['quote'], raw: string): number {
  frame.quote = now;
  return take(frame, '', raw);
}

function endWord(frame: Frame): void {
  if (frame.raw !== '' && !frame.redirects) frame.words.push(frame.value);
  if (frame.raw !== '') frame.redirects = false;
  [frame.value, frame.raw] = ['', ''];
}

function newCommand(frame: Frame): void {
  endWord(frame);
  frame.words = [];
  frame.redirects = false;
}

function redirect(frame: Frame): number {
  // The number of a stream is no word.
  if (/^[0-9]$/.test(frame.raw)) [frame.value, frame.raw] = ['', ''];
  endWord(frame);
  frame.redirects = true;
  return 1;
}

/** What a substitution becomes is not known; it is a part of a word. */
function close(frames: Frame[]): number {
  frames.pop();
  take(frames.at(-1) as Frame, '$', '$()');
  return 1;
}
