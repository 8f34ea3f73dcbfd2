/** Can one of our users reach an XMPP contact right now? One message through the running gateway, and what became of it. */

import type { Configuration } from '../config/configuration.ts';
import { xmppAccess } from '../config/effective-policy.ts';
import { userDomain } from '../config/user-identity.ts';
import { domainGates } from '../gateway/refusal-answer.ts';
import { CodedError } from '../primitives/errors.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { type LoggedEvent, readEventLog } from '../store/event-log-reader.ts';

import { failureObject, failuresIn } from './federation-failures.ts';
import { hopOfStep } from './federation-route/live-hops.ts';
import type { HopName } from './federation-route/route-hop.ts';
import { askGateway } from './service/ask-gateway.ts';
import type { TestMessageOutcome } from './test-message.ts';

export interface XmppImTest {
  /** `sip:contact@partner`. */
  readonly receiver: string;
  /** `sip:user@domain`; absent: the first user that may use XMPP. */
  readonly user: string | undefined;
  readonly text: string;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

export interface XmppImResult {
  readonly TargetFqdn: string;
  readonly Result: 'Success' | 'Failure';
  /** `hh:mm:ss.fffffff`, as Lync prints a time span: until the partner's server took responsibility. */
  readonly Latency: string;
  readonly ErrorMessage: string;
  readonly Diagnosis: string;
  /** Where its way ended, by the names of test-federationroute; `Partner`: the partner's server did not take it. */
  readonly Hop: HopName | 'Partner' | null;
  readonly CorrelationId: string;
  readonly Fix: readonly string[];
  readonly [property: string]: unknown;
}

/** @throws CodedError `ServiceNotRunning`; `ObjectNotFound` when there is no user to send as. */
export async function testXmppIm(store: ConfigStore, test: XmppImTest): Promise<XmppImResult> {
  const configuration = store.read();
  const { users, gateway } = configuration;
  const all = Object.values(users);
  const allowed = all.find((one) => xmppAccess(configuration, one).allowed);
  const user = test.user ?? (allowed ?? all[0])?.identity;
  if (user === undefined) {
    throw new CodedError('ObjectNotFound', 'There is no user to send the message as.', {
      fix: 'xgw new-user sip:test@contoso.com -PasswordFile password.txt',
    });
  }
  const parameter = { user, receiver: test.receiver, text: test.text };
  const call = { parameter, timeoutMs: test.timeoutMs };
  const outcome = await askGateway<TestMessageOutcome>(store.folder, 'test-message', call);
  const common = { TargetFqdn: gateway.accessEdgeFqdn ?? 'localhost', CorrelationId: outcome.correlationId };
  if (outcome.status < 300) {
    const Latency = printTimeSpan(outcome.latencyMs);
    return { ...common, Result: 'Success', Latency, ErrorMessage: '', Diagnosis: '', Hop: null, Fix: [] };
  }
  const cause = causeOf(readEventLog(store.folder), { ...outcome, receiver: test.receiver }, configuration);
  return {
    ...common,
    Result: 'Failure',
    Latency: '00:00:00',
    ErrorMessage: `${outcome.status} ${outcome.reason}`,
    Diagnosis: cause.message,
    Hop: cause.hop,
    Fix: cause.fix.concat(`xgw show-messageflow ${outcome.correlationId}`),
  };
}

interface Cause {
  readonly message: string;
  readonly hop: HopName | 'Partner';
  readonly fix: readonly string[];
}

/** The gate that was closed, else the dial that failed last and was not followed by a stream, else what was said of the message. */
function causeOf(
  events: readonly LoggedEvent[],
  { correlationId, receiver }: { readonly correlationId: string; readonly receiver: string },
  configuration: Configuration,
): Cause {
  const last = events.findLast((event) => event.correlationId === correlationId && event.level === 'warn');
  const { gate, fix } = last?.facts ?? {};
  const message = last?.message ?? '';
  const fixes = typeof fix === 'string' ? [fix] : [];
  if (typeof gate === 'string')
    return { message, hop: domainGates.some((each) => each === gate) ? 'Configuration' : 'Policy', fix: fixes };
  const [failed] = failuresIn(sinceLastStream(events, userDomain(receiver)), userDomain(receiver));
  if (failed === undefined || failed.step === 'refused') return { message, hop: 'Partner', fix: fixes };
  const { Hint, Fix } = failureObject(failed, configuration);
  return { message: `${failed.reason.replace(/\.$/, '')}; ${Hint}`, hop: hopOfStep[failed.step], fix: [Fix] };
}

function sinceLastStream(events: readonly LoggedEvent[], domain: string): readonly LoggedEvent[] {
  const opened = events.findLastIndex(({ id, facts = {} }) => {
    return id === 'StreamAuthenticated' && facts['remoteDomain'] === domain && facts['direction'] === 'outbound';
  });
  return events.slice(opened + 1).filter(({ id }) => id === 'PartnerUnreachable');
}

/** Milliseconds as .NET prints a TimeSpan with ticks. */
export function printTimeSpan(ms: number): string {
  const ticks = Math.round(ms * 10_000);
  const seconds = Math.floor(ticks / 10_000_000);
  const part = (value: number, width: number): string => String(value).padStart(width, '0');
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((value) => part(value, 2))
    .join(':');
  return `${clock}.${part(ticks % 10_000_000, 7)}`;
}
