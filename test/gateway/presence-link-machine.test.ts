import { describe, expect, it } from '@jest/globals';

import {
  type LinkState,
  receiveStep,
  type SubscriptionStanza,
  sendStep,
} from '../../src/gateway/presence-link-machine.ts';

const stanzas: readonly SubscriptionStanza[] = ['subscribe', 'unsubscribe', 'subscribed', 'unsubscribed'];

/** One row a state: for each stanza whether it crosses, and the state after it. `-` is "no, and nothing changes". */
const outbound: readonly (readonly [LinkState, ...string[]])[] = [
  ['none', 'none+po', 'none', '-', '-'],
  ['none+po', 'none+po', 'none', '-', '-'],
  ['none+pi', 'none+po+pi', 'none+pi', 'from', 'none'],
  ['none+po+pi', 'none+po+pi', 'none+pi', 'from+po', 'none+po'],
  ['to', 'to', 'none', '-', '-'],
  ['to+pi', 'to+pi', 'none+pi', 'both', 'to'],
  ['from', 'from+po', 'from', '-', 'none'],
  ['from+po', 'from+po', 'from', '-', 'none+po'],
  ['both', 'both', 'from', '-', 'to'],
];

const inbound: readonly (readonly [LinkState, ...string[]])[] = [
  ['none', 'none+pi', '-', '-', '-'],
  ['none+po', 'none+po+pi', '-', 'to', 'none'],
  ['none+pi', '-', 'none', '-', '-'],
  ['none+po+pi', '-', 'none+po', 'to+pi', 'none+pi'],
  ['to', 'to+pi', '-', '-', 'none'],
  ['to+pi', '-', 'to', '-', 'none+pi'],
  ['from', 'auto', 'none', '-', '-'],
  ['from+po', 'auto', 'none+po', 'both', 'from'],
  ['both', 'auto', 'to', '-', 'from'],
];

describe('subscription states [RFC 6121 Appendix A]', () => {
  for (const [state, ...cells] of outbound) {
    it(`sends from ${state} as table A.2 says`, () => {
      const played = stanzas.map((stanza) => sendStep(state, stanza));
      expect(played.map((step) => (step.crosses ? step.state : '-'))).toEqual(cells);
      expect(played.filter((step) => !step.crosses && step.state !== state)).toEqual([]);
    });
  }

  for (const [state, ...cells] of inbound) {
    it(`receives in ${state} as table A.3 says`, () => {
      const played = stanzas.map((stanza) => receiveStep(state, stanza));
      const shown = played.map((step) => (step.answerSubscribed ? 'auto' : step.crosses ? step.state : '-'));
      expect(shown).toEqual(cells);
      expect(played.filter((step) => !step.crosses && step.state !== state)).toEqual([]);
    });
  }
});
