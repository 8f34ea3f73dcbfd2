/** From a domain pair to an open stream: resolve, connect, negotiate, and the next server when one fails. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { DialbackOutcome, DomainPair } from './dialback.ts';
import type { DialFailure, OutboundPurpose } from './outbound-state.ts';
import { type OutboundConnection, OutboundStream } from './outbound-stream.ts';
import type { DialStep } from './s2s-event.ts';
import type { S2sOptions } from './s2s-options.ts';
import { type Endpoint, resolveServers } from './server-resolver.ts';
import { permits } from './stream-security.ts';
import { connectFirst } from './tcp-race.ts';

export interface DialRequest {
  readonly pair: DomainPair;
  readonly purpose: OutboundPurpose;
  /** Ends the dial wherever it is. */
  readonly signal: AbortSignal;
  /** A connection stands and a stream is being negotiated on it. */
  onStream(stream: OutboundStream): void;
  onEnding(stream: OutboundStream): void;
  onClosed(stream: OutboundStream): void;
}

/** An established stream, or the answer of the authoritative server, by the purpose of the dial. */
export type Dialled = { readonly stream: OutboundStream } | { readonly outcome: DialbackOutcome };

const steps: readonly DialStep[] = [
  'policy',
  'dns',
  'tcp',
  'stream',
  'tls',
  'certificate',
  'sasl',
  'dialback',
  'established',
];

/** What TLS says when the peer does not want our certificate [RFC 8446 §6.2, alerts 42 to 48 and 116]. */
const certificateAlert = /alert (?:bad certificate|unsupported certificate|certificate \w+|unknown ca|no certificate)/i;

/** Opens a stream to one of the remote domain's servers. The failure returned is that of the server that came furthest. */
export async function dial(request: DialRequest, options: S2sOptions): Promise<Result<Dialled, DialFailure>> {
  const { pair } = request;
  const security = options.securityFor(pair.remote);
  if (security === undefined) return refuse(notAllowed(pair));
  const servers = await resolveServers(pair.remote, security, options);
  return servers.ok ? dialServers(servers.value, request, options) : servers;
}

/** The same, to servers that are known already. */
export async function dialServers(
  servers: readonly Endpoint[],
  request: DialRequest,
  options: S2sOptions,
): Promise<Result<Dialled, DialFailure>> {
  const { signal } = request;
  const failures: DialFailure[] = [];
  let untried = servers;
  while (untried.length > 0 && !signal.aborted) {
    const connected = await connectFirst(untried, options, signal);
    if (connected.raw === undefined) {
      failures.push(unreachable(connected.reasons));
      break;
    }
    const dialled = await openStream({ ...connected, ...request, anonymous: false }, request, options);
    if (dialled.ok) return dialled;
    failures.push(dialled.error);
    const again = await withoutCertificate(connected.endpoint, dialled.error, { request, options });
    if (again?.ok === true) return again;
    if (again !== undefined) failures.push(again.error);
    untried = untried.filter((endpoint) => endpoint !== connected.endpoint);
  }
  return refuse(furthest(failures) ?? unreachable([]));
}

/** Some servers break off when they see a certificate they do not like; without one, dialback remains [XEP-0178 §3]. */
async function withoutCertificate(
  endpoint: Endpoint,
  failure: DialFailure,
  { request, options }: { readonly request: DialRequest; readonly options: S2sOptions },
): Promise<Result<Dialled, DialFailure> | undefined> {
  const security = options.securityFor(request.pair.remote);
  if (!certificateAlert.test(failure.reason) || security === undefined || !permits(security, 'TLS Dialback'))
    return undefined;
  const connected = await connectFirst([endpoint], options, request.signal);
  if (connected.raw === undefined) return undefined;
  return openStream({ ...connected, ...request, anonymous: true }, request, options);
}

async function openStream(
  connection: OutboundConnection,
  request: DialRequest,
  options: S2sOptions,
): Promise<Result<Dialled, DialFailure>> {
  const { signal } = request;
  return new Promise((resolve) => {
    const onAbort = (): void => stream.close('no stream within the time limit');
    const settle = (result: Result<Dialled, DialFailure>): void => {
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const stream = new OutboundStream(connection, options, {
      onEstablished: (stream) => settle(ok({ stream })),
      onVerified: (outcome) => settle(ok({ outcome })),
      onFailed: (failure) => settle(refuse(failure)),
      onEnding: (stream) => request.onEnding(stream),
      onClosed: (stream) => request.onClosed(stream),
    });
    signal.addEventListener('abort', onAbort);
    request.onStream(stream);
    stream.begin();
  });
}

export const notAllowed = ({ remote }: DomainPair): DialFailure => ({
  step: 'policy',
  condition: 'policy-violation',
  reason: `${remote} is not an allowed partner.`,
});

const unreachable = (reasons: readonly string[]): DialFailure => ({
  step: 'tcp',
  condition: 'remote-server-timeout',
  reason: reasons.length === 0 ? 'No server answered within the time limit.' : reasons.join('; '),
});

const furthest = (failures: readonly DialFailure[]): DialFailure | undefined =>
  failures.toSorted((left, right) => steps.indexOf(right.step) - steps.indexOf(left.step))[0];
