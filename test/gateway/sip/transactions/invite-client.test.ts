import { describe, expect, it } from '@jest/globals';

import type { Reliability } from '../../../../src/gateway/sip/timers.ts';
import { type Event, start, step } from '../../../../src/gateway/sip/transactions/invite-client.ts';
import { describeEffect, response } from './played.ts';

function play(transport: Reliability, ...events: Event[]): { state: string; did: string[] } {
  let { state, effects } = start(transport);
  for (const event of events) ({ state, effects } = step(state, event, transport));
  return { state: state.name, did: effects.map(describeEffect) };
}

const received = (status: number): Event => ({ type: 'response', response: response(status) });
const fired = (timer: string): Event => ({ type: 'timer-fired', timer });

describe('INVITE client transaction [RFC 3261 §17.1.1, RFC 6026 §7.2]', () => {
  it('MUST send the request and start timer B; timer A only over UDP', () => {
    expect(play('unreliable').did).toEqual(['send-request', 'timer B 32000 ms', 'timer A 500 ms']);
    expect(play('reliable').did).toEqual(['send-request', 'timer B 32000 ms']);
  });

  it('MUST double timer A without a ceiling while calling', () => {
    const after = (times: number) => play('unreliable', ...Array.from({ length: times }, () => fired('A'))).did;
    expect(after(1)).toEqual(['send-request', 'timer A 1000 ms']);
    expect(after(5)).toEqual(['send-request', 'timer A 16000 ms']);
  });

  it('SHOULD NOT repeat the request once a provisional response came, and has no timeout then', () => {
    expect(play('unreliable', received(100), fired('A')).did).toEqual([]);
    expect(play('unreliable', received(180), fired('B'))).toEqual({ state: 'proceeding', did: [] });
  });

  it('MUST tell the TU when timer B fires in Calling', () => {
    expect(play('unreliable', fired('B'))).toEqual({ state: 'terminated', did: ['report timeout'] });
  });

  it('MUST send an ACK for a refusal and again for each of its retransmissions', () => {
    expect(play('unreliable', received(486))).toEqual({
      state: 'completed',
      did: ['ack 486', 'pass up 486', 'timer D 32000 ms'],
    });
    expect(play('unreliable', received(486), received(486))).toEqual({ state: 'completed', did: ['ack 486'] });
    expect(play('reliable', received(486)).did.at(-1)).toBe('timer D 0 ms');
    expect(play('unreliable', received(486), fired('D')).state).toBe('terminated');
  });

  it('MUST pass every 2xx up until timer M, and acknowledge none itself', () => {
    expect(play('unreliable', received(180), received(200))).toEqual({
      state: 'accepted',
      did: ['pass up 200', 'timer M 32000 ms'],
    });
    expect(play('unreliable', received(200), received(200))).toEqual({ state: 'accepted', did: ['pass up 200'] });
    expect(play('unreliable', received(200), received(486))).toEqual({ state: 'accepted', did: [] });
    expect(play('unreliable', received(200), fired('M')).state).toBe('terminated');
  });

  it('MUST tell the TU of a transport failure, unless it has its answer', () => {
    expect(play('reliable', { type: 'transport-failed' })).toEqual({ state: 'terminated', did: ['report transport'] });
    expect(play('reliable', received(200), { type: 'transport-failed' })).toEqual({ state: 'accepted', did: [] });
  });
});
