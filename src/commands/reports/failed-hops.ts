/** The answer No of the cmdlets that walk hops: where each way ends, why, and what to type. */
import { CodedError } from '../../primitives/errors.ts';

/** A hop of whichever way. */
export interface FailedHop {
  readonly Domain: string;
  readonly Order: number;
  readonly Name: string;
  readonly Cause: string | null;
  readonly Fix: string | null;
}

/** @param what - The beginning of the sentence: `The route ends`. */
export function failedHops(what: string, failures: readonly FailedHop[]): CodedError {
  const where = failures.map(({ Domain, Order, Name }) => `${Domain} at hop ${Order}, ${Name}`).join('; ');
  return new CodedError('TestFailed', `${what}: ${where}.`, {
    reason: failures.flatMap(({ Cause }) => Cause ?? []).join('; '),
    fix: [...new Set(failures.flatMap(({ Fix }) => Fix ?? []))],
    target: failures.map(({ Domain }) => Domain).join(', '),
  });
}
