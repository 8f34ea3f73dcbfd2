/** Acknowledgements with a real server [XEP-0198]: Prosody's mod_smacks as the partner fabrikam.example, in both directions. */
import { expect, it } from '@jest/globals';
import type { Element } from '../../../src/gateway/xmpp/xml/element.ts';
import { startProsody } from '../../peers/prosody.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { createAuthority } from '../../support/pki.ts';
import { startTcpRelay } from '../../support/tcp-relay.ts';
import { loginXmpp } from '../../support/xmpp-client.ts';
import { bodyOf, chat, row, startFederation } from '../../support/xmpp-federation.ts';

const bobs = 'bob@fabrikam.example';
const alices = 'alice@contoso.example';
const security = row('required', 'required', false);

describeWithPeers('Prosody with mod_smacks', [peers.prosody, peers.openssl], () => {
  const authority = createAuthority('federation-root');
  const contosoCertificate = authority.issue({ names: ['contoso.example'] });
  const fabrikamCertificate = authority.issue({ names: ['fabrikam.example'] });

  const scene = async (handle: (stanza: Element) => Promise<void> | void = () => undefined) => {
    const dns = await startDnsServer();
    const contoso = await startFederation({
      domains: ['contoso.example'],
      dns: dns.address,
      partners: { 'fabrikam.example': security },
      certificate: contosoCertificate,
      root: authority.rootPem,
      handle,
    });
    const prosody = await startProsody({
      domain: 'fabrikam.example',
      dnsPort: dns.port,
      users: { bob: 'open sesame' },
      certificate: fabrikamCertificate,
      roots: authority.rootPem,
      requireValidCertificate: true,
      modulesEnabled: ['smacks'],
    });
    const wire = await startTcpRelay(prosody.s2sPort);
    dns.xmppServer('contoso.example', contoso.port);
    dns.xmppServer('fabrikam.example', wire.port);
    const login = { port: prosody.c2sPort, domain: 'fabrikam.example', user: 'bob', password: 'open sesame' };
    const bob = await loginXmpp(login);
    bob.sendPresence();
    return { contoso, prosody, bob, wire };
  };

  it('acknowledges what it was sent', async () => {
    const { contoso, bob } = await scene();
    const deliveries = ['one', 'two', 'three'].map((body) => contoso.s2s.send(chat(alices, bobs, body)));
    for (const delivery of await Promise.all(deliveries))
      expect(delivery).toMatchObject({ ok: true, acknowledged: true });
    await bob.waitForMessage('three');
  });

  it('hears an acknowledgement of what it sent when that is handled', async () => {
    let finish = (): void => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { contoso, prosody, bob } = await scene((stanza) => (bodyOf(stanza) === 'slow' ? done : undefined));
    // What waited for its stream is sent before it asks for acknowledgements, and not counted.
    bob.sendMessage(alices, 'early');
    await prosody.process.waitFor(/Enabling stream management/);
    bob.sendMessage(alices, 'slow');
    await contoso.waitForStanza('message', (stanza) => bodyOf(stanza) === 'slow');
    await prosody.process.waitFor(/s2sout\S+\s+debug\s+#queue = 1 \(acked: 0\)/);
    finish();
    await prosody.process.waitFor(/s2sout\S+\s+debug\s+#queue = 0 \(acked: 1\)/);
  });

  it('gets each message once a stream broke, or its sender is told', async () => {
    const { contoso, bob, wire } = await scene();
    await contoso.s2s.send(chat(alices, bobs, 'first'));
    const bodies = Array.from({ length: 50 }, (_, index) => `m${index}`);
    const deliveries = bodies.map((body) => contoso.s2s.send(chat(alices, bobs, body)));
    await bob.waitForMessage('m0');
    wire.cut();
    const outcomes = await Promise.all(deliveries);
    await contoso.s2s.send(chat(alices, bobs, 'last'));
    await bob.waitForMessage('last');
    const lost = bodies.filter(
      (body, index) => outcomes[index]?.ok === true && !bob.received.some((stanza) => bodyIn(stanza) === body),
    );
    expect(lost).toEqual([]);
  });
});

const bodyIn = ({ children }: Parameters<typeof bodyOf>[0]): string =>
  children
    .flatMap((child) => (typeof child === 'object' && child.name === 'body' ? child.children : []))
    .filter((child) => typeof child === 'string')
    .join('');
