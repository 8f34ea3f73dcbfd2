/** From a domain pair to an open stream: resolve, connect, negotiate, and the next server when one fails. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { AddressPolicy } from './address-policy.ts';
import type { DialbackOutcome, DomainPair } from './dialback.ts';
import type { DialFailure, OutboundPurpose } from './outbound-state.ts';
import { type OutboundConnection, OutboundStream } from './outbound-stream.ts';
import type { DialStep } from './s2s-event.ts';
import type { S2sOptions } from './s2s-options.ts';
import {
  type Endpoint,
  printEndpoint,
  type ResolverOptions,
  resolveOtherHost,
  resolveServers,
} from './server-resolver.ts';
import type { StanzaReceiver } from './stanza-traffic.ts';
import { permits } from './stream-security.ts';
import { type Connected, connectFirst, type RaceOptions } from './tcp-race.ts';

export interface DialRequest {
  readonly pair: DomainPair;
  readonly purpose: OutboundPurpose;
  /** Ends the dial wherever it is. */
  readonly signal: AbortSignal;
  /** A connection stands and a stream is being negotiated on it. */
  onStream(stream: OutboundStream): void;
  /** Takes what the peer sends on the stream, if it may send there. Absent: it is not asked to. */
  readonly receiver?: StanzaReceiver;
  onEnding(stream: OutboundStream): void;
  onClosed(stream: OutboundStream): void;
  /** Hears of each server that was refused or failed while the dial goes on to the next; not of what `dial` returns. */
  onFailure?(failure: DialFailure): void;
  /** A server has sent us elsewhere already. */
  readonly isSentOn?: boolean;
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

/** The reason to abort a dial with, when nobody wants it any more: then it did not fail. */
export const cancelled: unique symbol = Symbol('cancelled');

/** Opens a stream to one of the remote domain's servers. The failure returned is that of the server that came furthest. */
export async function dial(request: DialRequest, options: S2sOptions): Promise<Result<Dialled, DialFailure>> {
  const { pair } = request;
  const security = options.securityFor(pair.remote);
  if (security === undefined) return refuse(notAllowed(pair));
  const servers = await resolveServers(pair.remote, security, resolving(request, options));
  return servers.ok ? dialServers(servers.value, request, options) : servers;
}

const resolving = (request: DialRequest, options: S2sOptions): ResolverOptions => ({
  dns: options.dns,
  ids: options.ids,
  ...addressPolicyOf(request, options),
  ...(request.onFailure && { onRefused: request.onFailure }),
});

const racing = (request: DialRequest, options: S2sOptions): RaceOptions => ({
  clock: options.clock,
  limits: options.limits,
  ...addressPolicyOf(request, options),
});

/** A private network is no place to be sent to by strangers; an administrator who names the server there means it. */
const addressPolicyOf = ({ pair, purpose }: DialRequest, options: S2sOptions): AddressPolicy => ({
  allowLoopbackPeers: () => options.allowLoopbackPeers(),
  allowPrivatePeers: () =>
    purpose.type === 'stanzas' ||
    options.securityFor(pair.remote)?.proxy !== undefined ||
    options.allowLoopbackPeers() ||
    options.allowPrivateDialback?.() === true,
  ownListeners: () => options.ownListeners?.() ?? [],
});

/** The same, to servers that are known already. */
export async function dialServers(
  servers: readonly Endpoint[],
  request: DialRequest,
  options: S2sOptions,
): Promise<Result<Dialled, DialFailure>> {
  const { signal, onFailure } = request;
  const failures: DialFailure[] = [];
  let untried = servers;
  while (untried.length > 0 && !signal.aborted) {
    const connected = await connectFirst(untried, racing(request, options), signal);
    if (connected.raw === undefined) {
      failures.push(unreachable(connected.reasons, untried));
      break;
    }
    const dialled = await dialServer(connected, request, options);
    if (dialled.ok) {
      for (const failure of failures) onFailure?.(failure);
      return dialled;
    }
    failures.push(dialled.error);
    untried = untried.filter((endpoint) => endpoint !== connected.endpoint);
  }
  const told = furthest(failures) ?? unreachable([], untried);
  for (const failure of failures) if (failure !== told) onFailure?.(failure);
  return refuse(told);
}

