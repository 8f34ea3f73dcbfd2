/** An IM between a real XMPP server and real SIP clients, in both directions, and what the sender learns when it cannot be. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { startBaresip } from '../peers/baresip.ts';
import { freePort } from '../peers/free-port.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { type Federation, type FederationOptions, federate, passwords } from './federation.ts';

const bobAor = 'sip:bob@fabrikam.example';
const text = 'Grüße aus Zürich: 你好 👋 <&>';
/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;

const securities: readonly (FederationOptions & { readonly title: string; readonly method: string })[] = [
  {
    title: 'SASL EXTERNAL over TLS',
    peer: 'external',
    partner: ['-SupportDialbackNegotiation', 'false'],
    method: 'SASL over TLS',
  },
  {
    title: 'dialback over TLS, for a peer without a valid certificate',
    peer: 'dialback-tls',
    partner: ['-SaslNegotiation', 'Optional'],
    method: 'TLS Dialback',
    transport: 'tcp',
  },
  {
    title: 'plain dialback, where the partner is configured for it',
    peer: 'plain',
    partner: ['-TlsNegotiation', 'NotSupported', '-SaslNegotiation', 'NotSupported', '-AllowInsecure', 'test'],
    method: 'TCP Dialback',
  },
];

const [external] = securities as [(typeof securities)[number]];

/** How the streams of both directions were authenticated, from the event log. */
async function methods({ site }: Federation): Promise<readonly unknown[]> {
  const events = await site.run('get-eventlog', '-Tail', '1000');
  const authenticated = events.filter(({ Event }) => Event === 'StreamAuthenticated');
  return [...new Set(authenticated.map(({ Facts }) => (Facts as Record<string, unknown>)['method']))];
}

