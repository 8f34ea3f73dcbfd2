/** Endpoints on loopback for the tests of this folder, closed again after each test. */
import { createServer } from 'node:net';

import { afterEach } from '@jest/globals';

import { Headers } from '../../../src/gateway/sip/headers.ts';
import {
  createSipEndpoint,
  type IncomingRequest,
  type OutgoingRequest,
  type SipEndpoint,
  type SipEvent,
  type SipOptions,
} from '../../../src/gateway/sip/sip-endpoint.ts';
import { realClock } from '../../../src/primitives/clock.ts';
import { randomIds } from '../../../src/primitives/ids.ts';
import { ok } from '../../../src/primitives/result.ts';

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

/** Closed after the test, whatever happens in it. */
export function closing<Closable extends { close(): unknown }>(closable: Closable): Closable {
  opened.push(closable);
  return closable;
}

export interface TestEndpoint extends SipEndpoint {
  readonly port: number;
  readonly requests: IncomingRequest[];
  readonly events: SipEvent[];
  /** Resolves when an event of this type has come. */
  told(type: SipEvent['type']): Promise<void>;
}

/** Answers everything with 200 unless told otherwise. */
export async function endpoint(options: Partial<SipOptions> = {}): Promise<TestEndpoint> {
  const requests: IncomingRequest[] = [];
  const events: SipEvent[] = [];
  const waiters: { readonly type: string; resolve(): void }[] = [];
  const created = closing(
    createSipEndpoint({
      clock: realClock,
      ids: randomIds,
      listen: { address: '127.0.0.1', port: 0, tlsPort: 0 },
      verifyPeer: () => ok(undefined),
      onEvent(event) {
        events.push(event);
        for (const { type, resolve } of waiters) if (type === event.type) resolve();
      },
      ...options,
      onRequest(incoming) {
        requests.push(incoming);
        (options.onRequest ?? ((request: IncomingRequest) => request.respond(200)))(incoming);
      },
    }),
  );
  const [first] = await created.listen();
  const told = async (type: SipEvent['type']): Promise<void> => {
    if (events.some((event) => event.type === type)) return;
    await new Promise<void>((resolve) => waiters.push({ type, resolve }));
  };
  return { ...created, port: first?.port ?? 0, requests, events, told };
}

let calls = 0;
export function outgoing(
  method: string,
  more: Partial<{ body: string; headers: [string, string][]; uri: string }> = {},
): OutgoingRequest {
  calls += 1;
  return {
    method,
    requestUri: more.uri ?? 'sip:bob@contoso.example',
    headers: Headers.of([
      ['From', `<sip:alice@fabrikam.example>;tag=from${calls}`],
      ['To', '<sip:bob@contoso.example>'],
      ['Call-ID', `call-${calls}`],
      ['CSeq', `1 ${method}`],
      ...(more.headers ?? []),
    ]),
    body: Buffer.from(more.body ?? ''),
  };
}

/** A promise and the function that ends it. */
export function waiting<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A TCP port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
