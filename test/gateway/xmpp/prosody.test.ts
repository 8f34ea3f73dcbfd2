/** Interoperation with a real server: Prosody 0.12 as the partner fabrikam.example, in both directions. */
import { expect, it } from '@jest/globals';
import type { StreamSecurity } from '../../../src/gateway/xmpp/s2s-options.ts';
import { type Prosody, type ProsodyOptions, startProsody } from '../../peers/prosody.ts';
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
  readonly prosody: Prosody;
  readonly bob: XmppClient;
}

const passwords = { bob: 'open sesame' };
const bobs = 'bob@fabrikam.example';
const alices = 'alice@contoso.example';

async function scene(
  security: StreamSecurity,
  prosodyOptions: Partial<ProsodyOptions>,
  ours: Partial<FederationOptions>,
): Promise<Scene> {
  const dns = await startDnsServer();
  const contoso = await startFederation({
    domains: ['contoso.example'],
    dns: dns.address,
    partners: { 'fabrikam.example': security },
    ...ours,
  });
  const prosody = await startProsody({
    domain: 'fabrikam.example',
    dnsPort: dns.port,
    users: passwords,
    ...prosodyOptions,
  });
  dns.xmppServer('contoso.example', contoso.port);
  dns.xmppServer('fabrikam.example', prosody.s2sPort);
  const bob = await loginXmpp({
    port: prosody.c2sPort,
    domain: 'fabrikam.example',
    user: 'bob',
    password: passwords.bob,
  });
  bob.sendPresence();
  return { contoso, prosody, bob };
}

/** A message each way; each direction is a stream of its own. */
async function exchange({
  contoso,
  bob,
}: Scene): Promise<{ outbound: string | undefined; inbound: string | undefined }> {
  const delivery = await contoso.s2s.send(chat(`${alices}/desk`, bobs, 'to prosody'));
  if (!delivery.ok) throw new Error(delivery.reason);
  await bob.waitForMessage('to prosody');
  bob.sendMessage(alices, 'from prosody');
  await contoso.waitForStanza('message from prosody', (stanza) => bodyOf(stanza) === 'from prosody');
  const inbound = contoso.received.find(({ stanza }) => bodyOf(stanza) === 'from prosody')?.stream.method;
  return { outbound: delivery.method, inbound };
}

describeWithPeers('Prosody', [peers.prosody, peers.openssl], () => {
  const authority = createAuthority('federation-root');
  const contosoCertificate = authority.issue({ names: ['contoso.example'] });
  const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });
  const ours = { certificate: contosoCertificate, root: authority.rootPem };
  const theirs = { certificate: fabrikamCertificate, roots: authority.rootPem };

  it('authenticates with SASL EXTERNAL over TLS both ways, with certificates for serverAuth only', async () => {
    const played = await scene(row('required', 'required', false), { ...theirs, requireValidCertificate: true }, ours);
    expect(await exchange(played)).toEqual({ outbound: 'SASL over TLS', inbound: 'SASL over TLS' });
  });

  it('uses dialback over TLS both ways where its certificate is not acceptable and the row permits it', async () => {
    const certificate = selfSigned({ names: ['fabrikam.example'] });
    const played = await scene(row('required', 'optional', true), { ...theirs, certificate }, ours);
    expect(await exchange(played)).toEqual({ outbound: 'TLS Dialback', inbound: 'TLS Dialback' });
  });

  it('is refused both ways where its certificate is not acceptable and SASL is required', async () => {
    const certificate = selfSigned({ names: ['fabrikam.example'] });
    const { contoso, bob } = await scene(row('required', 'required', true), { ...theirs, certificate }, ours);
    const delivery = await contoso.s2s.send(chat(alices, bobs, 'to prosody'));
    expect(delivery).toMatchObject({ ok: false, error: { type: 'wait', condition: 'remote-server-timeout' } });
    expect(delivery.ok ? '' : delivery.reason).toMatch(/^certificate: .*self-signed/);
    bob.sendMessage(alices, 'from prosody', 'm7');
    expect(await contoso.waitForEvent('refused')).toMatchObject({
      condition: 'not-authorized',
      reason: expect.stringMatching('self-signed'),
    });
    const error = await bob.waitFor('bounce', ({ attributes }) => attributes['id'] === 'm7');
    expect(error.attributes['type']).toBe('error');
    expect(contoso.received).toEqual([]);
  });

  it('uses dialback in clear both ways where the row permits it', async () => {
    const played = await scene(row('not-supported', 'not-supported', true), {}, {});
    expect(await exchange(played)).toEqual({ outbound: 'TCP Dialback', inbound: 'TCP Dialback' });
  });

  it('is refused both ways without TLS where TLS is required', async () => {
    const { contoso, bob } = await scene(row('required', 'optional', true), {}, ours);
    const delivery = await contoso.s2s.send(chat(alices, bobs, 'to prosody'));
    expect(delivery).toMatchObject({ ok: false, error: { condition: 'remote-server-timeout' } });
    bob.sendMessage(alices, 'from prosody', 'm8');
    expect(await contoso.waitForEvent('refused')).toMatchObject({
      condition: 'policy-violation',
      reason: 'Use of STARTTLS required',
    });
    await bob.waitFor('bounce', ({ attributes }) => attributes['id'] === 'm8' && attributes['type'] === 'error');
    expect(contoso.received).toEqual([]);
    expect(contoso.events.filter(({ type }) => type === 'authenticated')).toEqual([]);
  });

  it('takes dialback over TLS on a second connection without a certificate, after it broke off over ours [XEP-0178 §3]', async () => {
    const played = await scene(row('required', 'optional', true), { ...theirs, breaksOffOverCertificates: true }, ours);
    const { contoso, bob } = played;
    expect(await contoso.s2s.send(chat(alices, bobs, 'to prosody'))).toMatchObject({
      ok: true,
      method: 'TLS Dialback',
    });
    await bob.waitForMessage('to prosody');
    const closed = await contoso.waitForEvent('closed', ({ stream }) => stream.direction === 'outbound');
    expect(closed.reason).toMatch(/SSL alert number 4[2-8]/);
  });

  it('is given up when it breaks off over our certificate and dialback is not permitted', async () => {
    const strict = row('required', 'required', true);
    const { contoso } = await scene(strict, { ...theirs, breaksOffOverCertificates: true }, ours);
    expect(await contoso.s2s.send(chat(alices, bobs, 'to prosody'))).toMatchObject({
      ok: false,
      error: { condition: 'remote-server-timeout' },
    });
    expect(contoso.s2s.failures()).toMatchObject([
      {
        step: 'certificate',
        code: 'peer-rejects-certificate',
        hint: expect.any(String),
        told: 'remote-server-timeout',
      },
    ]);
    expect(contoso.events.filter(({ type }) => type === 'stream-opened')).toHaveLength(1);
  });

  it('authenticates in both directions at the same time without waiting for itself', async () => {
    const certificate = selfSigned({ names: ['fabrikam.example'] });
    const { contoso, bob } = await scene(row('optional', 'optional', true), { ...theirs, certificate }, ours);
    bob.sendMessage(alices, 'from prosody');
    const delivery = await contoso.s2s.send(chat(alices, bobs, 'to prosody'));
    expect(delivery).toMatchObject({ ok: true, method: 'TLS Dialback' });
    await contoso.waitForStanza('message', (stanza) => bodyOf(stanza) === 'from prosody');
    await bob.waitForMessage('to prosody');
  });
});
