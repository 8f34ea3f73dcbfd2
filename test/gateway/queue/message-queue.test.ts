import { describe, expect, it } from '@jest/globals';

import { MessageQueue } from '../../../src/gateway/queue/message-queue.ts';
import { maxQueuedMessages } from '../../../src/gateway/queue/queue-limits.ts';
import type { QueuedMessage } from '../../../src/gateway/queue/queued-message.ts';
import { type Delivery, undelivered } from '../../../src/gateway/xmpp/delivery.ts';
import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { childOf, type Element, element, textOf } from '../../../src/gateway/xmpp/xml/element.ts';
import { delivered } from '../../support/crossing.ts';
import { type MemoryState, memoryState } from '../../support/memory-state.ts';
import { movableClock } from '../../support/movable-clock.ts';

const away = undelivered('remote-server-timeout', 'tcp: refused', true);
const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const numbered = (number: number, from = 'alice@contoso.example', to = 'bob@fabrikam.example'): Element =>
  stanza('message', { from, to, id: `m${number}` }, element('body', 'jabber:server', {}, `text ${number}`));

interface Scene {
  readonly state?: MemoryState;
  readonly lifetimeMs?: number;
}

/** A queue whose partner answers as the test says. */
function scene({ state = memoryState(), lifetimeMs = 300_000 }: Scene = {}) {
  const clock = movableClock();
  const sent: Element[] = [];
  const fates: string[] = [];
  const partner: { answer: Delivery | Promise<Delivery> } = { answer: away };
  let tokens = 0;
  const told = (message: QueuedMessage): string => message.stanza.attributes['id'] ?? '';
  const queue = new MessageQueue({
    clock,
    state,
    ids: { token: () => `id${(tokens += 1)}` },
    onEvent: () => undefined,
    lifetimeMs: () => lifetimeMs,
    async toXmpp(element) {
      sent.push(element);
      return partner.answer;
    },
    onDelivered: (message) => void fates.push(`delivered ${told(message)}`),
    onGivenUp: (message, { condition }, reason) => void fates.push(`${told(message)}: ${condition}, ${reason}`),
  });
  const keep = (element: Element, attempt?: Promise<Delivery>): Promise<boolean> => {
    const [from = '', to = ''] = [element.attributes['from'], element.attributes['to']];
    const about = { from, to, partnerDomain: to.slice(to.indexOf('@') + 1), correlationId: 'C1' };
    const sender = { sender: `sip:${from}` };
    return queue.keep({ ...about, stanza: element, since: clock.wallTime(), for: sender }, attempt);
  };
  return { clock, state, sent, fates, partner, queue, keep, ids: () => sent.map(({ attributes }) => attributes['id']) };
}

