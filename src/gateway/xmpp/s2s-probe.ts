/** One dial for the sake of its story: what each step found and how long it took. The stream carries nothing and ends with the probe. */
import type { PeerVerdict } from '../../certificates/peer-validation.ts';
import type { DomainPair } from './dialback.ts';
import type { DialFailure } from './outbound-state.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { dialServers, notAllowed } from './s2s-connector.ts';
import type { S2sEvent, StreamSummary } from './s2s-event.ts';
import type { S2sOptions } from './s2s-options.ts';
import { type Endpoint, resolveServers } from './server-resolver.ts';

/** Milliseconds that each step took; absent where it was not completed. After a failure: those of the last server tried. */
export interface ProbeTimes {
  readonly dns?: number;
  readonly tcp?: number;
  /** From the connection to the stream that the peer may be believed on: encrypted where TLS is used. */
  readonly stream?: number;
  readonly authentication?: number;
}

export interface ProbeReport {
  readonly times: ProbeTimes;
  /** Addresses of the domain's servers, in the order in which they are tried. */
  readonly endpoints: readonly Endpoint[];
  /** The last stream, as it was when it was believed or broke off; absent when no server could be connected to. */
  readonly stream?: StreamSummary;
  /** Of the certificate that the server showed; absent in clear. It counts only where the partner's settings use it. */
  readonly verdict?: PeerVerdict;
  /** Absent: the stream was established. */
  readonly failure?: DialFailure;
}

export interface ProbeHooks {
  onStream(stream: OutboundStream): void;
  onClosed(stream: OutboundStream): void;
}

/** @param signal - Ends the probe wherever it is; the report says how far it came. */
export async function probe(
  pair: DomainPair,
  signal: AbortSignal,
  options: S2sOptions,
  hooks: ProbeHooks,
): Promise<ProbeReport> {
  const security = options.securityFor(pair.remote);
  if (security === undefined) return { times: {}, endpoints: [], failure: notAllowed(pair) };
  const watch = stopwatch(options);
  const servers = await resolveServers(pair.remote, security, options);
  if (!servers.ok) return { times: {}, endpoints: [], failure: servers.error };
  watch.finished('dns');
  let stream: OutboundStream | undefined;
  const observed = observing(options, (event) => {
    if (!('stream' in event) || event.stream.id !== stream?.record.id) return;
    // The stream is opened again inside TLS: the last of these events is the one that counts.
    if (event.type === 'stream-opened' || event.type === 'tls-established') watch.finished('stream');
  });
  const dialled = await dialServers(
    servers.value,
    {
      pair,
      signal,
      purpose: { type: 'stanzas' },
      onStream(next) {
        stream = next;
        watch.finished('tcp');
        hooks.onStream(next);
      },
      onEnding: () => undefined,
      onClosed: (closed) => hooks.onClosed(closed),
    },
    observed,
  );
  if (dialled.ok) watch.finished('authentication');
  const report = { times: watch.times, endpoints: servers.value, ...(stream && findings(stream)) };
  stream?.close('the route was tested');
  return dialled.ok ? report : { ...report, failure: dialled.error };
}

function findings({ record }: OutboundStream): Pick<ProbeReport, 'stream' | 'verdict'> {
  const verdict = record.peerCertificate()?.verdict;
  return { stream: record.summary(), ...(verdict && { verdict }) };
}

function stopwatch({ clock }: S2sOptions) {
  const times: { -readonly [Step in keyof ProbeTimes]: ProbeTimes[Step] } = {};
  let last = clock.now();
  return {
    times,
    /** The step ends now, and the next one begins. A step that is taken again counts from its last beginning. */
    finished(step: keyof ProbeTimes): void {
      const now = clock.now();
      times[step] = (step === 'stream' ? (times.stream ?? 0) : 0) + now - last;
      last = now;
    },
  };
}

/** The same options, with an observer. Their getters stay getters: a certificate or a secret may change meanwhile. */
const observing = (options: S2sOptions, onEvent: (event: S2sEvent) => void): S2sOptions =>
  Object.create(options, {
    onEvent: {
      value(event: S2sEvent) {
        onEvent(event);
        options.onEvent(event);
      },
    },
  }) as S2sOptions;
