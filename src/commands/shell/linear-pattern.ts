/**
 * Regular expressions for -match that cannot be made to hang: a pattern becomes a machine of states that reads a text once
 * [Thompson 1968], so the time is the product of both lengths at most. Back references, look-around and named groups are
 * refused. Case does not count.
 */
import { isWord, maxPattern, PatternBuilder, refused, type State } from './pattern-builder.ts';

/** @returns A test whether the pattern occurs in a text. @throws CodedError `InvalidValue` for what is no pattern, or not one of these. */
export function linearPattern(pattern: string): (text: string) => boolean {
  if (pattern.length > maxPattern) throw refused(pattern, `it is longer than ${maxPattern} characters`);
  const machine = new PatternBuilder(pattern);
  const part = machine.alternatives();
  if (!machine.isAtEnd) throw refused(pattern, 'a parenthesis is closed that was not opened');
  const accept = machine.add({ next: [] });
  machine.connect(part, accept);
  return (text) => occurs(machine.states, part.first, accept, Array.from(text.toLowerCase()));
}

/** All states that the text has led to so far, one character after the other; a match may begin anywhere. */
function occurs(states: readonly State[], first: number, accept: number, text: readonly string[]): boolean {
  let reached: readonly number[] = [];
  for (let at = 0; at <= text.length; at += 1) {
    const closed = closure(states, [...reached, first], text, at);
    if (closed.has(accept)) return true;
    const character = text[at];
    if (character === undefined) return false;
    reached = [...closed].flatMap((each) => (states[each]?.test?.(character) ? (states[each]?.next ?? []) : []));
  }
  return false;
}

/** The states themselves and those that are reached without reading. */
function closure(states: readonly State[], from: readonly number[], text: readonly string[], at: number): Set<number> {
  const found = new Set<number>();
  const pending = [...from];
  for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
    const state = states[each];
    if (!state || found.has(each)) continue;
    found.add(each);
    if (!state.test && isOpen(state, text, at)) pending.push(...state.next);
  }
  return found;
}

function isOpen({ edge }: State, text: readonly string[], at: number): boolean {
  const inWord = (index: number): boolean => isWord(text[index] ?? '');
  if (edge === 'start') return at === 0;
  if (edge === 'end') return at === text.length;
  return edge === undefined || inWord(at - 1) !== inWord(at);
}
