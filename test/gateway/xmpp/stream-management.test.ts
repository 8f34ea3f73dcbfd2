import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { newlyAcknowledged, printAcknowledgement } from '../../../src/gateway/xmpp/stream-management.ts';
import { element } from '../../../src/gateway/xmpp/xml/element.ts';

const answer = (h: string) => element('a', 'urn:xmpp:sm:3', { h });

describe('acknowledgement counts [XEP-0198 §4]', () => {
  it('go back to zero at 2^32', () => {
    expect(printAcknowledgement(2 ** 32 + 3).attributes['h']).toBe('3');
    expect(newlyAcknowledged(answer('1'), 2 ** 32 + 1, 2 ** 32 - 2)).toEqual({ ok: true, value: 3 });
  });

  it('read back as what was printed, wherever the counter is', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31), fc.nat(2 ** 20), fc.nat(2 ** 20), (rounds, more, later) => {
        const acknowledged = rounds * 1_000;
        const printed = printAcknowledgement(acknowledged + more);
        const sent = acknowledged + more + later;
        expect(newlyAcknowledged(printed, sent, acknowledged)).toEqual({ ok: true, value: more });
      }),
    );
  });

  it('never acknowledge more than is outstanding, whatever the peer says', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1_000), fc.nat(1_000), (h, acknowledged, outstanding) => {
        const more = newlyAcknowledged(answer(h), acknowledged + outstanding, acknowledged);
        if (more.ok) expect(more.value).toBeLessThanOrEqual(outstanding);
      }),
    );
  });
});
