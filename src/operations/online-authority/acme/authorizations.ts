/**
 * All names of an order proven: their challenges answered together, the authority told, its verdicts awaited. [RFC 8555 §7.5]
 * One name that fails lets the others be looked at too, so that an administrator learns of all of them at once.
 */
import type { Clock } from '../../../primitives/clock.ts';
import { pause } from '../../../primitives/pause.ts';
import { PendingAtAuthority } from '../online-authority.ts';
import { readRetryAfter } from '../retry-after.ts';
import type { AcmeAccount } from './acme-account.ts';
import { type AcmeAuthorization, type AcmeChallengeObject, readAuthorization } from './acme-objects.ts';
import { unusableAnswer } from './acme-refusal.ts';
import { interrupted, jsonOf } from './acme-session.ts';
import { challengeFailed, notOffered } from './challenge-failure.ts';
import type { ChallengeSolver } from './challenge-solver.ts';
import { jwkOf, jwkThumbprint } from './jws.ts';
import { firstPoll, nextPoll } from './polling.ts';

export interface ProofPorts {
  readonly account: AcmeAccount;
  readonly solver: ChallengeSolver;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** One name with its challenge. */
interface Proof {
  readonly url: URL;
  readonly authorization: AcmeAuthorization;
  readonly challenge: AcmeChallengeObject;
}

/**
 * @param names - Of the order; an authorization for another one is refused.
 * @throws PendingAtAuthority; CodedError `AuthorityChallengeFailed`, and what solver and account throw
 */
export async function proveNames(urls: readonly URL[], names: readonly string[], ports: ProofPorts): Promise<void> {
  const { solver, account, signal } = ports;
  const open = await openProofs(urls, names, ports);
  if (open.length === 0) return;
  const thumbprint = jwkThumbprint(jwkOf(account.key));
  const answers = open.map(({ authorization: { domain }, challenge: { token } }) => ({
    domain,
    token,
    keyAuthorization: `${token}.${thumbprint}`,
  }));
  const presented = await solver.present(answers, signal);
  try {
    for (const { challenge } of open)
      if (challenge.status === 'pending') await account.send({ url: challenge.url, payload: {} });
    const failed = await verdicts(open, ports);
    const order = failed.toSorted((left, right) => names.indexOf(nameOf(left)) - names.indexOf(nameOf(right)));
    if (order.length > 0) throw challengeFailed(order, solver.type, presented);
  } finally {
    await presented.withdraw();
  }
}

async function openProofs(
  urls: readonly URL[],
  names: readonly string[],
  { account, solver }: ProofPorts,
): Promise<readonly Proof[]> {
  const open: Proof[] = [];
  for (const url of urls) {
    const { authorization } = await look(url, account);
    const name = nameOf(authorization);
    if (!names.includes(name)) throw unusableAnswer(url, `it wants a proof for ${name}, which was not ordered`);
    if (authorization.status === 'valid') continue;
    const challenge = authorization.challenges.find(({ type }) => type === solver.type);
    if (challenge === undefined) throw notOffered(authorization, solver.type, url);
    open.push({ url, authorization, challenge });
  }
  return open;
}

const nameOf = ({ domain, isWildcard }: AcmeAuthorization): string => (isWildcard ? `*.${domain}` : domain);

async function look(url: URL, account: AcmeAccount) {
  const answer = await account.send({ url });
  const read = readAuthorization(jsonOf(answer, url));
  if (!read.ok) throw unusableAnswer(url, read.error);
  return { authorization: read.value, retryAfter: answer.headers['retry-after'] };
}

/** @returns Those that the authority could not verify. */
async function verdicts(proofs: readonly Proof[], ports: ProofPorts): Promise<readonly AcmeAuthorization[]> {
  const { account, clock, signal } = ports;
  const failed: AcmeAuthorization[] = [];
  let open = proofs;
  let polling = firstPoll;
  for (;;) {
    let retryAfterMs: number | undefined;
    const still: Proof[] = [];
    for (const proof of open) {
      const { authorization, retryAfter } = await look(proof.url, account);
      if (authorization.status === 'pending') still.push(proof);
      else if (authorization.status !== 'valid') failed.push(authorization);
      retryAfterMs = readRetryAfter(retryAfter, clock.wallTime()) ?? retryAfterMs;
    }
    open = still;
    const [first] = open;
    if (first === undefined) return failed;
    const next = nextPoll(polling, retryAfterMs);
    if (next.do === 'leave') throw new PendingAtAuthority(first.url.host, next.retryAfterMs);
    polling = next.polling;
    await pause(clock, next.ms, signal);
    if (signal?.aborted) throw interrupted();
  }
}
