/** Can one of our users reach an XMPP contact right now? One message through the running gateway, and what became of it. */
import { callControl } from '../gateway/service/control-channel.ts';
import { CodedError } from '../primitives/errors.ts';
import type { ConfigStore } from '../store/config-store.ts';
import { readEventLog } from '../store/event-log-reader.ts';
import { runFolder } from './service-state.ts';
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
  readonly CorrelationId: string;
  readonly Fix: readonly string[];
  readonly [property: string]: unknown;
}

/** @throws CodedError `ServiceNotRunning`; `ObjectNotFound` when there is no user to send as. */
export async function testXmppIm(store: ConfigStore, test: XmppImTest): Promise<XmppImResult> {
  const { users, gateway } = store.read();
  const user = test.user ?? Object.keys(users)[0];
  if (user === undefined) {
    throw new CodedError('ObjectNotFound', 'There is no user to send the message as.', {
      fix: 'xgw new-user sip:test@contoso.com -PasswordFile password.txt',
    });
  }
  const parameter = { user, receiver: test.receiver, text: test.text };
  const call = { parameter, timeoutMs: test.timeoutMs };
  const outcome = (await callControl(runFolder(store.folder), 'test-message', call)) as TestMessageOutcome;
  const common = { TargetFqdn: gateway.accessEdgeFqdn ?? 'localhost', CorrelationId: outcome.correlationId };
  if (outcome.status < 300) {
    const Latency = printTimeSpan(outcome.latencyMs);
    return { ...common, Result: 'Success', Latency, ErrorMessage: '', Diagnosis: '', Fix: [] };
  }
  const cause = causeOf(store.folder, outcome.correlationId);
  return {
    ...common,
    Result: 'Failure',
    Latency: '00:00:00',
    ErrorMessage: `${outcome.status} ${outcome.reason}`,
    Diagnosis: cause.message,
    Fix: cause.fix.concat(`xgw get-eventlog -Level trace -CorrelationId ${outcome.correlationId}`),
  };
}

function causeOf(storeFolder: string, correlationId: string): { message: string; fix: readonly string[] } {
  const about = readEventLog(storeFolder).filter(
    (event) => event.correlationId === correlationId && event.level === 'warn',
  );
  const last = about.at(-1);
  const fix = last?.facts?.['fix'];
  return { message: last?.message ?? '', fix: typeof fix === 'string' ? [fix] : [] };
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
