import { describe, expect, it } from '@jest/globals';

import type { SipDelivery, SipOutcome } from '../../../src/gateway/crossing.ts';
import { noticeLifetimeMs } from '../../../src/gateway/queue/queue-limits.ts';
import { type SenderNotice, SenderNotices } from '../../../src/gateway/queue/sender-notices.ts';
import type { LogEvent } from '../../../src/primitives/log-event.ts';
import { memoryState } from '../../support/memory-state.ts';
import { movableClock } from '../../support/movable-clock.ts';

const turn = async (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const notice: SenderNotice = {
  from: 'sip:bob@fabrikam.example',
  to: 'sip:alice@contoso.example',
  pair: 'bob@fabrikam.example alice@contoso.example',
  headers: [['Content-Type', 'text/plain;charset=UTF-8']],
  body: Buffer.from('Your message was not delivered. ✗'),
  correlationId: 'C1',
};
const gone: SipOutcome = { status: 480, reason: 'Nobody Registered' };
const taken: SipOutcome = { status: 200, reason: 'OK' };

function scene(state = memoryState()) {
  const clock = movableClock();
  const [told, events]: [SipDelivery[], LogEvent[]] = [[], []];
  const user: { outcome: SipOutcome | undefined } = { outcome: gone };
  let tokens = 0;
  const notices = new SenderNotices({
    clock,
    state,
    ids: { token: () => `n${(tokens += 1)}` },
    onEvent: (event) => void events.push(event),
    async deliver(delivery, pair) {
      expect(pair).toBe(notice.pair);
      told.push(delivery);
      return user.outcome;
    },
  });
  return { clock, state, told, events, user, notices };
}

describe('a notice to a sender', () => {
  it('is forgotten once he has it', async () => {
    const { notices, user, told, state, clock } = scene();
    user.outcome = taken;
    await notices.tell(notice);
    expect([told.length, state.records.size, notices.size, clock.pending()]).toEqual([1, 0, 0, 0]);
  });

  it('stays on disk while he is away, and is his when he comes back', async () => {
    const { notices, user, told, state } = scene();
    await notices.tell(notice);
    expect([notices.size, state.records.size]).toEqual([1, 1]);
    user.outcome = taken;
    notices.userIsBack('sip:carol@contoso.example');
    notices.userIsBack(notice.to);
    await turn();
    expect([told.length, notices.size, state.records.size]).toEqual([2, 0, 0]);
  });

  it('is tried again by itself, also where too much waited before it', async () => {
    const { notices, user, told, clock } = scene();
    user.outcome = undefined;
    await notices.tell(notice);
    user.outcome = taken;
    clock.advance(5_000);
    await turn();
    expect([told.length, notices.size, clock.pending()]).toEqual([2, 0, 0]);
  });

  it('is told by the next process when this one ends, to the letter', async () => {
    const before = scene();
    await before.notices.tell(notice);
    before.notices.stop();
    expect(before.clock.pending()).toBe(0);
    const after = scene(before.state);
    after.user.outcome = taken;
    after.notices.restore();
    after.clock.advance(5_000);
    await turn();
    const { from, to, headers, body } = notice;
    expect(after.told).toEqual([{ method: 'MESSAGE', from, to, headers, body }]);
    expect(after.state.records.size).toBe(0);
  });

  it('that his device refuses for good, or that finds nobody for a day, is an error in the log', async () => {
    const refused = scene();
    refused.user.outcome = { status: 405, reason: 'Method Not Allowed' };
    await refused.notices.tell(notice);
    const late = scene();
    await late.notices.tell(notice);
    for (let waited = 0; waited <= noticeLifetimeMs; waited += 300_000) {
      late.clock.advance(300_000);
      await turn();
    }
    for (const { events, state, clock } of [refused, late]) {
      expect(events).toMatchObject([{ id: 'SenderNotTold', level: 'error', correlationId: 'C1' }]);
      expect([state.records.size, clock.pending()]).toEqual([0, 0]);
    }
  });

  it('is left out where its record is none', () => {
    const { notices, state } = scene(memoryState([['notice x', { from: 'a', headers: [['one']] }]]));
    notices.restore();
    expect([notices.size, state.records.size]).toEqual([0, 0]);
  });
});
