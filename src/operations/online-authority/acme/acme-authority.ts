/**
 * An authority that speaks ACME (RFC 8555): account, order, proofs, certificate. The order's URL is on disk before anything is
 * proven, so that the same request given again, by whatever process, goes on where it was. Not done: revocation, key roll-over,
 * alternate chains, profiles.
 */
import { createHash } from 'node:crypto';

import { CodedError } from '../../../primitives/errors.ts';
import { pause } from '../../../primitives/pause.ts';
import type { AcmeFiles } from '../../../store/acme-files.ts';
import type { HttpsAnswer } from '../https-exchange.ts';
import { type CertificateOrder, type OnlineAuthority, PendingAtAuthority } from '../online-authority.ts';
import { readRetryAfter } from '../retry-after.ts';
import { type AccountWanted, type AcmeAccount, isAccountGone, openAccount, reopenAccount } from './acme-account.ts';
import { httpsUrl } from './acme-json.ts';
import { type AcmeOrder, readOrder } from './acme-objects.ts';
import { initialOrder, step } from './acme-order-machine.ts';
import { AcmeRefusal, unusableAnswer } from './acme-refusal.ts';
import {
  type AcmeServer,
  type AcmeSession,
  jsonOf,
  locationOf,
  openSession,
  type SessionPorts,
} from './acme-session.ts';
import { proveNames } from './authorizations.ts';
import type { ChallengeSolver } from './challenge-solver.ts';
import { chainType, readIssuedChain } from './issued-chain.ts';
import { printProblem } from './problem-document.ts';
import { refuseUnprovable } from './provable-names.ts';
import { askAdvice, identifierOfChain } from './renewal-info.ts';

export interface AcmeOptions {
  readonly server: AcmeServer;
  readonly account: AccountWanted;
  readonly solver: ChallengeSolver;
}

export interface AcmePorts extends Pick<SessionPorts, 'exchange' | 'clock'> {
  readonly files: AcmeFiles;
}

export function acmeAuthority(options: AcmeOptions, ports: AcmePorts): OnlineAuthority {
  const { server, account: wanted, solver } = options;
  const { files } = ports;
  return {
    renewalAdvice: async (certificate, signal) => await askAdvice(certificate, server, { ...ports, signal }),
    async issue(order, signal) {
      refuseUnprovable(solver.type, order.names);
      const session = await openSession(server, { ...ports, signal });
      const run = { order, session, server, solver, ...ports, signal };
      try {
        return await fulfil({ ...run, account: await openAccount(session, wanted, files) });
      } catch (error) {
        if (!isAccountGone(error)) throw error;
        return await fulfil({ ...run, account: await reopenAccount(session, wanted, files) });
      }
    },
  };
}

interface Run extends AcmePorts {
  readonly order: CertificateOrder;
  readonly session: AcmeSession;
  readonly server: AcmeServer;
  readonly solver: ChallengeSolver;
  readonly account: AcmeAccount;
  readonly signal: AbortSignal | undefined;
}

/** An order at the server, as last seen. */
interface Placed {
  readonly url: URL;
  readonly order: AcmeOrder;
  readonly answer: HttpsAnswer;
}

const nameOf = ({ csr }: CertificateOrder): string => createHash('sha256').update(csr).digest('hex');

async function fulfil(run: Run): Promise<readonly Buffer[]> {
  const { files, order } = run;
  try {
    const chain = await complete((await takeUp(run)) ?? (await place(run)), run);
    files.saveOrder(nameOf(order), undefined);
    return chain;
  } catch (error) {
    // An order that was refused is not taken up again.
    const isOver = error instanceof CodedError && /^Authority(Refused|ChallengeFailed)$/.test(error.id);
    if (isOver) files.saveOrder(nameOf(order), undefined);
    throw error;
  }
}

/** The order that an earlier process has left behind, where it is still good for something. */
async function takeUp({ order, files, account, server }: Run): Promise<Placed | undefined> {
  const kept = files.readOrder(nameOf(order));
  const url = httpsUrl(kept?.order);
  const isOurs = kept?.directory === server.directoryUrl.href && kept.account === account.url.href;
  if (url === undefined || !isOurs) return undefined;
  try {
    const placed = placedOf(url, await account.send({ url }));
    return placed.order.status === 'invalid' ? undefined : placed;
  } catch (error) {
    if (!(error instanceof AcmeRefusal) || error.id !== 'AuthorityRefused' || isAccountGone(error)) throw error;
    return undefined;
  }
}

async function place({ order, files, account, server, session }: Run): Promise<Placed> {
  const { newOrder } = session.directory;
  const identifiers = order.names.map((value) => ({ type: 'dns', value }));
  // A server that knows what is replaced puts the order before those of strangers. [RFC 9773 §5]
  const replaces =
    session.directory.renewalInfo === undefined ? undefined : identifierOfChain(order.successorOf?.chain);
  const answer = await account
    .send({ url: newOrder, payload: { identifiers, ...(replaces === undefined ? {} : { replaces }) } })
    .catch(async (error: unknown) => {
      if (!(error instanceof AcmeRefusal) || error.problem.type !== 'alreadyReplaced') throw error;
      return await account.send({ url: newOrder, payload: { identifiers } });
    });
  const url = locationOf(answer, newOrder);
  const placed = placedOf(url, answer);
  const [directory, accountUrl] = [server.directoryUrl.href, account.url.href];
  files.saveOrder(nameOf(order), { directory, account: accountUrl, order: url.href });
  return placed;
}

function placedOf(url: URL, answer: HttpsAnswer): Placed {
  const read = readOrder(jsonOf(answer, url));
  if (!read.ok) throw unusableAnswer(url, read.error);
  return { url, order: read.value, answer };
}

async function complete(first: Placed, run: Run): Promise<readonly Buffer[]> {
  const { account, clock, signal, order } = run;
  let state = initialOrder;
  let placed = first;
  for (;;) {
    const { status, authorizations, finalize, error } = placed.order;
    const retryAfterMs = readRetryAfter(placed.answer.headers['retry-after'], clock.wallTime());
    const next = step(state, { status, retryAfterMs });
    state = next.state;
    switch (next.effect.do) {
      case 'answer-challenges':
        await proveNames(authorizations, order.names, run);
        break;
      case 'finalize':
        placed = placedOf(
          placed.url,
          await account.send({ url: finalize, payload: { csr: order.csr.toString('base64url') } }),
        );
        continue;
      case 'wait':
        await pause(clock, next.effect.ms, signal);
        break;
      case 'download':
        return await download(placed, run);
      case 'leave':
        throw new PendingAtAuthority(placed.url.host, next.effect.retryAfterMs);
      default:
        throw orderFailed(placed.url, error === undefined ? 'it does not say why' : printProblem(error));
    }
    placed = placedOf(placed.url, await account.send({ url: placed.url }));
  }
}

const orderFailed = (url: URL, reason: string): CodedError =>
  new CodedError('AuthorityRefused', `${url.host} does not issue the certificate.`, {
    reason,
    fix: 'xgw get-help AuthorityRefused',
    target: url.href,
  });

async function download({ order: { certificate }, url }: Placed, { account, order }: Run): Promise<readonly Buffer[]> {
  const from = certificate ?? url;
  const chain = readIssuedChain(await account.send({ url: from, accept: chainType }), order.csr);
  if (!chain.ok) throw unusableAnswer(from, chain.error);
  return chain.value;
}
