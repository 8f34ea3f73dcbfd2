/** What an ACME server's "no" means to an administrator: its own words, and what to do about each kind of problem. */
import { CodedError } from '../../../primitives/errors.ts';
import type { FailureId } from '../../../primitives/failures.ts';
import type { HttpsAnswer } from '../https-exchange.ts';
import { readRetryAfter } from '../retry-after.ts';
import { type Problem, printProblem, problemOf } from './problem-document.ts';

/** Carries the problem, for those who know what to do about one. */
export class AcmeRefusal extends CodedError {
  readonly problem: Problem;
  /** Milliseconds that the server wants to be left alone; undefined: it does not say. */
  readonly retryAfterMs: number | undefined;

  constructor(answer: HttpsAnswer, url: URL, now: Date) {
    const problem = problemOf(answer);
    const retryAfterMs = readRetryAfter(answer.headers['retry-after'], now);
    const id = idOf(problem, answer.status);
    super(id, `${url.host} ${verbs[id] ?? 'does not do what is asked of it'}.`, {
      reason: `${printProblem(problem)}${until(id, retryAfterMs, now)}`,
      fix: fixOf(problem, url),
      target: url.href,
    });
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }
}

const verbs: Readonly<Partial<Record<FailureId, string>>> = {
  AuthorityLimited: 'takes no more requests for now',
  AuthorityUnreachable: 'cannot answer now',
  AuthorityRefused: 'does not issue the certificate',
};

function idOf({ type }: Problem, status: number): FailureId {
  if (type === 'rateLimited' || status === 429) return 'AuthorityLimited';
  if (status >= 500) return 'AuthorityUnreachable';
  return status >= 400 ? 'AuthorityRefused' : 'AuthorityAnswerUnusable';
}

function until(id: FailureId, retryAfterMs: number | undefined, now: Date): string {
  if (id !== 'AuthorityLimited' || retryAfterMs === undefined) return '';
  return `; it takes the next one from ${new Date(now.getTime() + retryAfterMs).toISOString()} on`;
}

const fixes = new Map([
  ['externalAccountRequired', 'xgw get-help request-certificate -Parameter AcmeEabKeyId'],
  ['invalidContact', 'xgw get-help request-certificate -Parameter AcmeContact'],
  ['unsupportedContact', 'xgw get-help request-certificate -Parameter AcmeContact'],
  ['rejectedIdentifier', 'xgw get-help request-certificate -Parameter NoDefaultSan'],
]);

function fixOf({ type, subproblems }: Problem, url: URL): readonly string[] {
  if (type === 'caa') return subproblems.map(({ name }) => `dig +short CAA ${name}`).slice(0, 3);
  return [fixes.get(type) ?? (type === '' ? `curl -v ${url.origin}/` : 'xgw get-help AuthorityRefused')];
}

/** An answer that the protocol does not allow. @param reason - One clause. */
export const unusableAnswer = (url: URL, reason: string): CodedError =>
  new CodedError('AuthorityAnswerUnusable', `The answer of ${url.host} cannot be used.`, {
    reason,
    fix: 'xgw get-help AuthorityAnswerUnusable',
    target: url.href,
  });
