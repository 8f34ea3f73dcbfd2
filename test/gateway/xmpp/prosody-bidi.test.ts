/** One stream for both directions with a real server [XEP-0288]: Prosody's mod_s2s_bidi as the partner fabrikam.example, whoever opens it. */
import { expect, it } from '@jest/globals';

import type { StreamSecurity } from '../../../src/gateway/xmpp/stream-security.ts';
import { startProsody } from '../../peers/prosody.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { createAuthority, selfSigned, type TestCertificate } from '../../support/pki.ts';
import { startTcpRelay } from '../../support/tcp-relay.ts';
import { loginXmpp } from '../../support/xmpp-client.ts';
import { bodyOf, chat, type Federation, row, startFederation } from '../../support/xmpp-federation.ts';

const bobs = 'bob@fabrikam.example';
const alices = 'alice@contoso.example';
const strict: StreamSecurity = { ...row('required', 'required', false), bidi: true };
const dialbackOnly: StreamSecurity = { ...row('required', 'not-supported', true), bidi: true };

interface Setting {
  readonly security?: StreamSecurity;
  readonly smacks?: boolean;
  /** Of Prosody. */
  readonly certificate?: TestCertificate;
  readonly requireValidCertificate?: boolean;
}

describeWithPeers('Prosody with mod_s2s_bidi', [peers.prosody, peers.openssl], () => {
  const authority = createAuthority('federation-root');
  const contosoCertificate = authority.issue({ names: ['contoso.example'] });
  const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });

  const scene = async ({ security = strict, smacks = true, ...own }: Setting = {}) => {
    const dns = await startDnsServer();
    const contoso = await startFederation({
      domains: ['contoso.example'],
      dns: dns.address,
      partners: { 'fabrikam.example': security },
      certificate: contosoCertificate,
      root: authority.rootPem,
    });
    const prosody = await startProsody({
      domain: 'fabrikam.example',
      dnsPort: dns.port,
      users: { bob: 'open sesame' },
      certificate: own.certificate ?? fabrikamCertificate,
      roots: authority.rootPem,
      requireValidCertificate: own.requireValidCertificate ?? true,
      modulesEnabled: ['s2s_bidi', ...(smacks ? ['smacks'] : [])],
    });
    const wire = await startTcpRelay(prosody.s2sPort);
    dns.xmppServer('contoso.example', contoso.port);
    dns.xmppServer('fabrikam.example', wire.port);
    const login = { port: prosody.c2sPort, domain: 'fabrikam.example', user: 'bob', password: 'open sesame' };
    const bob = await loginXmpp(login);
    bob.sendPresence();
    return { contoso, prosody, bob, wire };
  };

  const saying = (contoso: Federation, body: string) =>
    contoso.waitForStanza(body, (stanza) => bodyOf(stanza) === body);
  const opened = (contoso: Federation, direction: string) =>
    contoso.events.filter((event) => event.type === 'stream-opened' && event.stream.direction === direction);

  it.each([true, false])('opens it, and is answered on it: acknowledged %s', async (smacks) => {
    const { contoso, prosody, bob } = await scene({ smacks });
    bob.sendMessage(alices, 'hello');
    await saying(contoso, 'hello');
    if (smacks) await prosody.process.waitFor(/Enabling stream management/);
    const delivery = await contoso.s2s.send(chat(alices, bobs, 'welcome'));
    expect(delivery).toMatchObject({ ok: true, acknowledged: smacks });
    await bob.waitForMessage('welcome');
    // Who acknowledges nothing is asked whether he has read it.
    const stanzasOut = smacks ? 1 : 2;
    expect(contoso.s2s.sessions()).toMatchObject([{ direction: 'inbound', bidirectional: true, stanzasOut }]);
    expect(opened(contoso, 'outbound')).toEqual([]);
  });

  it.each([true, false])('answers on the one that we open: acknowledged %s', async (smacks) => {
    const { contoso, prosody, bob } = await scene({ smacks });
    expect(await contoso.s2s.send(chat(alices, bobs, 'hello'))).toMatchObject({ ok: true, acknowledged: smacks });
    await bob.waitForMessage('hello');
    bob.sendMessage(alices, 'welcome');
    await saying(contoso, 'welcome');
    if (smacks) await prosody.process.waitFor(/s2sin\S+\s+debug\s+#queue = 0 \(acked: [1-9]/);
    expect(contoso.s2s.sessions()).toMatchObject([{ direction: 'outbound', bidirectional: true }]);
    expect(opened(contoso, 'inbound')).toEqual([]);
    expect(prosody.process.output()).not.toMatch(/opening a new outgoing connection/);
  });

  it('opens it by dialback, and its key is verified on a connection of its own', async () => {
    const certificate = selfSigned({ names: ['fabrikam.example'] });
    const { contoso, bob } = await scene({ security: dialbackOnly, certificate, requireValidCertificate: false });
    bob.sendMessage(alices, 'hello');
    await saying(contoso, 'hello');
    const verified = await contoso.waitForEvent('closed', ({ reason }) => reason === 'the key was verified');
    expect(verified.stream).toMatchObject({ direction: 'outbound', bidirectional: false });
    expect(await contoso.s2s.send(chat(alices, bobs, 'welcome'))).toMatchObject({ ok: true, method: 'TLS Dialback' });
    await bob.waitForMessage('welcome');
    expect(opened(contoso, 'outbound')).toHaveLength(1);
    expect(contoso.s2s.sessions()).toMatchObject([{ direction: 'inbound', bidirectional: true }]);
  });

  it('is not asked to send where its certificate proves nothing, and opens its own', async () => {
    const certificate = selfSigned({ names: ['fabrikam.example'] });
    const { contoso, bob } = await scene({ security: dialbackOnly, certificate, requireValidCertificate: false });
    expect(await contoso.s2s.send(chat(alices, bobs, 'hello'))).toMatchObject({ ok: true, method: 'TLS Dialback' });
    await bob.waitForMessage('hello');
    bob.sendMessage(alices, 'welcome');
    await saying(contoso, 'welcome');
    const [outbound] = contoso.s2s.sessions().filter(({ direction }) => direction === 'outbound');
    expect(outbound).toMatchObject({ bidirectional: false, stanzasIn: 0 });
  });

  it('finds us again, and we it, when the stream broke', async () => {
    const { contoso, prosody, bob, wire } = await scene();
    await contoso.s2s.send(chat(alices, bobs, 'first'));
    await bob.waitForMessage('first');
    bob.sendMessage(alices, 'second');
    await saying(contoso, 'second');
    wire.cut();
    // What it wrote to a stream whose end it has not seen would come back to him as an error.
    await Promise.all([contoso.waitForEvent('closed'), prosody.process.waitFor(/s2s disconnected: contoso/)]);
    bob.sendMessage(alices, 'third');
    await saying(contoso, 'third');
    expect(await contoso.s2s.send(chat(alices, bobs, 'fourth'))).toMatchObject({ ok: true });
    await bob.waitForMessage('fourth');
  });
});
