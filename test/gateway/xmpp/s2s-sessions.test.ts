import { describe, expect, it } from '@jest/globals';

import { startDnsServer } from '../../support/dns-server.ts';
import { createAuthority, selfSigned } from '../../support/pki.ts';
import {
  bodyOf,
  chat,
  type Federation,
  type FederationOptions,
  row,
  startFederation,
} from '../../support/xmpp-federation.ts';

const authority = createAuthority('test-root');
const contoso = authority.issue({ names: ['contoso.example'] });
const fabrikam = authority.issue({ names: ['fabrikam.example'] });
const good = { certificate: contoso, root: authority.rootPem };
const goodPeer = { certificate: fabrikam, root: authority.rootPem };

type Side = Partial<FederationOptions> & { readonly security: ReturnType<typeof row> };

/** contoso.example and fabrikam.example, each knowing the other as its only partner. */
async function pair(left: Side, right: Side): Promise<{ contoso: Federation; fabrikam: Federation }> {
  const dns = await startDnsServer();
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners: { 'fabrikam.example': left.security },
    ...left,
  });
  const fabrikam = await startFederation({
    domains: ['fabrikam.example'],
    dns: dns.address,
    partners: { 'contoso.example': right.security },
    ...right,
  });
  dns.xmppServer('contoso.example', contoso.port);
  dns.xmppServer('fabrikam.example', fabrikam.port);
  return { contoso, fabrikam };
}

const hello = chat('alice@contoso.example/desk', 'bob@fabrikam.example', 'hello');

describe('two gateways', () => {
  it('authenticate with SASL EXTERNAL over TLS and deliver', async () => {
    const sides = await pair(
      { ...good, security: row('required', 'required', true) },
      { ...goodPeer, security: row('required', 'required', true) },
    );
    expect(await sides.contoso.s2s.send(hello)).toMatchObject({
      ok: true,
      method: 'SASL over TLS',
      peerAddress: '127.0.0.1',
    });
    expect(bodyOf(await sides.fabrikam.waitForStanza('hello', (stanza) => bodyOf(stanza) === 'hello'))).toBe('hello');
    expect(sides.fabrikam.s2s.sessions()).toMatchObject([
      {
        direction: 'inbound',
        state: 'established',
        method: 'SASL over TLS',
        tls: { protocol: 'TLSv1.3' },
        stanzasIn: 1,
      },
    ]);
  });

  it('use dialback over TLS where one has no acceptable certificate and the row permits it', async () => {
    const bad = { certificate: selfSigned({ names: ['contoso.example'] }), root: authority.rootPem };
    const security = row('required', 'optional', true);
    const sides = await pair({ ...bad, security }, { ...goodPeer, security });
    expect(await sides.contoso.s2s.send(hello)).toMatchObject({ ok: true, method: 'TLS Dialback' });
  });

  it('use dialback in clear where the row permits it', async () => {
    const security = row('not-supported', 'not-supported', true);
    const sides = await pair({ security }, { security });
    expect(await sides.contoso.s2s.send(hello)).toMatchObject({ ok: true, method: 'TCP Dialback' });
    await sides.fabrikam.waitForStanza('hello', (stanza) => bodyOf(stanza) === 'hello');
  });
});
