import { describe, expect, it } from '@jest/globals';

import type { GatewayStatus, HopStatus } from '../../src/gateway/gateway-status.ts';
import { hopWarnings } from '../../src/operations/hop-warnings.ts';
import { serviceObject } from '../../src/operations/service/service-object.ts';

const up: HopStatus = { route: 'contoso.com', hop: 'fe01.contoso.com:5061;transport=tls', state: 'Up' };
const down: HopStatus = {
  route: 'contoso.com',
  hop: 'fe02.contoso.com:5061;transport=tls',
  state: 'Down',
  since: '2026-11-23T10:00:00.000Z',
  reason: 'it answers 503 Service Unavailable',
};
const downSentence =
  'The next hop fe02.contoso.com:5061;transport=tls is down since 2026-11-23T10:00:00.000Z: it answers 503 Service Unavailable.';

describe('next hops that do not work', () => {
  it('are a warning each, with since when and why', () => {
    expect(hopWarnings([up, down])).toEqual([downSentence]);
    expect(hopWarnings([up, { ...up, state: 'Unknown' }])).toEqual([]);
  });

  it('are one more, and the first, when no hop of a route is left', () => {
    expect(hopWarnings([{ ...up, route: 'fabrikam.com' }, down])).toEqual([
      'No next hop of the route contoso.com works: nothing reaches its users.',
      downSentence,
    ]);
    expect(hopWarnings([{ ...down, route: 'Global' }])[0]).toBe(
      'No next hop of the Global route works: nothing reaches its users.',
    );
  });

  it('are told once where several routes have the same hop', () => {
    expect(hopWarnings([down, up, { ...down, route: 'b.com' }, { ...up, route: 'b.com' }])).toEqual([downSentence]);
  });
});

it('get-service shows each hop with its state in Hops, once', () => {
  const gateway = { listeners: [], warnings: [], hops: [up, down, { ...up, route: 'b.com' }] };
  const state = { status: 'Running', gateway: gateway as unknown as GatewayStatus } as const;
  expect(serviceObject(state, 1).Hops).toEqual([
    'fe01.contoso.com:5061;transport=tls Up',
    'fe02.contoso.com:5061;transport=tls Down',
  ]);
});
