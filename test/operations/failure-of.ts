import { CodedError } from '../../src/primitives/errors.ts';

/** The CodedError that the work throws; anything else, and nothing, is a failed test. */
export function failureOf(work: () => unknown): CodedError {
  try {
    work();
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}
