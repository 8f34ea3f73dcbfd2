/**
 * The whole SIP side over a network of memory: transports that keep what they are given, below the real transactions, home
 * server, next hops and translation. A peer that never answers is behind every destination.
 */
import type { Configuration, SipDomain } from '../../src/config/configuration.ts';
import { fromSip } from '../../src/gateway/from-sip.ts';
import type { GatewayPorts } from '../../src/gateway/gateway-ports.ts';
import { LoopGuard } from '../../src/gateway/sip/loop-guard.ts';
import { parseMessage } from '../../src/gateway/sip/message-parser.ts';
import type { SipOptions } from '../../src/gateway/sip/sip-options.ts';
import { SourceLimits } from '../../src/gateway/sip/source-limits.ts';
import { type Frame, StreamFramer } from '../../src/gateway/sip/stream-framing.ts';
import type { Source } from '../../src/gateway/sip/transport.ts';
import type { TransportLayer } from '../../src/gateway/sip/transport-layer.ts';
import { UserAgentClient } from '../../src/gateway/sip/user-agent-client.ts';
import { UserAgentServer } from '../../src/gateway/sip/user-agent-server.ts';
import { sipUsers } from '../../src/gateway/sip-users.ts';
import { ok } from '../../src/primitives/result.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { openConfiguration, scriptedCrossing } from '../support/crossing.ts';
import { gatewayParts } from '../support/gateway-parts.ts';
import { movableClock } from '../support/movable-clock.ts';

/** Users of example.com and example.net are at home here; those of contoso.example are on the server 192.0.2.1. */
const configuration: Configuration = {
  ...openConfiguration,
  sipDomains: Object.fromEntries(
    ['contoso.example', 'example.com', 'example.net'].map((name) => [
      name,
      { identity: name as SipDomain['identity'], isDefault: name === 'contoso.example' },
    ]),
  ),
  sipRoutes: {
    'contoso.example': {
      identity: 'contoso.example' as SipDomain['identity'],
      nextHops: ['192.0.2.1:5060;transport=tcp'],
      dnsLookup: 'Host',
      sessionMode: 'Auto',
    },
  },
  users: Object.fromEntries(
    ['sip:user@example.com', 'sip:caller@example.net', 'sip:alice@contoso.example'].map((identity) => [
      identity,
      { identity, displayName: '', survivableBranch: false },
    ]),
  ),
};

/** A connection of the pool, or of a client. */
export const streamSource: Source = { transport: 'tcp', address: '192.0.2.1', port: 40_000, connectionId: 'c' };
export const datagramSource: Source = { transport: 'udp', address: '192.0.2.7', port: 5060 };

export function sipWithoutSockets(isTrusted: boolean) {
  const clock = movableClock();
  const answers: Buffer[] = [];
  const requests: Buffer[] = [];
  const send = async (bytes: Buffer) => {
    (bytes.subarray(0, 4).toString() === 'SIP/' ? answers : requests).push(bytes);
    return ok(undefined);
  };
  const place = { localAddress: '192.0.2.9', localPort: 5060 };
  const transports = {
    routeTo: async ({ transport, host, port }: Parameters<TransportLayer['routeTo']>[0]) =>
      ok({ transport, ...place, peer: `${host}:${port}`, send }),
    sentBy: () => ({ host: place.localAddress, port: place.localPort }),
    isUs: () => false,
  } as unknown as TransportLayer;
  let tokens = 0;
  const ids = { token: () => `token${(tokens += 1)}` };
  const options: SipOptions = {
    clock,
    ids,
    listen: { port: 0, tlsPort: 0 },
    onRequest: (incoming) => users.handle(incoming),
    onEvent: (event) => event.type === 'ack-missing' && users.ackMissing(event.callId, event.localTag),
  };
  const server = new UserAgentServer(options, transports, new SourceLimits(options));
  const client = new UserAgentClient(options, transports);
  const crossing = scriptedCrossing(configuration);
  const gate = fromSip(crossing, gatewayParts(crossing));
  const ports: GatewayPorts = {
    clock,
    ids,
    onEvent: () => undefined,
    certificate: () => undefined,
    anchors: () => [],
    readAnchors: () => [],
    digestSecrets: () => ({ md5: new Secret('0'), sha256: new Secret('0') }),
    dialbackSecret: () => new Secret('secret'),
  };
  const users = sipUsers({
    endpoint: {
      request: (request, destination, more) => client.request(request, destination, more),
      sendAck: (ack, destination) => client.sendAck(ack, destination),
      localAddress: async () => ok({ host: place.localAddress, port: place.localPort }),
    },
    configuration: () => configuration,
    ports,
    trust: { proves: () => ok(undefined), isListed: () => isTrusted, trustsAsHop: async () => ok(undefined) },
    doors: {
      loops: new LoopGuard(ids),
      onOutgoing: (request) => void gate.receive(request),
      admit: (invited) => gate.admit(invited),
      onPresenceChange: () => undefined,
      onSubscribed: () => undefined,
      watchersOf: () => [],
      onNews: () => undefined,
    },
  });

  function handle(frame: Frame, source: Source): void {
    if (frame.type === 'broken') void server.refuseMalformed(frame.failure, source);
    else if (frame.type === 'message') take(frame.message, source);
  }

  function take(parsed: ReturnType<typeof parseMessage>, source: Source): void {
    if (!parsed.ok) void server.refuseMalformed(parsed.error, source);
    else if (parsed.value.kind === 'request') server.receive(parsed.value, source);
    else client.receive(parsed.value);
  }

  return {
    clock,
    users,
    /** What was sent, in this order: responses, and requests of our own. */
    answers,
    requests,
    /** What crossed to XMPP. */
    stanzas: crossing.stanzas,
    datagram: (bytes: Buffer) => take(parseMessage(bytes), datagramSource),
    /** One connection, from its first byte on. */
    stream(chunks: readonly Buffer[]): void {
      const framer = new StreamFramer();
      for (const chunk of chunks) for (const frame of framer.push(chunk)) handle(frame, streamSource);
    },
    /** Lets everything go on that waits for nothing outside, and time pass. */
    async pass(ms: number, steps = 1): Promise<void> {
      for (let step = 0; step < steps; step += 1) {
        clock.advance(ms / steps);
        await settled();
      }
    },
    async close(): Promise<void> {
      await users.close();
      server.close();
      client.close();
    },
  };
}

export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
