import { AssertionError } from 'node:assert';
import { describe, expect, it } from '@jest/globals';
import type { Reliability } from '../../../../src/gateway/sip/timers.ts';
import { type Event, start, step } from '../../../../src/gateway/sip/transactions/non-invite-server.ts';
import { describeEffect, sent } from './played.ts';

/** Plays events from the initial state, and returns where the machine stands and what the last event did. */
function play(transport: Reliability, ...events: Event[]): { state: string; did: string[] } {
  let { state, effects } = start();
  for (const event of events) ({ state, effects } = step(state, event, transport));
  return { state: state.name, did: effects.map(describeEffect) };
}

const respond = (status: number): Event => ({ type: 'respond', response: sent(status) });
const retransmitted: Event = { type: 'request-retransmitted' };

describe('non-INVITE server transaction [RFC 3261 §17.2.2]', () => {
  it('discards a retransmitted request while in Trying', () => {
    expect(play('unreliable', retransmitted)).toEqual({ state: 'trying', did: [] });
  });

  it('MUST enter Proceeding when the TU passes a provisional response', () => {
    expect(play('unreliable', respond(100))).toEqual({ state: 'proceeding', did: ['send 100'] });
  });

  it('MUST repeat the last provisional response when the request is retransmitted in Proceeding', () => {
    expect(play('unreliable', respond(100), retransmitted)).toEqual({ state: 'proceeding', did: ['send 100'] });
  });

  it('MUST enter Completed on a final response, and start timer J at 64*T1 over UDP', () => {
    expect(play('unreliable', respond(200))).toEqual({ state: 'completed', did: ['send 200', 'timer J 32000 ms'] });
  });

  it('MUST discard a second final response', () => {
    expect(play('unreliable', respond(200), respond(486))).toEqual({ state: 'completed', did: [] });
  });

  it('MUST repeat the final response when the request is retransmitted in Completed', () => {
    expect(play('unreliable', respond(200), retransmitted)).toEqual({ state: 'completed', did: ['send 200'] });
  });

  it('is destroyed when timer J fires', () => {
    expect(play('unreliable', respond(200), { type: 'timer-fired', timer: 'J' }).state).toBe('terminated');
  });

  it('keeps nothing over a reliable transport: timer J is zero', () => {
    expect(play('reliable', respond(200)).did).toEqual(['send 200', 'timer J 0 ms']);
  });

  it('MUST report a transport failure and end', () => {
    expect(play('unreliable', respond(200), { type: 'transport-failed' })).toEqual({
      state: 'terminated',
      did: ['report transport'],
    });
  });

  it('MUST NOT carry a provisional response other than 100 [RFC 4320 §4.1]', () => {
    expect(() => play('reliable', respond(180))).toThrow(AssertionError);
  });
});
