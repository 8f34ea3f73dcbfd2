import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { printStreamLimits, readStreamLimits } from '../../../src/gateway/xmpp/stream-limits.ts';
import { element } from '../../../src/gateway/xmpp/xml/element.ts';

const namespace = 'urn:xmpp:stream-limits:0';

it('reads what it prints [XEP-0478 §3.1]', () => {
  const count = fc.integer({ min: 1, max: 2 ** 31 });
  fc.assert(
    fc.property(fc.record({ maxBytes: count, idleSeconds: count }, { requiredKeys: [] }), (limits) => {
      const features = element('features', 'x', {}, ...printStreamLimits(limits));
      expect(readStreamLimits(features)).toEqual(limits);
    }),
  );
});

it.each(['0', '-5', '1e9', 'many', '', '12.5', '9'.repeat(16)])('takes %p for no limit', (text) => {
  const limits = element('limits', namespace, {}, element('max-bytes', namespace, {}, text));
  expect(readStreamLimits(element('features', 'x', {}, limits))).toEqual({});
});
