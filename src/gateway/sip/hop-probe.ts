/**
 * One next hop asked for the sake of its story: where it is, whether it takes a connection, whose certificate it shows and
 * what it answers to OPTIONS. The connection is the gateway's own, so that what is told is what its messages meet.
 */
import { once } from 'node:events';
import { connect, isIP } from 'node:net';

import type { Clock } from '../../primitives/clock.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { bracketed, unbracketed } from './address.ts';
import type { Hop } from './hop-pool.ts';
import { type Asker, hopQuestion } from './hop-question.ts';
import type { HostLookup } from './host-lookup.ts';
import type { SipEndpoint } from './sip-endpoint.ts';
import type { TransportName } from './transport.ts';

export type HopProbeStep = 'dns' | 'tcp' | 'tls' | 'options';

/** Plain data: it crosses the control channel. */
export interface HopProbe {
  /** `fe01.contoso.com:5061;transport=tls` */
  readonly hop: string;
  readonly host: string;
  readonly transport: TransportName;
  /** The name that its certificate has to prove; absent without TLS. */
  readonly tlsName?: string;
  /** `address:port`, in the order in which they are tried. */
  readonly addresses: readonly string[];
  /** Milliseconds of each step that was completed. */
  readonly times: Readonly<Partial<Record<HopProbeStep, number>>>;
  readonly answer?: HopAnswer;
  /** Absent: it answered, and can be used. Texts of the hop are as it wrote them. */
  readonly failure?: { readonly step: HopProbeStep; readonly reason: string };
}

export interface HopAnswer {
  readonly status: number;
  readonly reason: string;
}

export interface HopProbePorts extends Asker {
  readonly clock: Pick<Clock, 'now'>;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  readonly lookup: HostLookup;
}

interface Walk {
  readonly hop: Hop;
  readonly ports: HopProbePorts;
  readonly signal: AbortSignal;
  addresses: readonly string[];
  answer?: HopAnswer;
}

interface Refused {
  readonly reason: string;
  /** The step whose fault it is, when that is an earlier one. */
  readonly step?: HopProbeStep;
}
type Outcome = Result<void, Refused>;

/** In their order; each is taken by the transports that have it. */
const steps: readonly (readonly [HopProbeStep, readonly TransportName[], (walk: Walk) => Promise<Outcome>])[] = [
  ['dns', ['udp', 'tcp', 'tls'], findAddresses],
  ['tcp', ['tcp', 'tls'], connectSomewhere],
  ['tls', ['tls'], proveIdentity],
  ['options', ['udp', 'tcp', 'tls'], askOptions],
];

/** Never rejects. @param signal - Ends it wherever it is: the step under way has failed then. */
export async function probeHop(hop: Hop, ports: HopProbePorts, signal: AbortSignal): Promise<HopProbe> {
  const { destination } = hop;
  const { transport, host, tlsName = host } = destination;
  const walk: Walk = { hop, ports, signal, addresses: [] };
  const times: Partial<Record<HopProbeStep, number>> = {};
  const told = (failure?: HopProbe['failure']): HopProbe => ({
    ...{ hop: hop.name, host, transport, addresses: walk.addresses, times },
    ...(transport === 'tls' ? { tlsName } : {}),
    ...(walk.answer === undefined ? {} : { answer: walk.answer }),
    ...(failure === undefined ? {} : { failure }),
  });
  for (const [step, transports, take] of steps) {
    if (!transports.includes(transport)) continue;
    const began = ports.clock.now();
    const outcome = await Promise.race([take(walk), aborted(signal)]);
    if (!outcome.ok) return told({ step: outcome.error.step ?? step, reason: outcome.error.reason });
    times[step] = ports.clock.now() - began;
  }
  return told();
}

const failed = (reason: string): Outcome => refuse({ reason });

function aborted(signal: AbortSignal): Promise<Outcome> {
  const late = failed('no answer within the time of the test');
  return signal.aborted ? Promise.resolve(late) : once(signal, 'abort').then(() => late);
}

async function findAddresses(walk: Walk): Promise<Outcome> {
  const { problem, destination } = walk.hop;
  if (problem !== undefined) return failed(problem);
  const host = unbracketed(destination.host);
  try {
    const addresses = isIP(host) === 0 ? await walk.ports.lookup(host) : [host];
    walk.addresses = addresses.map((address) => `${bracketed(address)}:${destination.port}`);
    return addresses.length > 0 ? ok(undefined) : failed(`${host} has no address`);
  } catch (error) {
    return failed(`${host} was not found: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A connection of its own, since a TLS one does not tell whether it was the port or the handshake. */
async function connectSomewhere(walk: Walk): Promise<Outcome> {
  let outcome: Outcome = failed('it has no address');
  for (const address of walk.addresses) {
    outcome = await connected(address, walk);
    if (outcome.ok) return outcome;
  }
  return outcome;
}

async function connected(place: string, { hop, signal }: Walk): Promise<Outcome> {
  const host = unbracketed(place.slice(0, place.lastIndexOf(':')));
  const socket = connect({ host, port: hop.destination.port });
  const error = once(socket, 'error').then(([reason]) => failed((reason as Error).message));
  const outcome = await Promise.race([once(socket, 'connect').then(() => ok(undefined)), error, aborted(signal)]);
  socket.destroy();
  return outcome;
}

async function proveIdentity({ hop, ports }: Walk): Promise<Outcome> {
  const address = await ports.endpoint.localAddress(hop.destination);
  return address.ok ? ok(undefined) : failed(address.error);
}

/** Whatever it answers counts, a 503 apart: that means the whole server [RFC 3261 §21.5.4]. */
async function askOptions(walk: Walk): Promise<Outcome> {
  const { destination } = walk.hop;
  const final = await walk.ports.endpoint.request(hopQuestion(destination, walk.ports), destination);
  if (!final.ok) {
    // In TLS 1.3 a server refuses our certificate only after the handshake.
    const isHandshake = final.why === 'transport' && destination.transport === 'tls';
    return refuse({ reason: final.detail, ...(isHandshake ? { step: 'tls' } : {}) });
  }
  const { status, reason } = final.response;
  walk.answer = { status, reason };
  return status === 503 ? failed(`it answered 503 ${reason}`) : ok(undefined);
}
