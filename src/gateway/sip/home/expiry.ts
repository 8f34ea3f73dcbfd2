/** How long REGISTER, SUBSCRIBE and PUBLISH last: the requested seconds within a server's bounds [RFC 3261 §20.19, §10.3 step 7]. */
import { ok, type Result, refuse } from '../../../primitives/result.ts';

/** All in seconds. */
export interface Intervals {
  /** Below it, and not 0, a request is refused with 423. */
  readonly min: number;
  /** When nothing is requested, and for a malformed value [RFC 3261 §20.19]. */
  readonly default: number;
  /** What is granted at most. */
  readonly max: number;
}

/** @returns The granted seconds, 0 for an end. Refusal: the value of Min-Expires. */
export function expirySeconds(
  requested: string | undefined,
  { min, default: usual, max }: Intervals,
): Result<number, number> {
  const text = requested?.trim() ?? '';
  const seconds = /^[0-9]{1,10}$/.test(text) ? Number(text) : usual;
  if (seconds > 0 && seconds < min) return refuse(min);
  return ok(Math.min(seconds, max));
}
