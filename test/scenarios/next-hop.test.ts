/** xgw as the peer of a real SIP proxy that owns the users: what crosses, what is refused, and who gets to know. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { childOf, type Element } from '../../src/gateway/xmpp/xml/element.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import type { XmppClient } from '../support/xmpp-client.ts';
import { federateByHop, hopName } from './hop-federation.ts';

const chatStates = 'http://jabber.org/protocol/chatstates';
const text = 'Grüße aus Zürich: 你好 👋 <&>';
/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;

const alice = 'alice@contoso.example';
const succeeded = { exitCode: 0, errors: '' };

/** Sends to the address and gives the stanza error that comes back. */
async function errorFor(bob: XmppClient, to: string, id: string): Promise<string> {
  bob.sendMessage(to, 'Hello?', id);
  const stanza = await bob.waitFor('error', ({ attributes }) => attributes['id'] === id, 45_000);
  expect(stanza.attributes['type']).toBe('error');
  return readStanzaError(stanza).condition;
}

const factsOf = (events: readonly Record<string, unknown>[]): unknown[] => events.map(({ Facts }) => Facts);

describeWithPeers('Prosody, and Kamailio as the next hop', [peers.prosody, peers.kamailio, peers.sipp], () => {
  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    it(
      `an IM crosses in both directions by ${transport}, UTF-8 intact`,
      async () => {
        const federation = await federateByHop({ transport });
        const bob = await federation.bob();
        const { message } = await federation.aliceReceives();
        bob.sendMessage(alice, text);
        const wire = await message;
        expect(wire).toMatch(/From: <sip:bob@fabrikam\.example>/);
        expect(wire).toContain(text);
        const routed = `ROUTE MESSAGE sip:${alice} from sip:bob@fabrikam.example via ${transport}:127.0.0.1`;
        await federation.kamailio.process.waitFor(new RegExp(routed.replaceAll('.', '\\.')));

        expect(await federation.aliceSends('Gut angekommen ✓', 202)).toMatchObject(succeeded);
        const answer = await bob.waitForMessage('Gut angekommen ✓');
        expect(answer.attributes['from']).toMatch(/^alice@contoso\.example/);
        expect(await federation.events('SipPeerNotTrusted')).toEqual([]);
      },
      patience,
    );
  }

  it(
    'typing notices cross in both directions',
    async () => {
      const federation = await federateByHop({ transport: 'tcp' });
      const bob = await federation.bob();
      const { message } = await federation.aliceReceives();
      bob.send(`<message to="${alice}" type="chat"><composing xmlns="${chatStates}"/></message>`);
      expect(await message).toMatch(/Content-Type: application\/im-iscomposing\+xml[^]*<state>active<\/state>/i);

      const notice = '<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>active</state></isComposing>';
      const sent = await federation.aliceSends(notice, 202, 'application/im-iscomposing+xml');
      expect(sent).toMatchObject(succeeded);
      const isTyping = (stanza: Element): boolean => childOf(stanza, 'composing', chatStates) !== undefined;
      expect((await bob.waitFor('typing notice', isTyping)).attributes['from']).toMatch(/^alice@contoso\.example/);
    },
    patience,
  );

  it(
    'what the proxy refuses comes back to the XMPP sender as an error, and so does a proxy that is down',
    async () => {
      const federation = await federateByHop({ transport: 'tcp' });
      const bob = await federation.bob();
      expect(await errorFor(bob, 'nobody@contoso.example', 'm1')).toBe('item-not-found');
      expect(await errorFor(bob, alice, 'm2')).toBe('recipient-unavailable');
      await federation.kamailio.process.stop();
      expect(await errorFor(bob, alice, 'm3')).toBe('remote-server-timeout');
      const [facts] = factsOf(await federation.events('NextHopUnreachable'));
      expect(facts).toMatchObject({ nextHop: expect.stringContaining(hopName), reason: expect.stringMatching(/./) });
    },
    patience,
  );

  it(
    'other requests of the proxy are answered, none is dropped',
    async () => {
      const federation = await federateByHop({ transport: 'tcp' });
      const answers = [
        await federation.aliceRequests('OPTIONS', 200),
        await federation.aliceRequests('PUBLISH', 405),
        await federation.aliceRequests('INVITE', 488),
        await federation.aliceRequests('INFO', 481, 'gone'),
        await federation.aliceRequests('NOTIFY', 481, 'gone'),
      ];
      for (const answer of answers) expect(answer).toMatchObject(succeeded);
      expect(answers[0]?.messages).toMatch(/^Allow: .*INVITE, MESSAGE, NOTIFY, OPTIONS, SUBSCRIBE/m);
    },
    patience,
  );

  it(
    'a SIP peer that is not trusted is refused with 403, and the event log says why',
    async () => {
      const federation = await federateByHop({ transport: 'tcp' });
      expect(await federation.strangerSends(403)).toMatchObject(succeeded);
      const [facts] = factsOf(await federation.events('SipPeerNotTrusted'));
      expect(facts).toMatchObject({ address: '127.0.0.1', transport: 'udp', reason: expect.stringContaining('UDP') });
    },
    patience,
  );

  it(
    'a hop whose certificate has another name is refused in both directions, until TrustedSipPeers names it',
    async () => {
      const federation = await federateByHop({ transport: 'tls', certificateName: 'other.contoso.example' });
      const bob = await federation.bob();
      expect(await errorFor(bob, alice, 'm4')).toBe('remote-server-timeout');
      expect(await federation.aliceSends('Hello?', 403)).toMatchObject(succeeded);
      const reason = expect.stringMatching(/^name-mismatch: .*other\.contoso\.example.*proxy\.contoso\.example/);
      const events = [
        ...(await federation.events('NextHopUnreachable')),
        ...(await federation.events('SipPeerNotTrusted')),
      ];
      expect(factsOf(events)).toMatchObject([{ reason }, { reason }]);

      await federation.site.run('set-xmppgatewayconfiguration', '-TrustedSipPeers', '+other.contoso.example');
      expect(await federation.aliceSends('Hello again', 202)).toMatchObject(succeeded);
      await bob.waitForMessage('Hello again');
    },
    patience,
  );

  it(
    'the Global policy governs users who are not in the store, both ways and at once',
    async () => {
      const federation = await federateByHop({ transport: 'tcp' });
      const bob = await federation.bob();
      expect(await federation.aliceSends('One', 202)).toMatchObject(succeeded);
      await federation.site.run('set-externalaccesspolicy', 'Global', '-EnableXmppAccess', 'false');
      expect(await federation.aliceSends('Two', 403)).toMatchObject(succeeded);
      expect(await errorFor(bob, alice, 'm5')).toBe('forbidden');
    },
    patience,
  );
});
