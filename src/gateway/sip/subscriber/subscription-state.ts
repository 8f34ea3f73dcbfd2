/** The header that says how a subscription stands [RFC 6665 §8.4], and the seconds that other headers say. */
import type { SubscriptionState } from './subscriber-rules.ts';

const states = ['active', 'pending', 'terminated'] as const;

/** Undefined for a value that cannot be read. A state that is not known counts as pending: it grants nothing. */
export function readSubscriptionState(value: string | undefined): SubscriptionState | undefined {
  const [name = '', ...parameters] = (value ?? '').split(';').map((part) => part.trim());
  if (!/^[A-Za-z0-9\-.!%*_+`'~]+$/.test(name)) return undefined;
  const parameter = (wanted: string): string | undefined =>
    parameters
      .map((part) => part.split('=', 2))
      .find(([found = '']) => found.trim().toLowerCase() === wanted)?.[1]
      ?.trim();
  return {
    state: states.find((state) => state === name.toLowerCase()) ?? 'pending',
    reason: parameter('reason'),
    expires: secondsIn(parameter('expires')),
    retryAfter: secondsIn(parameter('retry-after')),
  };
}

/** Delta-seconds, before any comment or parameter. */
export function secondsIn(value: string | undefined): number | undefined {
  const digits = /^\s*([0-9]{1,9})(?![0-9])/.exec(value ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
