/** Requests and an endpoint for tests of the home server without a network: what was answered and what was sent is kept. */
import { createHash } from 'node:crypto';

import { type HeaderField, Headers } from '../../../../src/gateway/sip/headers.ts';
import type { IncomingRequest } from '../../../../src/gateway/sip/incoming-request.ts';
import type { SipRequest, SipResponse } from '../../../../src/gateway/sip/message.ts';
import type { FinalResponse, OutgoingRequest, RequestOptions } from '../../../../src/gateway/sip/outgoing-request.ts';
import type { ResponseParts } from '../../../../src/gateway/sip/response-to.ts';
import type { SipEndpoint } from '../../../../src/gateway/sip/sip-endpoint.ts';
import type { Destination, Source } from '../../../../src/gateway/sip/transport.ts';

export const udpSource: Source = { transport: 'udp', address: '192.0.2.1', port: 5060 };
export const tcpSource: Source = { transport: 'tcp', address: '192.0.2.1', port: 40_000, connectionId: 'c1' };

export interface RequestParts {
  readonly uri?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cSeq?: number;
  readonly headers?: readonly HeaderField[];
  readonly body?: string;
}

export function sipRequest(method: string, parts: RequestParts = {}): SipRequest {
  const { from = 'sip:alice@sip.example', uri = 'sip:bob@sip.example', to = uri, callId = 'call-1', cSeq = 1 } = parts;
  const headers = Headers.of([
    ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1'],
    ['Max-Forwards', '70'],
    ['From', from.includes('<') ? from : `<${from}>;tag=f1`],
    ['To', to.includes('<') ? to : `<${to}>`],
    ['Call-ID', callId],
    ['CSeq', `${cSeq} ${method}`],
    ...(parts.headers ?? []),
  ]);
  return { kind: 'request', method, requestUri: uri, headers, body: Buffer.from(parts.body ?? '') };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly reason?: string | undefined;
  readonly body?: Buffer | undefined;
  readonly how: 'transaction' | 'stateless' | 'relayed';
}

export interface Incoming extends IncomingRequest {
  readonly answers: Answer[];
}

export function incomingRequest(request: SipRequest, source: Source = udpSource): Incoming {
  const answers: Answer[] = [];
  const answer =
    (how: Answer['how']) =>
    (status: number, more: ResponseParts = {}) =>
      void answers.push({ status, reason: more.reason, headers: Headers.of(more.headers ?? []), body: more.body, how });
  return {
    request,
    source,
    answers,
    cancelled: new AbortController().signal,
    localTag: 't1',
    respond: answer('transaction'),
    respondStateless: answer('stateless'),
    relay: ({ status, headers }) => void answers.push({ status, headers, how: 'relayed' }),
  };
}

export interface Sent {
  readonly request: OutgoingRequest;
  readonly destination: Destination;
  answer(status: number): void;
  reply(response: SipResponse): void;
  readonly options: RequestOptions | undefined;
  fail(why: 'timeout' | 'transport'): void;
  /** Nothing of it has left. */
  refuseConnection(): void;
}

export interface ScriptedEndpoint extends Pick<SipEndpoint, 'request' | 'sendAck' | 'localAddress'> {
  readonly sent: Sent[];
  readonly acks: OutgoingRequest[];
}

export function scriptedEndpoint(): ScriptedEndpoint {
  const sent: Sent[] = [];
  const acks: OutgoingRequest[] = [];
  return {
    sent,
    acks,
    async sendAck(ack) {
      acks.push(ack);
      return { ok: true, value: undefined };
    },
    localAddress: async () => ({ ok: true, value: { host: '192.0.2.9', port: 5060 } }),
    request: (request, destination, options) =>
      new Promise<FinalResponse>((resolve) => {
        const reply = (response: SipResponse): void => resolve({ ok: true, response });
        const answer = (status: number): void => reply(responseWith(status));
        sent.push({
          request,
          destination,
          options,
          answer,
          reply,
          fail: (why) => resolve({ ok: false, why, detail: why }),
          refuseConnection: () => resolve({ ok: false, why: 'transport', detail: 'refused', isUnsent: true }),
        });
      }),
  };
}

export const responseWith = (status: number, headers: readonly HeaderField[] = []): SipResponse => ({
  kind: 'response',
  status,
  reason: `Reason ${status}`,
  headers: Headers.of(headers),
  body: Buffer.alloc(0),
});

/** Lets every promise that can go on do so. */
export const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** The answer of a client to a challenge, with qop=auth. */
export function digestAnswer(challenge: string, user: { name: string; password: string }, method: string): string {
  const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const [realm, nonce] = [field('realm'), field('nonce')];
  const uri = 'sip:sip.example';
  const ha1 = md5(`${user.name}:${realm}:${user.password}`);
  const response = md5(`${ha1}:${nonce}:00000001:c1:auth:${md5(`${method}:${uri}`)}`);
  return `Digest username="${user.name}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5, cnonce="c1", qop=auth, nc=00000001`;
}
