/** The final response to a SIP user's message, whatever becomes of it. */
import { describe, expect, it } from '@jest/globals';

import { fromSip } from '../../src/gateway/from-sip.ts';
import { maxOverall, maxPerPair, OrderedDeliveries } from '../../src/gateway/ordered-deliveries.ts';
import { Headers } from '../../src/gateway/sip/headers.ts';
import { type Delivery, undelivered } from '../../src/gateway/xmpp/delivery.ts';
import { delivered, scriptedCrossing } from '../support/crossing.ts';
import { gatewayParts } from '../support/gateway-parts.ts';
import { memoryState } from '../support/memory-state.ts';
import { movableClock } from '../support/movable-clock.ts';

const away = undelivered('remote-server-timeout', 'tcp: refused', true);
const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function scene() {
  const clock = movableClock();
  const crossing = { ...scriptedCrossing(), clock };
  const attempts: { readonly id: string; readonly withinMs: number; readonly settle: (delivery: Delivery) => void }[] =
    [];
  crossing.toXmpp = ({ attributes }, withinMs = 30_000) =>
    new Promise((settle) => void attempts.push({ id: attributes['id'] ?? '', withinMs, settle }));
  const state = memoryState();
  const deliveries = new OrderedDeliveries();
  const parts = gatewayParts(crossing, deliveries, state);
  const door = fromSip(crossing, parts);
  const answers: string[] = [];
  return {
    clock,
    crossing,
    attempts,
    state,
    deliveries,
    answers,
    queue: parts.queue,
    async send(more: { readonly mayWait?: boolean } = {}) {
      door.receive({
        aor: 'sip:alice@contoso.example',
        request: {
          kind: 'request',
          method: 'MESSAGE',
          requestUri: 'sip:bob@fabrikam.example',
          headers: Headers.of([['Content-Type', 'text/plain']]),
          body: Buffer.from('Hello'),
        },
        respond(status, parts) {
          const wait = parts?.headers?.find(([name]) => name === 'Retry-After')?.[1];
          answers.push([status, parts?.reason, wait].filter((part) => part !== undefined).join(' '));
        },
        ...more,
      });
      await turn();
    },
  };
}

describe('a message of a SIP user', () => {
  it('is 202 Accepted with the word of the partner, and never before', async () => {
    const { send, attempts, answers, state } = scene();
    await send();
    expect(answers).toEqual([]);
    attempts[0]?.settle(delivered);
    await turn();
    expect([answers, state.records.size]).toEqual([['202 Accepted'], 0]);
  });

  it('is 202 Queued when the partner is away, and the next one of the pair is so at once, behind it', async () => {
    const { send, attempts, answers, queue } = scene();
    await send();
    attempts[0]?.settle(away);
    await turn();
    await send();
    expect([answers, attempts.length, queue.size]).toEqual([['202 Queued', '202 Queued'], 1, 2]);
  });

  it('is 202 Queued after ten seconds without a word, and done when the word comes', async () => {
    const { send, attempts, answers, queue, clock, state } = scene();
    await send();
    clock.advance(9_999);
    await turn();
    expect(answers).toEqual([]);
    clock.advance(1);
    await turn();
    expect([answers, queue.list()]).toMatchObject([['202 Queued'], [{ isUnderWay: true }]]);
    attempts[0]?.settle(delivered);
    await turn();
    expect([attempts.length, queue.size, state.records.size]).toEqual([1, 0, 0]);
  });

  it('is the error of the partner where waiting does not help, where nothing may wait, and where the disk is full', async () => {
    const first = scene();
    await first.send();
    first.attempts[0]?.settle(undelivered('remote-server-timeout', 'certificate: expired'));
    await turn();
    const test = scene();
    await test.send({ mayWait: false });
    test.attempts[0]?.settle(away);
    await turn();
    const full = scene();
    full.state.refuse(true);
    await full.send();
    full.attempts[0]?.settle(away);
    await turn();
    for (const { answers, queue } of [first, test, full])
      expect([answers, queue.size]).toEqual([['408 Remote Server Timeout'], 0]);
  });

  it('has its answer before the client gives up, however long others of its pair took', async () => {
    const { send, attempts, answers, clock } = scene();
    for (let count = 0; count < 3; count += 1) await send({ mayWait: false });
    clock.advance(20_000);
    attempts[0]?.settle(away);
    await turn();
    expect(attempts[1]?.withinMs).toBe(10_000);
    clock.advance(10_000);
    attempts[1]?.settle(away);
    await turn();
    expect([answers.length, attempts.length]).toEqual([3, 2]);
  });

  it('is told to wait: 500 when too much waits of its pair, 503 when the gateway is full', async () => {
    const pair = scene();
    for (let count = 0; count < maxPerPair + 1; count += 1) await pair.send();
    expect(pair.answers).toEqual(['500 Too Many Messages Waiting 10']);
    const full = scene();
    const never = new Promise<void>(() => undefined);
    for (let count = 0; count < maxOverall; count += 1)
      full.deliveries.run({ pair: `${count}`, partnerDomain: `${count % 10}`, bytes: 1 }, () => never);
    await full.send();
    expect(full.answers).toEqual(['503 Gateway Is Busy 10']);
  });
});
