/** The message of test-xmppim: sent by the running gateway as if one of its users had, through the same policy and the same way. */
import type { Gateway } from '../gateway/gateway.ts';
import { Headers } from '../gateway/sip/headers.ts';
import { randomIds } from '../primitives/ids.ts';

export interface TestMessage {
  /** `sip:user@domain`. */
  readonly user: string;
  /** `sip:contact@partner`. */
  readonly receiver: string;
  readonly text: string;
}

export interface TestMessageOutcome {
  readonly status: number;
  readonly reason: string;
  /** Milliseconds from sending to the word of the partner's stream. */
  readonly latencyMs: number;
  readonly correlationId: string;
}

export function sendTestMessage(gateway: Gateway, { user, receiver, text }: TestMessage) {
  const began = performance.now();
  return new Promise<TestMessageOutcome>((resolve) => {
    const correlationId = gateway.receiveFromUser({
      aor: user,
      request: {
        kind: 'request',
        method: 'MESSAGE',
        requestUri: receiver,
        headers: Headers.of([
          ['From', `<${user}>;tag=${randomIds.token(64)}`],
          ['To', `<${receiver}>`],
          ['Call-ID', randomIds.token(128)],
          ['CSeq', '1 MESSAGE'],
          ['Content-Type', 'text/plain;charset=UTF-8'],
        ]),
        body: Buffer.from(text, 'utf8'),
      },
      // Whoever tests wants to know whether it arrives now.
      mayWait: false,
      respond(status, more) {
        if (status < 200) return;
        const latencyMs = performance.now() - began;
        // The id is known only after the call, which may answer before it returns.
        queueMicrotask(() => resolve({ status, reason: more?.reason ?? '', latencyMs, correlationId }));
      },
    });
  });
}
