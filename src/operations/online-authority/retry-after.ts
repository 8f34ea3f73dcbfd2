/** Retry-After (RFC 9110 §10.2.3): how long a server wants to be left alone. */

/** Seconds that no server may ask for in earnest, and from which on it gets these. Source: a day. */
const maxSeconds = 86_400;

/**
 * @param value - The header's value: a number of seconds, or a date.
 * @returns Milliseconds, from 0 to a day; undefined for what is neither.
 */
export function readRetryAfter(value: string | undefined, now: Date): number | undefined {
  if (value === undefined) return undefined;
  const text = value.trim();
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : (httpDate(text) - now.getTime()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.min(Math.max(seconds, 0), maxSeconds) * 1000;
}

/** The one form that servers may generate: `Sun, 06 Nov 1994 08:49:37 GMT`. [RFC 9110 §5.6.7] */
const httpDate = (text: string): number =>
  /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text) ? Date.parse(text) : Number.NaN;
