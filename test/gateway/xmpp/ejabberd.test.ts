/**
 * Interoperation with a real server: ejabberd 23.01 as the partner fabrikam.example, in both directions. It refuses
 * certificates for serverAuth only, which are what public authorities issue now, and accepts dialback on the same stream.
 */
import { expect, it } from '@jest/globals';

import type { StreamSecurity } from '../../../src/gateway/xmpp/s2s-options.ts';
import { type Ejabberd, type EjabberdOptions, startEjabberd } from '../../peers/ejabberd.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { createAuthority, selfSigned } from '../../support/pki.ts';
import { loginXmpp, type XmppClient } from '../../support/xmpp-client.ts';
import {
  bodyOf,
  chat,
  type Federation,
  type FederationOptions,
  row,
  startFederation,
} from '../../support/xmpp-federation.ts';

interface Scene {
  readonly contoso: Federation;
  readonly ejabberd: Ejabberd;
  readonly bob: XmppClient;
}

const passwords = { bob: 'open sesame' };
const bobs = 'bob@fabrikam.example';
const alices = 'alice@contoso.example';

describeWithPeers('ejabberd', [peers.ejabberd, peers.openssl], () => {
  const authority = createAuthority('federation-root');
  const fabrikam = authority.issue({ names: ['fabrikam.example'], extendedKeyUsage: 'serverAuth,clientAuth' });
  const bothPurposes = authority.issue({ names: ['contoso.example'], extendedKeyUsage: 'serverAuth,clientAuth' });
  const serversOnly = authority.issue({ names: ['contoso.example'] });

  async function scene(
    security: StreamSecurity,
    ours: Partial<FederationOptions>,
    theirs: Partial<EjabberdOptions> = {},
  ): Promise<Scene> {
    const dns = await startDnsServer();
    const contoso = await startFederation({
      domains: ['contoso.example'],
      dns: dns.address,
      partners: { 'fabrikam.example': security },
      root: authority.rootPem,
      ...ours,
    });
    dns.srv('_xmpp-server._tcp.contoso.example', { priority: 1, weight: 0, port: contoso.port, target: 'localhost' });
    const ejabberd = await startEjabberd({
      domain: 'fabrikam.example',
      dnsPort: dns.port,
      certificate: fabrikam,
      roots: authority.rootPem,
      users: passwords,
      ...theirs,
    });
    dns.xmppServer('fabrikam.example', ejabberd.s2sPort);
    const bob = await loginXmpp({
      port: ejabberd.c2sPort,
      domain: 'fabrikam.example',
      user: 'bob',
      password: passwords.bob,
    });
    bob.sendPresence();
    return { contoso, ejabberd, bob };
  }

  const helloTo = async ({ contoso, bob }: Scene): Promise<unknown> => {
    const delivery = await contoso.s2s.send(chat(`${alices}/desk`, bobs, 'to ejabberd'));
    if (!delivery.ok) throw new Error(delivery.reason);
    await bob.waitForMessage('to ejabberd');
    return delivery.method;
  };

  const helloFrom = async ({ contoso, bob }: Scene): Promise<unknown> => {
    bob.sendMessage(alices, 'from ejabberd');
    await contoso.waitForStanza('message from ejabberd', (stanza) => bodyOf(stanza) === 'from ejabberd');
    return contoso.received.find(({ stanza }) => bodyOf(stanza) === 'from ejabberd')?.stream.method;
  };

  it('authenticates with SASL EXTERNAL both ways, with certificates for both purposes', async () => {
    const played = await scene(row('required', 'required', false), { certificate: bothPurposes });
    expect(await helloTo(played)).toBe('SASL over TLS');
    expect(await helloFrom(played)).toBe('SASL over TLS');
  });

  it('refuses a certificate for serverAuth only, and takes dialback on the same stream [XEP-0178 §3]', async () => {
    const played = await scene(row('required', 'optional', true), { certificate: serversOnly });
    expect(await helloTo(played)).toBe('TLS Dialback');
    const { contoso, ejabberd } = played;
    expect(ejabberd.process.output()).toMatch(/<failure xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><not-authorized\/>/);
    const opened = contoso.events.filter(({ type }) => type === 'stream-opened');
    expect(opened.map((event) => 'stream' in event && event.stream.direction)).toEqual(['outbound', 'inbound']);
    expect(contoso.s2s.failures()).toEqual([]);
    expect(await helloFrom(played)).toBe('SASL over TLS');
  });

  it('is given up where dialback is not permitted, with the cause and what to do about it', async () => {
    const { contoso, ejabberd } = await scene(row('required', 'required', true), { certificate: serversOnly });
    const delivery = await contoso.s2s.send(chat(alices, bobs, 'to ejabberd'));
    expect(delivery).toMatchObject({ ok: false, error: { type: 'wait', condition: 'remote-server-timeout' } });
    expect(contoso.s2s.failures()).toMatchObject([
      {
        remoteDomain: 'fabrikam.example',
        purpose: 'stanzas',
        step: 'sasl',
        code: 'peer-rejects-certificate',
        reason: expect.stringContaining('unsupported certificate purpose'),
        hint: expect.stringContaining('ejabberd before 25.08'),
        target: `xmpp.fabrikam.example [127.0.0.1]:${ejabberd.s2sPort}`,
        told: 'remote-server-timeout',
      },
    ]);
    expect(await contoso.waitForEvent('dial-failed')).toMatchObject({ code: 'peer-rejects-certificate' });
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toEqual([]);
    expect(ejabberd.process.output()).not.toContain('<db:result');
  });

  it('is given up where it knows no dialback either, after one attempt without a certificate', async () => {
    const { contoso } = await scene(
      row('required', 'optional', true),
      { certificate: serversOnly },
      { dialback: false },
    );
    expect(await contoso.s2s.send(chat(alices, bobs, 'to ejabberd'))).toMatchObject({ ok: false });
    expect(contoso.s2s.failures()).toMatchObject([
      { code: 'peer-rejects-certificate', reason: expect.stringContaining('Without a certificate:') },
    ]);
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toEqual([]);
  });

  it('uses dialback over TLS both ways where neither certificate is acceptable and the row permits it', async () => {
    const played = await scene(
      row('required', 'optional', true),
      { certificate: selfSigned({ names: ['contoso.example'] }) },
      { certificate: selfSigned({ names: ['fabrikam.example'] }) },
    );
    expect(await helloTo(played)).toBe('TLS Dialback');
    expect(await helloFrom(played)).toBe('TLS Dialback');
  });

  it('is refused in both directions where its certificate is not acceptable and SASL is required', async () => {
    const { contoso, bob } = await scene(
      row('required', 'required', true),
      { certificate: bothPurposes },
      { certificate: selfSigned({ names: ['fabrikam.example'] }) },
    );
    expect(await contoso.s2s.send(chat(alices, bobs, 'to ejabberd'))).toMatchObject({ ok: false });
    expect(contoso.s2s.failures()).toMatchObject([{ step: 'certificate', code: 'self-signed' }]);
    bob.sendMessage(alices, 'from ejabberd', 'm9');
    await bob.waitFor('bounce', ({ attributes }) => attributes['id'] === 'm9' && attributes['type'] === 'error');
    expect(contoso.received).toEqual([]);
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toEqual([]);
  });
});
