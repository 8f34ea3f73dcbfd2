/**
 * One SIP element on the network: listeners, transactions and the way of every answer [RFC 3261 §17, §18]. It knows no
 * user, domain or policy; what a request means is decided by `onRequest`.
 */

import type { ListenerAddress } from '../../primitives/listener-address.ts';
import { ok, type Result } from '../../primitives/result.ts';
import { peerName } from './address.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { SipMessage } from './message.ts';
import type { FinalResponse, OutgoingRequest, RequestOptions } from './outgoing-request.ts';
import type { ResponseParts } from './response-to.ts';
import type { SipEvent, SipOptions, TlsIdentity } from './sip-options.ts';
import { SourceLimits } from './source-limits.ts';
import type { Destination, Source } from './transport.ts';
import { TransportLayer } from './transport-layer.ts';
import { UserAgentClient } from './user-agent-client.ts';
import { UserAgentServer } from './user-agent-server.ts';

export type {
  FinalResponse,
  IncomingRequest,
  OutgoingRequest,
  RequestOptions,
  ResponseParts,
  SipEvent,
  SipOptions,
  TlsIdentity,
};

export interface SipEndpoint {
  /** @throws CodedError ListenerInUse, ListenerDenied or ListenerFailed; nothing stays open then. */
  listen(): Promise<readonly ListenerAddress[]>;
  /** Ends exactly once: after at most 32 s, except an INVITE that was answered provisionally. Never rejects. */
  request(request: OutgoingRequest, destination: Destination, options?: RequestOptions): Promise<FinalResponse>;
  /** Sends the ACK of a 2xx, outside of any transaction [RFC 3261 §13.2.2.4]. */
  sendAck(ack: OutgoingRequest, destination: Destination): Promise<Result<void, string>>;
  /** Our address towards a destination, as it belongs into Contact. Opens the connection when there is none. */
  localAddress(destination: Destination): Promise<Result<{ readonly host: string; readonly port: number }, string>>;
  /** Requests under way end as 'transport' now; everything else goes on. */
  abandonRequests(): void;
  /** Ends listeners, connections, transactions and timers. Requests under way end as 'transport'. */
  close(): Promise<void>;
}

export function createSipEndpoint(options: SipOptions): SipEndpoint {
  const limits = new SourceLimits(options);
  const onMessage = (message: SipMessage, source: Source): void => {
    const peer = peerName(source.address, source.port);
    options.onEvent?.({ type: 'received', message, transport: source.transport, peer });
    if (message.kind === 'request') server.receive(message, source);
    else if (!client.receive(message)) options.onEvent?.({ type: 'stray-response', peer });
  };
  const transports = new TransportLayer(options, {
    onMessage,
    onMalformed: (failure, source) => server.refuseMalformed(failure, source),
    onClosed: (peer) => options.onEvent?.({ type: 'connection-closed', ...peer }),
    onInboundClosed: (connectionId) => options.onInboundClosed?.(connectionId),
    onLimit: (limit, source, reason) => limits.met(limit, source, reason),
    onRefused: (reason, peer) => options.onEvent?.({ type: 'connection-refused', reason, peer }),
  });
  const server = new UserAgentServer(options, transports, limits);
  const client = new UserAgentClient(options, transports);

  return {
    listen: () => transports.listen(),
    request: (request, destination, requestOptions) => client.request(request, destination, requestOptions),
    sendAck: (ack, destination) => client.sendAck(ack, destination),
    async localAddress(destination) {
      const route = await transports.routeTo(destination);
      return route.ok ? ok(transports.sentBy(route.value)) : route;
    },
    abandonRequests: () => client.abandon(),
    async close() {
      client.close();
      server.close();
      await transports.close();
    },
  };
}
