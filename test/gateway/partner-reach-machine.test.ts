import { describe, expect, it } from '@jest/globals';

import { type PartnerReach, type ReachEvent, step } from '../../src/gateway/partner-reach-machine.ts';

const up: ReachEvent = { type: 'stream-up' };
const lost: ReachEvent = { type: 'stream-lost' };
const quiet: ReachEvent = { type: 'timer', hasStream: false };
const connected: ReachEvent = { type: 'timer', hasStream: true };

/** The state after the events, and what the last one did. */
function play(...events: readonly ReachEvent[]): readonly [PartnerReach, ...string[]] {
  let state: PartnerReach = 'reached';
  let did: readonly string[] = [];
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    did = next.effects.map((effect) => ('ms' in effect ? `${effect.do} ${effect.ms / 1000} s` : effect.do));
  }
  return [state, ...did];
}

describe('contacts of a partner', () => {
  it.each<[string, readonly ReachEvent[], readonly [PartnerReach, ...string[]]]>([
    ['a stream that comes changes nothing', [up], ['reached']],
    ['a lost stream gives two minutes', [lost], ['doubtful', 'start-timer 120 s']],
    ['further losses do not prolong them', [lost, lost], ['doubtful']],
    ['a stream in time: all are probed, since news may be lost', [lost, up], ['reached', 'stop-timer', 'probe-all']],
    ['another stream lived on: the same', [lost, connected], ['reached', 'stop-timer', 'probe-all']],
    [
      'no stream for two minutes: unknown, and one is probed to open a stream',
      [lost, quiet],
      ['unknown', 'tell-unknown', 'start-timer 300 s', 'probe-one'],
    ],
    ['unknown goes on: another attempt', [lost, quiet, quiet], ['unknown', 'start-timer 300 s', 'probe-one']],
    ['that the attempt fails is no news', [lost, quiet, lost], ['unknown']],
    ['unknown ends with a stream', [lost, quiet, up], ['reached', 'stop-timer', 'probe-all']],
    ['a late timer of a partner that is back does nothing', [quiet], ['reached']],
  ])('%s', (_title, events, expected) => expect(play(...events)).toEqual(expected));
});
