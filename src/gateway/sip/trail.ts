/**
 * The gateways that a message has crossed, and how many more it may: `Max-Forwards: 68` and `Xgw-Trail: 5f0c2b9d41e7a836 ...`.
 * To SIP a message that crosses is a new request, whose Max-Forwards and Via begin anew: a trail goes on where they end [RFC
 * 7247 §8, RFC 5393]. Text of strangers: what is no mark is none, and a trail that is longer than any honest one ends the
 * message.
 */
import type { HeaderField, Headers } from './headers.ts';

export interface Trail {
  /** What is left of Max-Forwards, 0 to 70. */
  readonly maxForwards: number;
  /** One for each time that a gateway has sent it on, the first one first. */
  readonly marks: readonly string[];
}

/** The way to go of a message that begins here. Source: RFC 3261 §8.1.1.6. */
export const defaultMaxForwards = 70;
/** Gateways in a row. Source: own choice; a message crosses two, and each one again where it is forwarded. */
export const maxMarks = 16;
/** Characters of a mark: 64 bits in hexadecimal. */
export const markLength = 16;

/** Both names are the same where a trail is no SIP. */
export const trailNames = { maxForwards: 'Max-Forwards', marks: 'Xgw-Trail' } as const;

/** The trail that two values say; absent ones say that it begins here. */
export function parseTrail(maxForwards: string | undefined, marks: string | undefined): Trail {
  const left = /^\d{1,3}$/.test(maxForwards ?? '') ? Number(maxForwards) : defaultMaxForwards;
  // One more than there may be is enough to see that there are too many.
  const words = (marks ?? '').slice(0, (maxMarks + 1) * (markLength + 1)).split(' ');
  const isMark = (word: string): boolean => word.length === markLength && /^[0-9a-f]+$/.test(word);
  return { maxForwards: Math.min(left, defaultMaxForwards), marks: words.filter(isMark) };
}

export const printMarks = ({ marks }: Trail): string => marks.join(' ');

export const trailOf = (headers: Headers): Trail =>
  parseTrail(headers.get(trailNames.maxForwards), headers.get(trailNames.marks));

export const trailFields = (trail: Trail): readonly HeaderField[] => [
  [trailNames.maxForwards, String(trail.maxForwards)],
  [trailNames.marks, printMarks(trail)],
];

const isOfTrail = (name: string): boolean => name === trailNames.maxForwards || name === trailNames.marks;

/** Those of a message, for another form of it. */
export const trailFieldsIn = (headers: readonly HeaderField[]): readonly HeaderField[] =>
  headers.filter(([name]) => isOfTrail(name));
