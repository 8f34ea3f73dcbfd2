import { describe, expect, it } from '@jest/globals';

import { dialbackKey, isGenuineKey } from '../../../src/gateway/xmpp/dialback-key.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { Secret } from '../../../src/primitives/secret.ts';

const secret = new Secret('s3cr3tf0rd14lb4ck');
const ours = { dialbackSecret: secret };
const claim = (receiving: string, originating: string, streamId: string) => ({
  receiving: receiving as DomainName,
  originating: originating as DomainName,
  streamId,
});

describe('dialback key [XEP-0185]', () => {
  it.each([
    [
      'XEP-0185 §3',
      claim('xmpp.example.com', 'example.org', 'D60000229F'),
      '37c69b1cf07a3f67c04a5ef5902fa5114f2c76fe4a2686482ba5b89323075643',
    ],
    [
      'XEP-0220 §2.1.1',
      claim('montague.example', 'capulet.example', 'D60000229F'),
      'b4835385f37fe2895af6c196b59097b16862406db80559900d96bf6fa7d23df3',
    ],
  ])('is that of the specification: %s', (_, vector, key) => {
    expect(dialbackKey(secret, vector)).toBe(key);
    expect(isGenuineKey(ours, vector, key)).toBe(true);
    expect(isGenuineKey(ours, vector, `\n ${key}\n`)).toBe(true);
  });

  it('is of no use for another pair, stream or secret', () => {
    const made = claim('montague.example', 'capulet.example', 'D60000229F');
    const key = dialbackKey(secret, made);
    expect(isGenuineKey(ours, { ...made, streamId: 'D60000229E' }, key)).toBe(false);
    expect(isGenuineKey(ours, claim('capulet.example', 'montague.example', 'D60000229F'), key)).toBe(false);
    expect(isGenuineKey({ dialbackSecret: new Secret('other') }, made, key)).toBe(false);
    expect(isGenuineKey(ours, made, '')).toBe(false);
  });

  it('made from the secret before counts as long as that one does', () => {
    const made = claim('montague.example', 'capulet.example', 'D60000229F');
    const former = new Secret('before');
    const rotated = { ...ours, formerDialbackSecret: () => former };
    expect(isGenuineKey(rotated, made, dialbackKey(former, made))).toBe(true);
    expect(isGenuineKey(rotated, made, dialbackKey(secret, made))).toBe(true);
    expect(isGenuineKey(rotated, made, dialbackKey(new Secret('other'), made))).toBe(false);
    expect(isGenuineKey({ ...ours, formerDialbackSecret: () => undefined }, made, dialbackKey(former, made))).toBe(
      false,
    );
  });

  it('cannot be moved to another pair through a space in the stream id', () => {
    const made = { receiving: 'a.example', originating: 'b.example', streamId: 'c.example x' };
    const key = dialbackKey(secret, claim(made.receiving, made.originating, made.streamId));
    expect(isGenuineKey(ours, claim(made.receiving, made.originating, made.streamId), key)).toBe(false);
  });
});