describeWithPeers('Prosody and sipp', [peers.prosody, peers.sipp], () => {
  for (const { title, method, ...options } of securities) {
    it(
      `exchange an IM by ${title}, UTF-8 intact`,
      async () => {
        const federation = await federate(options);
        const bob = await federation.bob();
        bob.sendPresence();
        const { message } = await federation.aliceReceives();
        bob.sendMessage('alice@contoso.example', text, 'm1');
        const wire = await message;
        expect(wire).toContain('MESSAGE sip:alice@');
        expect(wire).toMatch(/From: <sip:bob@fabrikam\.example>/);
        expect(wire).toContain(text);

        const sent = await federation.aliceSends(bobAor, 'Gut angekommen ✓', 202);
        expect(sent.exitCode).toBe(0);
        const answer = await bob.waitForMessage('Gut angekommen ✓');
        expect(answer.attributes['from']).toMatch(/^alice@contoso\.example/);
        expect(await methods(federation)).toEqual([method]);
      },
      patience,
    );
  }

  it(
    'an IM to an unknown SIP user comes back as item-not-found, one to a user who is offline as recipient-unavailable',
    async () => {
      const federation = await federate(external);
      const bob = await federation.bob();
      bob.sendMessage('nobody@contoso.example', 'Hello?', 'm2');
      const unknown = await bob.waitFor('error', ({ attributes }) => attributes['id'] === 'm2');
      expect([unknown.attributes['type'], errorOf(unknown)]).toEqual(['error', 'item-not-found']);
      bob.sendMessage('alice@contoso.example', 'Hello?', 'm3');
      const offline = await bob.waitFor('error', ({ attributes }) => attributes['id'] === 'm3');
      expect([offline.attributes['type'], errorOf(offline)]).toEqual(['error', 'recipient-unavailable']);
    },
    patience,
  );

  it(
    'an IM to a partner that is down comes back to the SIP sender as an error where nothing is to wait, at once and not by a time-out',
    async () => {
      const federation = await federate(external);
      await federation.site.run('set-xmppgatewayconfiguration', '-QueuedMessageLifetime', '0');
      await federation.xmppServer.process.stop();
      const sent = await federation.aliceSends(bobAor, 'Hello?', 408);
      expect([sent.exitCode, sent.errors]).toEqual([0, '']);
    },
    patience,
  );

  it(
    'an IM to an XMPP user who does not exist: the SIP sender is told by a message',
    async () => {
      const federation = await federate(external);
      const { message } = await federation.aliceReceives();
      const sent = await federation.aliceSends('sip:nobody@fabrikam.example', 'Hello?', 202);
      expect(sent.exitCode).toBe(0);
      expect(await message).toMatch(/Your message to nobody@fabrikam\.example was not delivered/);
    },
    patience,
  );

  it(
    'a removed partner is refused at once, and its streams are closed; a new one is served without a restart',
    async () => {
      const federation = await federate(external);
      const { site } = federation;
      expect((await federation.aliceSends(bobAor, 'One', 202)).exitCode).toBe(0);
      await site.run('remove-xmppfederatedpartner', 'fabrikam.example');
      await federation.xmppServer.process.waitFor(/contoso\.example.*(closed|close)|[Dd]estroying.*contoso\.example/);
      const refused = await federation.aliceSends(bobAor, 'Two', 403);
      expect([refused.exitCode, refused.errors]).toEqual([0, '']);
      await site.run(
        'new-xmppfederatedpartner',
        'fabrikam.example',
        '-PartnerType',
        'Federated',
        '-SupportDialbackNegotiation',
        'false',
      );
      expect((await federation.aliceSends(bobAor, 'Three', 202)).exitCode).toBe(0);
    },
    patience,
  );

  it(
    'stop-service closes the streams of both directions properly: system-shutdown, and their closing tags',
    async () => {
      const federation = await federate(external);
      const bob = await federation.bob();
      bob.sendMessage('nobody@contoso.example', 'Hello?', 'm5');
      await bob.waitFor('error', ({ attributes }) => attributes['id'] === 'm5');
      await federation.site.run('stop-service');
      const log = federation.xmppServer.process.output();
      expect(log).toMatch(/Incoming s2s stream contoso\.example->fabrikam\.example closed: system-shutdown/);
      expect(log).toMatch(/Outgoing s2s stream fabrikam\.example->contoso\.example closed: system-shutdown/);
      expect((await federation.site.run('get-service'))[0]).toMatchObject({ Status: 'Stopped' });
    },
    patience,
  );

  it(
    'test-xmppim proves a partner without any SIP client, and names what is wrong',
    async () => {
      const { site, xmppServer } = await federate(external);
      const [success] = await site.run('test-xmppim', '-Receiver', 'bob@fabrikam.example');
      expect(success).toMatchObject({ Result: 'Success', ErrorMessage: '' });
      expect(String(success?.['Latency'])).toMatch(/^00:00:\d\d\.\d{7}$/);
      await xmppServer.process.stop();
      const failure = await site.type('test-xmppim', '-Receiver', 'bob@fabrikam.example');
      expect(failure.code).toBe(21);
      expect(JSON.parse(failure.stdout)).toMatchObject({ Result: 'Failure', Latency: '00:00:00' });
      const unknown = await site.type('test-xmppim', '-Receiver', 'bob@unknown.example');
      expect(unknown.code).toBe(21);
      expect(unknown.stderr).toContain('xgw new-xmppfederatedpartner unknown.example');
    },
    patience,
  );
});

describeWithPeers('Prosody and baresip', [peers.prosody, peers.baresip, peers.script], () => {
  it.each(['udp', 'tcp', 'tls'] as const)(
    'exchange an IM in both directions over %s',
    async (transport) => {
      const sipTlsPort = transport === 'tls' ? await freePort() : 0;
      const federation = await federate({ ...external, sipTlsPort });
      const bob = await federation.bob();
      bob.sendPresence();
      const baresip = await startBaresip({
        server: { host: '127.0.0.1', port: transport === 'tls' ? sipTlsPort : federation.site.sipPort },
        transport,
        user: 'alice',
        domain: 'contoso.example',
        password: passwords.alice,
        contacts: [bobAor],
      });
      await baresip.registered();
      bob.sendMessage('alice@contoso.example', 'Hello baresip', 'm4');
      expect(await baresip.message(bobAor)).toBe('Hello baresip');
      await baresip.send(bobAor, 'Hello Prosody');
      await bob.waitForMessage('Hello Prosody');
      await baresip.stop();
    },
    patience,
  );
});

const errorOf = (stanza: Parameters<typeof readStanzaError>[0]): string => readStanzaError(stanza).condition;
