import { describe, expect, it } from '@jest/globals';

import { type DoubtfulMessage, DoubtfulMessages } from '../../../src/gateway/queue/doubtful-messages.ts';
import { inDoubtMs } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { memoryState } from '../../support/memory-state.ts';
import { movableClock } from '../../support/movable-clock.ts';

const message = (id: string): DoubtfulMessage => ({
  id,
  from: 'alice@contoso.example',
  to: 'bob@fabrikam.example',
  correlationId: 'C1',
  sender: 'sip:alice@contoso.example',
});

function scene(state = memoryState()) {
  const clock = movableClock();
  const told: DoubtfulMessage[] = [];
  const doubts = new DoubtfulMessages({ clock, state, onDoubt: (each) => void told.push(each) });
  return { clock, state, told, doubts };
}

describe('a message that nobody acknowledged', () => {
  it('is on disk before it is said to be delivered, and off it when it is beyond doubt', async () => {
    const { clock, state, doubts } = scene();
    state.hold();
    let isRemembered = false;
    const remembering = doubts.remember(message('m1')).then(() => (isRemembered = true));
    await Promise.resolve();
    expect(isRemembered).toBe(false);
    state.release();
    await remembering;
    clock.advance(inDoubtMs / 2);
    await doubts.remember(message('m2'));
    clock.advance(inDoubtMs / 2);
    expect([...state.records.keys()]).toEqual(['sent-message m2']);
    clock.advance(inDoubtMs / 2);
    expect([state.records.size, clock.pending()]).toEqual([0, 0]);
  });

  it('is one that the process after a crash tells its sender of, once', async () => {
    const before = scene();
    await before.doubts.remember(message('m1'));
    await before.doubts.remember(message('m2'));
    before.doubts.forget('m2');
    const after = scene(before.state);
    after.doubts.restore();
    expect(after.told).toEqual([{ ...message('m1'), disposition: undefined }]);
    expect(after.state.records.size).toBe(0);
  });

  it('is beyond doubt when the gateway has ended its streams in order', async () => {
    const { doubts, state, clock } = scene();
    await doubts.remember(message('m1'));
    doubts.stop();
    await doubts.remember(message('m2'));
    expect([state.records.size, clock.pending()]).toEqual([2, 0]);
    doubts.clear();
    expect(state.records.size).toBe(0);
  });

  it('is left out where its record is none', () => {
    const { doubts, told, state } = scene(memoryState([['sent-message x', { sender: '' }]]));
    doubts.restore();
    expect([told, state.records.size]).toEqual([[], 0]);
  });
});
