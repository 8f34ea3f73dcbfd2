/**
 * Lync's availability: a number whose range says the state [MS-PRES; the table of Lync 2013], and the tokens that say more
 * than the range. What lies under Available is not set, and counts as offline, as other clients of Lync take it.
 */
import type { PidfTuple } from './pidf.ts';

/** From its lower end to the next one. `activity` is a name of RFC 4480, `show` one of RFC 6121. */
interface Range {
  readonly from: number;
  readonly basic: 'open' | 'closed';
  readonly show?: 'away' | 'dnd';
  readonly activity?: string;
}

const ranges: readonly Range[] = [
  { from: 18_000, basic: 'closed' },
  { from: 15_000, basic: 'open', show: 'away', activity: 'away' },
  { from: 12_000, basic: 'open', show: 'away', activity: 'away' },
  { from: 9000, basic: 'open', show: 'dnd', activity: 'busy' },
  { from: 6000, basic: 'open', show: 'dnd', activity: 'busy' },
  { from: 4500, basic: 'open', show: 'away', activity: 'away' },
  { from: 3000, basic: 'open' },
];

/** The numbers that stand for a state when somebody else says it in words. */
export const lyncAvailability = {
  offline: 18_500,
  available: 3500,
  idle: 5000,
  busy: 6500,
  busyIdle: 7500,
  doNotDisturb: 9500,
  beRightBack: 12_500,
  away: 15_500,
} as const;

/** Tokens of an away that is longer than a coffee. */
const extendedAway: ReadonlySet<string> = new Set(['out-of-office', 'off-work']);

/**
 * @param availability - 0 and up.
 * @param token - Of the activity, such as `in-a-meeting`; lower case.
 */
export function tupleOfAvailability(availability: number, token = ''): PidfTuple {
  const range = ranges.find(({ from }) => availability >= from) ?? { from: 0, basic: 'closed' };
  const show = range.show === 'away' && extendedAway.has(token) ? 'xa' : range.show;
  return {
    id: 'ID-lync',
    basic: range.basic,
    activities: range.activity === undefined ? [] : [range.activity],
    ...(show === undefined ? {} : { show }),
  };
}