describe('a queued message', () => {
  it('is on disk before anybody says that it is accepted, and off it once it has arrived', async () => {
    const { state, clock, partner, queue, keep, fates, sent } = scene();
    state.hold();
    let isKept: boolean | undefined;
    const keeping = keep(numbered(1)).then((kept) => (isKept = kept));
    await turn();
    expect(isKept).toBeUndefined();
    state.release();
    await keeping;
    expect([isKept, state.records.size, queue.list().length]).toEqual([true, 1, 1]);
    partner.answer = delivered;
    clock.advance(5_000);
    await turn();
    expect([fates, state.records.size, queue.size]).toEqual([['delivered m1'], 0, 0]);
    const [late] = sent;
    const delay = late && childOf(late, 'delay', 'urn:xmpp:delay');
    expect(delay?.attributes).toMatchObject({ from: 'contoso.example', stamp: '2026-01-01T00:00:01.000Z' });
    expect(clock.pending()).toBe(0);
  });

  it('is refused when the disk takes nothing, when the queue is off, and beyond its bounds', async () => {
    const full = scene();
    full.state.refuse(true);
    expect([await full.keep(numbered(1)), full.queue.size]).toEqual([false, 0]);
    full.clock.advance(600_000);
    expect(full.sent).toEqual([]);

    expect(await scene({ lifetimeMs: 0 }).keep(numbered(1))).toBe(false);

    const many = scene();
    const kept = await Promise.all(
      Array.from({ length: maxQueuedMessages + 1 }, (_, index) => many.keep(numbered(index))),
    );
    expect([kept.filter((each) => each).length, kept.at(-1)]).toEqual([maxQueuedMessages, false]);
    expect(await many.keep(numbered(1, 'alice@contoso.example', 'eve@adatum.example'))).toBe(true);

    const large = scene();
    const text = element('body', 'jabber:server', {}, 'x'.repeat(1024 * 1024));
    const big = (id: string): Element => ({
      ...numbered(1),
      attributes: { ...numbered(1).attributes, id },
      children: [text],
    });
    const taken = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => large.keep(big(id))));
    expect(taken).toEqual([true, true, true, false, false]);
  });

  it('waits behind those of its pair, and for no other', async () => {
    const { queue, keep } = scene();
    await keep(numbered(1));
    const about = { from: 'alice@contoso.example', to: 'bob@fabrikam.example', partnerDomain: 'fabrikam.example' };
    expect([queue.holds(about), queue.holds({ ...about, from: 'carol@contoso.example' })]).toEqual([true, false]);
  });

  it('goes back to its sender with the last cause when its time is over, and when the partner refuses it', async () => {
    const { clock, partner, keep, fates, queue } = scene();
    await keep(numbered(1));
    for (let waited = 0; waited < 300; waited += 5) {
      clock.advance(5_000);
      await turn();
    }
    expect(fates).toEqual(['m1: remote-server-timeout, tcp: refused']);
    await keep(numbered(2));
    partner.answer = undelivered('policy-violation', 'policy: not a partner');
    clock.advance(5_000);
    await turn();
    expect([fates.at(-1), queue.size]).toEqual(['m2: policy-violation, policy: not a partner', 0]);
  });

  it('that is under way already is done when that attempt has arrived, and tried again when it has not', async () => {
    const { clock, partner, keep, fates, queue, ids } = scene();
    let settle: (delivery: Delivery) => void = () => undefined;
    const attempt = new Promise<Delivery>((resolve) => {
      settle = resolve;
    });
    expect(await keep(numbered(1), attempt)).toBe(true);
    expect(queue.list()).toMatchObject([{ isUnderWay: true }]);
    queue.reachable('fabrikam.example');
    expect([queue.remove('id1'), ids()]).toEqual([false, []]);
    settle(away);
    await turn();
    expect(queue.list()).toMatchObject([{ isUnderWay: false, attempts: 1, lastReason: 'tcp: refused' }]);
    partner.answer = delivered;
    clock.advance(5_000);
    await turn();
    expect([fates, ids()]).toEqual([['delivered m1'], ['m1']]);
  });

  it('is of no use to anybody after its own Expires, if that is earlier', async () => {
    const { queue, clock, fates } = scene();
    const about = { from: 'a@contoso.example', to: 'b@fabrikam.example', partnerDomain: 'fabrikam.example' };
    const expires = new Date(clock.wallTime().getTime() + 60_000);
    const given = { ...about, stanza: numbered(1), correlationId: 'C', since: clock.wallTime(), expires };
    await queue.keep({ ...given, for: { sender: 'sip:a@contoso.example' } });
    expect(queue.list()).toMatchObject([{ until: expires.toISOString() }]);
    for (let waited = 0; waited < 60; waited += 5) {
      clock.advance(5_000);
      await turn();
    }
    expect(fates).toEqual(['m1: remote-server-timeout, tcp: refused']);
  });

  it('is tried on when a server that comes back cannot do what it should yet', async () => {
    const { keep, partner, queue, fates, clock } = scene();
    await keep(numbered(1));
    partner.answer = undelivered('remote-server-timeout', 'tls: The server refused STARTTLS.');
    clock.advance(5_000);
    await turn();
    expect([fates, queue.list()]).toMatchObject([[], [{ lastReason: 'tls: The server refused STARTTLS.' }]]);
  });

  it('is tried at once when an administrator says that the partner is back', async () => {
    const { keep, partner, queue, fates, clock } = scene();
    await keep(numbered(1));
    partner.answer = delivered;
    queue.retry('adatum.example');
    await turn();
    expect(fates).toEqual([]);
    queue.retry();
    await turn();
    expect([fates, clock.pending()]).toEqual([['delivered m1'], 0]);
  });

  it('that an administrator removes goes back to its sender', async () => {
    const { keep, queue, fates, clock, state } = scene();
    await keep(numbered(1));
    expect([queue.remove('id1'), queue.remove('id1')]).toEqual([true, false]);
    expect(fates).toEqual(['m1: undefined-condition, an administrator removed it']);
    expect([state.records.size, clock.pending()]).toEqual([0, 0]);
  });
});

it('a message that arrives while the gateway stops is not sent again by the next process', async () => {
  const { keep, queue, state, fates } = scene();
  let settle: (delivery: Delivery) => void = () => undefined;
  const attempt = new Promise<Delivery>((resolve) => {
    settle = resolve;
  });
  await keep(numbered(1), attempt);
  queue.stop();
  settle(delivered);
  await turn();
  expect([fates, state.records.size]).toEqual([['delivered m1'], 0]);
});

describe('the process after', () => {
  it('goes on with the same ids, texts, order and times', async () => {
    const before = scene();
    await before.keep(numbered(1));
    await before.keep(numbered(2));
    before.queue.stop();
    before.clock.advance(10_000);
    expect(before.sent).toHaveLength(0);

    const after = scene({ state: before.state });
    after.queue.restore();
    after.partner.answer = delivered;
    after.queue.reachable('fabrikam.example');
    await turn();
    await turn();
    expect(after.ids()).toEqual(['m1', 'm2']);
    expect(after.sent.map((each) => textOf(childOf(each, 'body', 'jabber:server')))).toEqual(['text 1', 'text 2']);
    expect([after.fates, after.state.records.size]).toEqual([['delivered m1', 'delivered m2'], 0]);
  });

  it('gives back what has become too old meanwhile', async () => {
    const before = scene({ lifetimeMs: 1000 });
    await before.keep(numbered(1));
    before.queue.stop();
    const after = scene({ state: before.state });
    after.clock.advance(2_000);
    after.queue.restore();
    after.clock.advance(0);
    expect([after.fates, after.state.records.size]).toEqual([['m1: remote-server-timeout, it waited for too long'], 0]);
  });

  it('leaves out what is no such record', () => {
    const sound = { stanza: '<message from="a@b" to="c@d"/>', from: 'a@b', to: 'c@d', partnerDomain: 'd' };
    const whole = {
      ...sound,
      correlationId: 'C',
      order: 1,
      since: '2026-01-01T00:00:00Z',
      until: '2026-01-01T01:00:00Z',
    };
    const bad = [
      null,
      {},
      { ...whole, stanza: '<message>' },
      { ...whole, stanza: '<message/><message/>' },
      { ...whole, stanza: '<iq xmlns="jabber:client"/>' },
      { ...whole, since: 'yesterday' },
      { ...whole, order: '1' },
    ];
    const records = bad.map((value, index) => [`queued-message k${index}`, value] as const);
    const { queue, state } = scene({ state: memoryState([...records, ['queued-message good', whole]]) });
    queue.restore();
    expect([queue.list().map(({ id }) => id), state.records.size]).toEqual([['good'], 1]);
  });
});
