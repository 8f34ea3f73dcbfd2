/** Who is known to the limits of the SIP side: hops by their last verdict, listed peers, registered devices. */
import { expect, it } from '@jest/globals';

import { knownSources } from '../../src/gateway/known-sources.ts';
import type { Source } from '../../src/gateway/sip/transport.ts';
import { ok, refuse } from '../../src/primitives/result.ts';
import { movableClock } from '../support/movable-clock.ts';

const hop: Source = { transport: 'tcp', address: '192.0.2.7', port: 40_000, connectionId: 'c7' };

function scene() {
  const clock = movableClock();
  const trust = {
    proves: () => ok(undefined),
    isListed: ({ address }: Source) => address === '192.0.2.8',
    trustsAsHop: async ({ address }: Source) => (address === hop.address ? ok(undefined) : refuse('nobody')),
  };
  return { clock, known: knownSources(trust, clock, (address) => address === '192.0.2.9') };
}

it('a next hop is trusted once it was found to be one, on that connection, for a minute after its last request', async () => {
  const { clock, known } = scene();
  expect(known.standingOf(hop)).toBe('stranger');
  await known.trust.trustsAsHop(hop, []);
  expect(known.standingOf(hop)).toBe('trusted');
  expect(known.standingOf({ ...hop, connectionId: 'another' })).toBe('stranger');
  clock.advance(60_000);
  expect(known.standingOf(hop)).toBe('stranger');
});

it('whoever was refused as a next hop stays a stranger', async () => {
  const { known } = scene();
  const source = { ...hop, address: '192.0.2.66' };
  await known.trust.trustsAsHop(source, []);
  expect(known.standingOf(source)).toBe('stranger');
});

it('TrustedSipPeers are trusted, and the address of a registered device is known', () => {
  const { known } = scene();
  const standing = (address: string) => known.standingOf({ transport: 'udp', address, port: 5060 });
  expect(['192.0.2.8', '192.0.2.9', '192.0.2.10'].map(standing)).toEqual(['trusted', 'registered', 'stranger']);
});