/** Where the server sends us to another host, that is followed once, to the same domain by the same rules [RFC 6120 §4.9.3.19]. */
async function dialServer(
  connected: Connected,
  request: DialRequest,
  options: S2sOptions,
): Promise<Result<Dialled, DialFailure>> {
  const dialled = await authenticateTo(connected, request, options);
  if (dialled.ok) return dialled;
  const failure = { ...dialled.error, target: printEndpoint(connected.endpoint) };
  const security = options.securityFor(request.pair.remote);
  if (failure.otherHost === undefined || request.isSentOn === true || security === undefined) return refuse(failure);
  request.onFailure?.(failure);
  const servers = await resolveOtherHost(failure.otherHost, security, resolving(request, options));
  return servers.ok ? dialServers(servers.value, { ...request, isSentOn: true }, options) : servers;
}

/**
 * The ladder: EXTERNAL and then dialback on one stream are the stream's; where the peer breaks off over our certificate,
 * a second connection shows none, and dialback remains if the partner's row permits it [XEP-0178 §3].
 */
async function authenticateTo(
  connected: Connected,
  request: DialRequest,
  options: S2sOptions,
): Promise<Result<Dialled, DialFailure>> {
  const dialled = await openStream({ ...connected, ...request, anonymous: false }, request, options);
  if (dialled.ok) return dialled;
  const failure = withAlertRead(dialled.error);
  const isBrokenOff = failure.code === 'peer-rejects-certificate' && failure.step !== 'dialback';
  const security = options.securityFor(request.pair.remote);
  if (!isBrokenOff || security === undefined || !permits(security, 'TLS Dialback')) return refuse(failure);
  const again = await connectFirst([connected.endpoint], racing(request, options), request.signal);
  if (again.raw === undefined) return refuse(failure);
  const anonymous = await openStream({ ...again, ...request, anonymous: true }, request, options);
  if (anonymous.ok) return anonymous;
  return refuse({ ...failure, reason: `${failure.reason} Without a certificate: ${anonymous.error.reason}` });
}

/** What TLS says when the peer does not want our certificate [RFC 8446 §6.2]. */
const certificateAlerts = new Map([
  [42, 'bad certificate'],
  [43, 'unsupported certificate'],
  [44, 'certificate revoked'],
  [45, 'certificate expired'],
  [46, 'certificate unknown'],
  [48, 'unknown certificate authority'],
]);

/** Under TLS 1.3 the alert comes when the handshake is over for us, and ends the stream instead. */
function withAlertRead(failure: DialFailure): DialFailure {
  const alert = certificateAlerts.get(Number(/SSL alert number (\d+)/.exec(failure.reason)?.[1]));
  if (alert === undefined) return failure;
  const reason = `The server broke off over our certificate (peer-rejects-certificate): TLS alert "${alert}".`;
  return { ...failure, step: 'certificate', code: 'peer-rejects-certificate', reason };
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
      ...(request.receiver && { receiver: request.receiver }),
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
  code: 'not-allowed',
  reason: `${remote} is not an allowed partner.`,
});

const unreachable = (reasons: readonly string[], endpoints: readonly Endpoint[]): DialFailure => ({
  step: 'tcp',
  condition: 'remote-server-timeout',
  code: 'unreachable',
  reason: reasons.length === 0 ? 'No server answered within the time limit.' : reasons.join('; '),
  ...(endpoints.length > 0 && { target: endpoints.map(printEndpoint).join(', ') }),
});

const furthest = (failures: readonly DialFailure[]): DialFailure | undefined =>
  failures.toSorted((left, right) => steps.indexOf(right.step) - steps.indexOf(left.step))[0];
