import { describe, expect, it } from '@jest/globals';

import type { Reliability } from '../../../../src/gateway/sip/timers.ts';
import { type Event, start, step } from '../../../../src/gateway/sip/transactions/invite-server.ts';
import * as repetition from '../../../../src/gateway/sip/transactions/success-repetition.ts';
import { describeEffect, sent } from './played.ts';

function play(transport: Reliability, ...events: Event[]): { state: string; did: string[] } {
  let { state, effects } = start();
  for (const event of events) ({ state, effects } = step(state, event, transport));
  return { state: state.name, did: effects.map(describeEffect) };
}

const respond = (status: number): Event => ({ type: 'respond', response: sent(status) });
const fired = (timer: string): Event => ({ type: 'timer-fired', timer });
const retransmitted: Event = { type: 'request-retransmitted' };
const ack: Event = { type: 'ack' };

describe('INVITE server transaction [RFC 3261 §17.2.1, RFC 6026 §7.1]', () => {
  it('MUST send 100 when the TU has not answered within 200 ms', () => {
    expect(play('unreliable').did).toEqual(['timer trying 200 ms']);
    expect(play('unreliable', fired('trying')).did).toEqual(['send-100']);
    expect(play('unreliable', respond(180), fired('trying')).did).toEqual([]);
  });

  it('MUST repeat the last provisional response for a retransmitted INVITE', () => {
    expect(play('unreliable', respond(180), retransmitted)).toEqual({ state: 'proceeding', did: ['send 180'] });
    expect(play('unreliable', retransmitted).did).toEqual(['send-100']);
  });

  it('MUST repeat a refusal with timer G over UDP, doubled up to T2, until the ACK', () => {
    expect(play('unreliable', respond(486))).toEqual({
      state: 'completed',
      did: ['send 486', 'timer H 32000 ms', 'timer G 500 ms'],
    });
    const after = (times: number) =>
      play('unreliable', respond(486), ...Array.from({ length: times }, () => fired('G'))).did;
    expect([after(1), after(4)]).toEqual([
      ['send 486', 'timer G 1000 ms'],
      ['send 486', 'timer G 4000 ms'],
    ]);
    expect(play('unreliable', respond(486), ack, fired('G'))).toEqual({ state: 'confirmed', did: [] });
  });

  it('does not repeat a refusal by itself over TCP', () => {
    expect(play('reliable', respond(486)).did).toEqual(['send 486', 'timer H 32000 ms']);
  });

  it('MUST repeat the refusal for a retransmitted INVITE', () => {
    expect(play('reliable', respond(486), retransmitted).did).toEqual(['send 486']);
  });

  it('MUST absorb ACKs until timer I', () => {
    expect(play('unreliable', respond(486), ack)).toEqual({ state: 'confirmed', did: ['timer I 5000 ms'] });
    expect(play('unreliable', respond(486), ack, ack)).toEqual({ state: 'confirmed', did: [] });
    expect(play('unreliable', respond(486), ack, fired('I')).state).toBe('terminated');
    expect(play('reliable', respond(486), ack).did).toEqual(['timer I 0 ms']);
  });

  it('MUST report that no ACK came when timer H fires', () => {
    expect(play('unreliable', respond(486), fired('H'))).toEqual({ state: 'terminated', did: ['report timeout'] });
  });

  it('MUST stay in Accepted for timer L after a 2xx, absorb the INVITE, and let only the TU repeat the 2xx', () => {
    expect(play('unreliable', respond(200))).toEqual({ state: 'accepted', did: ['send 200', 'timer L 32000 ms'] });
    expect(play('unreliable', respond(200), retransmitted).did).toEqual([]);
    expect(play('unreliable', respond(200), respond(200)).did).toEqual(['send 200']);
    expect(play('unreliable', respond(200), respond(486)).did).toEqual([]);
    expect(play('unreliable', respond(200), ack).did).toEqual(['pass-ack-up']);
    expect(play('unreliable', respond(200), fired('L')).state).toBe('terminated');
  });

  it('MUST end on a transport failure', () => {
    expect(play('reliable', respond(180), { type: 'transport-failed' })).toEqual({
      state: 'terminated',
      did: ['report transport'],
    });
  });
});

describe('repetition of a 2xx to an INVITE [RFC 3261 §13.3.1.4]', () => {
  function playRepetition(...events: repetition.Event[]): { state: string; did: string[] } {
    let { state, effects } = repetition.start(sent(200));
    for (const event of events) ({ state, effects } = repetition.step(state, event));
    return { state: state.name, did: effects.map(describeEffect) };
  }

  it('MUST repeat it at T1, doubled up to T2, over every transport', () => {
    expect(playRepetition().did).toEqual(['timer H 32000 ms', 'timer G 500 ms']);
    expect(playRepetition({ type: 'timer-fired', timer: 'G' }).did).toEqual(['send 200', 'timer G 1000 ms']);
  });

  it('MUST stop with the ACK', () => {
    expect(playRepetition({ type: 'ack' })).toEqual({ state: 'terminated', did: [] });
  });

  it('MUST give up after 64*T1 and say so', () => {
    expect(playRepetition({ type: 'timer-fired', timer: 'H' })).toEqual({
      state: 'terminated',
      did: ['report timeout'],
    });
  });
});
