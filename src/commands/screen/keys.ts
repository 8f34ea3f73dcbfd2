/** Keys of a terminal in raw mode, from the bytes it sends [ECMA-48, xterm]. What is no key of ours is left out. */

export type Key =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'pageup'
  | 'pagedown'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'space'
  | 'backspace'
  | 'interrupt'
  | { readonly letter: string };

const sequences: Readonly<Record<string, Key>> = {
  '[A': 'up',
  '[B': 'down',
  '[C': 'right',
  '[D': 'left',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  '[5~': 'pageup',
  '[6~': 'pagedown',
  '[H': 'home',
  '[F': 'end',
  '[1~': 'home',
  '[4~': 'end',
};

const single: Readonly<Record<string, Key>> = {
  '\r': 'enter',
  '\n': 'enter',
  ' ': 'space',
  '\u007f': 'backspace',
  '\b': 'backspace',
  '\u0003': 'interrupt',
};

/** @param bytes - What came at once: a terminal sends the bytes of one key together. */
export function keysOf(bytes: string): readonly Key[] {
  const keys: Key[] = [];
  for (const [token] of bytes.matchAll(/\u001b(?:\[[0-9;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu)) {
    const key = token.length > 1 && token.startsWith('\u001b') ? sequences[token.slice(1)] : plainKey(token);
    if (key !== undefined) keys.push(key);
  }
  return keys;
}

function plainKey(character: string): Key | undefined {
  if (character === '\u001b') return 'escape';
  const known = single[character];
  if (known !== undefined) return known;
  return /^\P{C}$/u.test(character) ? { letter: character } : undefined;
}
