/**
 * When a certificate is renewed, and when again after a failure. Pure. A certificate's moment follows from the certificate
 * alone, so that every process computes the same one and a restart forgets nothing.
 */

/** What lasts: a certificate is one. */
export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Days up to which a certificate is short-lived. Source: those of six days that public authorities issue. */
const shortLivedDays = 10;
/** Share of the lifetime after which a certificate is renewed. Source: Let's Encrypt's integration guide. */
const share = { usual: 2 / 3, shortLived: 1 / 2 } as const;
/** Share of the lifetime over which the renewals of many machines are spread. */
const spread = 1 / 50;

/** @param random - From 0 to 1, and the same for a certificate at each call. */
export function renewalTime({ notBefore, notAfter }: Validity, random: number): Date {
  const lifetimeMs = notAfter.getTime() - notBefore.getTime();
  const part = lifetimeMs <= shortLivedDays * dayMs ? share.shortLived : share.usual;
  return new Date(notBefore.getTime() + Math.round(lifetimeMs * (part + spread * random)));
}

/** A number from 0 to 1 that belongs to a certificate. @param thumbprint - Hexadecimal. */
export const randomOf = (thumbprint: string): number => Number.parseInt(thumbprint.slice(0, 8), 16) / 0xffff_ffff;

/** Milliseconds of the first pause after a failure, and of the shortest. Source: public authorities allow five failures an hour for a name. */
const firstPauseMs = 15 * minuteMs;
const leastPauseMs = 12 * minuteMs;
const longestPauseMs = 6 * 60 * minuteMs;

/**
 * Milliseconds to the next attempt: doubled with each failure up to six hours, never more than a tenth of what is left of the
 * certificate, less by up to a quarter at random, and never so short that an authority would lock us out.
 *
 * @param failures - In a row, from 1 on.
 */
export function retryDelayMs(failures: number, leftMs: number, random: number): number {
  const doubled = Math.min(firstPauseMs * 2 ** Math.min(failures - 1, 10), longestPauseMs);
  const bounded = Math.min(doubled, leftMs / 10);
  return Math.max(Math.round(bounded * (1 - random / 4)), leastPauseMs);
}

/** How loudly a failure is told: by what is left of the certificate that goes on serving. */
export function failureLevel({ notBefore, notAfter }: Validity, now: Date): 'info' | 'warn' | 'error' {
  const left = (notAfter.getTime() - now.getTime()) / (notAfter.getTime() - notBefore.getTime());
  if (left <= 1 / 6) return 'error';
  return left <= 1 / 3 ? 'warn' : 'info';
}

export interface LastAttempt {
  readonly nextAttempt?: string;
  /** ISO 8601, UTC. */
  readonly advice?: { readonly from: string; readonly until: string };
}

/** Milliseconds for which a certificate is left alone whatever the authority suggests, or a mistake of theirs would be a loop of ours. */
const leastAgeMs = 360 * minuteMs;

/** Somewhere in the window that the authority suggests. A window beyond the end of the certificate is none. [RFC 9773 §4.2] */
function advisedTime(
  { notBefore, notAfter }: Validity,
  advice: LastAttempt['advice'],
  random: number,
): Date | undefined {
  if (advice === undefined) return undefined;
  const [from, until] = [Date.parse(advice.from), Date.parse(advice.until)];
  const time = Math.max(from + Math.round((until - from) * random), notBefore.getTime() + leastAgeMs);
  return time < notAfter.getTime() ? new Date(time) : undefined;
}

/**
 * When a certificate is tried next: at its moment, or after the pause that a failure or the authority demands.
 *
 * @param attempt - What came of the last time; undefined: there was none.
 */
export function nextRenewal(thumbprint: string, validity: Validity, attempt?: LastAttempt): Date {
  const random = randomOf(thumbprint);
  const due = advisedTime(validity, attempt?.advice, random) ?? renewalTime(validity, random);
  const notBefore = attempt?.nextAttempt === undefined ? due : new Date(attempt.nextAttempt);
  return notBefore > due ? notBefore : due;
}
