import { describe, expect, it } from '@jest/globals';

import type { Reliability } from '../../../../src/gateway/sip/timers.ts';
import { type Event, start, step } from '../../../../src/gateway/sip/transactions/non-invite-client.ts';
import { describeEffect, response } from './played.ts';

function play(transport: Reliability, ...events: Event[]): { state: string; did: string[] } {
  let { state, effects } = start(transport);
  for (const event of events) ({ state, effects } = step(state, event, transport));
  return { state: state.name, did: effects.map(describeEffect) };
}

const received = (status: number): Event => ({ type: 'response', response: response(status) });
const fired = (timer: string): Event => ({ type: 'timer-fired', timer });

describe('non-INVITE client transaction [RFC 3261 §17.1.2]', () => {
  it('MUST send the request and start timer F; timer E only over UDP', () => {
    expect(play('unreliable').did).toEqual(['send-request', 'timer F 32000 ms', 'timer E 500 ms']);
    expect(play('reliable').did).toEqual(['send-request', 'timer F 32000 ms']);
  });

  it('MUST double timer E up to T2 while trying', () => {
    const intervals = [1, 2, 3, 4, 5].map((times) =>
      play('unreliable', ...Array.from({ length: times }, () => fired('E'))).did.at(-1),
    );
    expect(intervals).toEqual([
      'timer E 1000 ms',
      'timer E 2000 ms',
      'timer E 4000 ms',
      'timer E 4000 ms',
      'timer E 4000 ms',
    ]);
  });

  it('MUST repeat every T2 once a provisional response came', () => {
    expect(play('unreliable', received(100), fired('E'))).toEqual({
      state: 'proceeding',
      did: ['send-request', 'timer E 4000 ms'],
    });
  });

  it('MUST tell the TU when timer F fires, also after a provisional response', () => {
    expect(play('unreliable', fired('F'))).toEqual({ state: 'terminated', did: ['report timeout'] });
    expect(play('unreliable', received(100), fired('F'))).toEqual({ state: 'terminated', did: ['report timeout'] });
  });

  it('MUST pass the final response up once and absorb its retransmissions until timer K', () => {
    expect(play('unreliable', received(200))).toEqual({ state: 'completed', did: ['pass up 200', 'timer K 5000 ms'] });
    expect(play('unreliable', received(200), received(200))).toEqual({ state: 'completed', did: [] });
    expect(play('unreliable', received(200), fired('F')).state).toBe('completed');
    expect(play('unreliable', received(200), fired('E')).did).toEqual([]);
    expect(play('unreliable', received(200), fired('K')).state).toBe('terminated');
    expect(play('reliable', received(404)).did).toEqual(['pass up 404', 'timer K 0 ms']);
  });

  it('MUST tell the TU of a transport failure, unless it has its answer', () => {
    expect(play('reliable', { type: 'transport-failed' })).toEqual({ state: 'terminated', did: ['report transport'] });
    expect(play('reliable', received(200), { type: 'transport-failed' })).toEqual({ state: 'completed', did: [] });
  });
});
