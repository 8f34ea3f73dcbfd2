/** Whether the end of a stream was a goodbye or a loss: what presence that came on it is worth afterwards depends on it. */
import { describe, expect, it } from '@jest/globals';

import type { S2sLimits } from '../../../src/gateway/xmpp/s2s-limits.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { movableClock } from '../../support/movable-clock.ts';
import { createAuthority } from '../../support/pki.ts';
import { startTcpRelay } from '../../support/tcp-relay.ts';
import { chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const authority = createAuthority('test-root');
const certificates = {
  contoso: authority.issue({ names: ['contoso.example'] }),
  fabrikam: authority.issue({ names: ['fabrikam.example'] }),
};

/** A stream from contoso.example to fabrikam.example, on a wire that can be cut. */
async function connected(limits: Partial<S2sLimits> = {}) {
  const dns = await startDnsServer();
  // The certificates are of today.
  const clock = { ...movableClock(), wallTime: () => new Date() };
  const strict = row('required', 'required', false);
  const common = { dns: dns.address, root: authority.rootPem };
  const contoso = await startFederation({
    ...common,
    domains: ['contoso.example'],
    partners: { 'fabrikam.example': { ...strict, keepAlive: false } },
    certificate: certificates.contoso,
    clock,
    limits,
  });
  const fabrikam = await startFederation({
    ...common,
    domains: ['fabrikam.example'],
    partners: { 'contoso.example': strict },
    certificate: certificates.fabrikam,
  });
  const wire = await startTcpRelay(fabrikam.port);
  dns.xmppServer('fabrikam.example', wire.port);
  expect(await contoso.s2s.send(chat('alice@contoso.example', 'bob@fabrikam.example', 'hello'))).toMatchObject({
    ok: true,
  });
  return { contoso, fabrikam, wire, clock };
}

const lost = async (federation: Federation): Promise<readonly [boolean, readonly string[]]> => {
  const { lost: is, stream } = await federation.waitForEvent('closed');
  return [is, stream.authenticated];
};

describe('a stream', () => {
  it('that is broken is lost, to both sides', async () => {
    const { contoso, fabrikam, wire } = await connected();
    wire.cut();
    expect(await lost(contoso)).toEqual([true, ['fabrikam.example']]);
    expect(await lost(fabrikam)).toEqual([true, ['contoso.example']]);
  });

  it('that one side closes is not lost, to either', async () => {
    const { contoso, fabrikam } = await connected();
    fabrikam.s2s.disconnect('contoso.example', 'maintenance');
    expect((await lost(contoso))[0]).toBe(false);
    expect((await lost(fabrikam))[0]).toBe(false);
  });

  it('that has been idle for too long is not lost either', async () => {
    const { contoso, fabrikam, clock } = await connected({ inactivityMs: 50_000 });
    clock.advance(51_000);
    expect((await lost(contoso))[0]).toBe(false);
    expect((await lost(fabrikam))[0]).toBe(false);
  });

  it('whose peer does not even answer a goodbye is lost', async () => {
    const { contoso, wire, clock } = await connected({ inactivityMs: 50_000 });
    wire.fallSilent();
    clock.advance(51_000);
    clock.advance(10_000);
    expect((await lost(contoso))[0]).toBe(true);
  });
});
