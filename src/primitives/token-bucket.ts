/** A token bucket: how much of something may happen, on average and at once. Pure; whoever keeps the bucket brings the time. */

export interface Rate {
  /** Tokens that come back each second; more than 0. */
  readonly perSecond: number;
  /** Tokens of a full bucket: what may happen at once. */
  readonly burst: number;
}

export interface TokenBucket {
  /** Below 0: a debt, when something happened before it could be counted. */
  readonly tokens: number;
  /** Milliseconds on the monotonic clock, when that was so. */
  readonly at: number;
}

export const fullBucket = ({ burst }: Rate, now: number): TokenBucket => ({ tokens: burst, at: now });

/** The bucket as it is now. A rate that changed meanwhile counts for all of the time. */
export const refilled = ({ tokens, at }: TokenBucket, { perSecond, burst }: Rate, now: number): TokenBucket => ({
  tokens: Math.min(burst, tokens + (Math.max(0, now - at) * perSecond) / 1000),
  at: now,
});

/** Takes so many tokens as of the bucket's time, whether they are there or not. */
export const spent = ({ tokens, at }: TokenBucket, amount: number): TokenBucket => ({ tokens: tokens - amount, at });

/** Milliseconds until the bucket owes nothing any more. */
export const msInDebt = ({ tokens }: TokenBucket, { perSecond }: Rate): number =>
  tokens >= 0 ? 0 : (-tokens * 1000) / perSecond;
