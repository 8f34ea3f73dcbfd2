import { describe, expect, it } from '@jest/globals';

import { SentMessages } from '../../src/gateway/sent-messages.ts';
import { movableClock } from '../support/movable-clock.ts';

const message = { sender: 'sip:alice@contoso.example', contact: 'bob@fabrikam.example', correlationId: 'C1' };

describe('messages that crossed lately', () => {
  it('are found once, by their id and the contact they went to', () => {
    const sent = new SentMessages(movableClock());
    sent.remember('m1', message);
    expect(sent.take('m1', 'eve@fabrikam.example')).toBeUndefined();
    expect(sent.take('m1', message.contact)).toMatchObject(message);
    expect(sent.take('m1', message.contact)).toBeUndefined();
  });

  it('are forgotten after ten minutes', () => {
    const clock = movableClock();
    const sent = new SentMessages(clock);
    sent.remember('m1', message);
    clock.advance(600_000);
    expect(sent.take('m1', message.contact)).toBeDefined();
    sent.remember('m2', message);
    clock.advance(600_001);
    expect(sent.take('m2', message.contact)).toBeUndefined();
  });

  it('are twenty thousand at most, of which the last ten thousand are always there', () => {
    const sent = new SentMessages(movableClock());
    for (let count = 0; count < 20_001; count += 1) sent.remember(`m${count}`, message);
    expect(sent.take('m0', message.contact)).toBeUndefined();
    expect(sent.take('m10001', message.contact)).toBeDefined();
    expect(sent.take('m20000', message.contact)).toBeDefined();
  });
});
