/** Randomness as a number, for draws and for jitter. */
import type { Ids } from './ids.ts';

/** From 0 to below 1, in steps of 2^-32. */
export const randomFraction = (ids: Ids): number => Number.parseInt(ids.token(32), 16) / 2 ** 32;
