/**
 * Why streams to and from XMPP domains did not come about, from the event log: it outlives the gateway, so that the
 * history is there when the gateway is not. Failures that repeat are one, with their count.
 */
import type { Configuration } from '../config/configuration.ts';
import { partnerOf } from '../config/partner-lookup.ts';
import type { DialStep } from '../gateway/xmpp/s2s-event.ts';
import type { LoggedEvent } from '../store/event-log-reader.ts';
import { type Advice, adviceForDial, notTalkedTo } from './federation-advice.ts';
import { adviceForRefusal } from './refusal-advice.ts';
import { wildcard } from './wildcard.ts';

export interface FederationFailure {
  /** ISO 8601, of the newest and of the first of a row of equal failures. */
  readonly time: string;
  readonly since: string;
  readonly count: number;
  readonly direction: 'Inbound' | 'Outbound';
  /** Empty for a stranger that has not said who it is. */
  readonly domain: string;
  readonly localDomain: string;
  /** Of the dial; `refused` for a stream that we refused. */
  readonly step: DialStep | 'refused';
  /** The stable name of the cause; empty where the log is of a version that had none. */
  readonly code: string;
  readonly reason: string;
  /** What the peer was told; empty where it was told nothing. */
  readonly condition: string;
  readonly address: string;
}

/** Newest first. @param domain - A domain or a pattern; absent: all, strangers too. */
export function failuresIn(events: readonly LoggedEvent[], domain: string | undefined): readonly FederationFailure[] {
  const fits = wildcard(domain ?? '*');
  const rows: (FederationFailure | undefined)[] = [];
  const newest = new Map<string, number>();
  for (const event of events) {
    const failure = failureOf(event);
    if (failure === undefined || !fits(failure.domain)) continue;
    const row = newest.get(failure.domain) ?? -1;
    const before = rows[row];
    newest.set(failure.domain, rows.length);
    if (before === undefined || !isSame(before, failure)) {
      rows.push(failure);
      continue;
    }
    rows[row] = undefined;
    rows.push({ ...failure, since: before.since, count: before.count + 1 });
  }
  return rows.filter((row) => row !== undefined).toReversed();
}

/** The same thing happened again: from whichever port this time. */
const isSame = (one: FederationFailure, other: FederationFailure): boolean =>
  one.direction === other.direction &&
  one.step === other.step &&
  one.reason === other.reason &&
  one.condition === other.condition;

function failureOf({ id, time, facts = {} }: LoggedEvent): FederationFailure | undefined {
  const fact = (name: string): string => (typeof facts[name] === 'string' ? facts[name] : '');
  const cause = { code: fact('code'), reason: fact('reason') };
  const common = { time, since: time, count: 1, localDomain: fact('localDomain'), ...cause };
  if (id === 'PartnerUnreachable') {
    const step = fact('step') as DialStep;
    return { ...common, direction: 'Outbound', domain: fact('partner'), step, condition: '', address: '' };
  }
  if (id !== 'StreamRefused') return undefined;
  return {
    ...common,
    direction: 'Inbound',
    domain: fact('remoteDomain'),
    step: 'refused',
    condition: fact('condition'),
    address: fact('peerAddress'),
  };
}

/** The object that cmdlets emit. */
export function failureObject(failure: FederationFailure, configuration: Configuration) {
  const { hint, fix } = adviceFor(failure, configuration);
  return {
    Time: failure.time,
    Domain: failure.domain === '' ? null : failure.domain,
    Direction: failure.direction,
    Step: failure.step,
    Code: failure.code === '' ? null : failure.code,
    Reason: failure.reason,
    Condition: failure.condition === '' ? null : failure.condition,
    Hint: hint,
    Fix: fix,
    Count: failure.count,
    Since: failure.since,
    LocalDomain: failure.localDomain === '' ? null : failure.localDomain,
    Address: failure.address === '' ? null : failure.address,
  };
}

function adviceFor(failure: FederationFailure, configuration: Configuration): Advice {
  const { domain, localDomain, step, code } = failure;
  const partner = partnerOf(configuration, domain);
  // The log outlives the configuration: settings of somebody who is no partner cannot be changed.
  if (step !== 'refused')
    return partner === undefined
      ? notTalkedTo(domain)
      : adviceForDial({ partner: partner.identity, domain, localDomain, step, code });
  return adviceForRefusal({
    partner: partner?.identity,
    domain: domain === '' ? undefined : domain,
    code,
  });
}
