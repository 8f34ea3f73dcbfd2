/** What a failure is: an id that never changes meaning, a category that decides the exit code, and words that teach. */
import { type Category, type FailureId, failures } from './failures.ts';

export interface FailureDetails {
  /** What is known about why, as one clause. */
  readonly reason?: string | undefined;
  /** Commands the reader can run next, complete and copyable. */
  readonly fix?: string | readonly string[] | undefined;
  /** The object the failure is about: a domain, an address, a thumbprint, a path. */
  readonly target?: string | undefined;
  /** Lines that show the place: of a script, with a caret under it. */
  readonly excerpt?: readonly string[] | undefined;
  readonly cause?: unknown;
}

/**
 * A failure which an operator can understand and act on.
 *
 * `id` is public API: it never changes meaning, and each one has a help page. Match on `id`, never on `message`.
 * A bug is not a CodedError; a bug is an AssertionError, and it ends the process.
 */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly id: FailureId;
  readonly reason: string | undefined;
  readonly fix: readonly string[];
  readonly target: string | undefined;
  readonly excerpt: readonly string[];

  constructor(id: FailureId, message: string, details: FailureDetails = {}) {
    super(message, { cause: details.cause });
    this.id = id;
    this.reason = details.reason;
    this.fix = typeof details.fix === 'string' ? [details.fix] : (details.fix ?? []);
    this.target = details.target;
    this.excerpt = details.excerpt ?? [];
  }

  get category(): Category {
    return failures[this.id].category;
  }
}

export const isCodedError = (error: unknown): error is CodedError => error instanceof CodedError;

/** The operating system's code of an error (`ENOENT`, `EADDRINUSE`, ...), if it has one. By shape: errors cross realms. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
