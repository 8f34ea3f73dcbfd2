/** IM sessions as Lync and OCS speak them: pidgin-sipe behind Kamailio, and Prosody. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { childOf } from '../../src/gateway/xmpp/xml/element.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import type { XmppClient } from '../support/xmpp-client.ts';
import { federateByHop, type HopFederation } from './hop-federation.ts';

const alice = 'alice@contoso.example';
const bobAor = 'sip:bob@fabrikam.example';
const chatStates = 'http://jabber.org/protocol/chatstates';
const text = 'Grüße aus Zürich: 你好 👋';
/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;

const types = (bob: XmppClient, state: string): void =>
  bob.send(`<message to="${alice}" type="chat"><${state} xmlns="${chatStates}"/></message>`);

async function stateOf(bob: XmppClient, state: string): Promise<void> {
  await bob.waitFor(state, (stanza) => childOf(stanza, state, chatStates) !== undefined);
}

/** What Kamailio has routed for the conversation, by method, in order; a retransmission counts once more. */
const routed = ({ kamailio }: HopFederation): string[] =>
  [...kamailio.process.output().matchAll(/ROUTE (INVITE|MESSAGE|INFO|BYE) .*(?:fabrikam|alice)/g)].map(
    ([, method = '']) => method,
  );

const needed = [peers.prosody, peers.kamailio, peers.python, peers.libpurple, peers.sipe, peers.sipp];

describeWithPeers('IM sessions with pidgin-sipe behind Kamailio', needed, () => {
  for (const [sessionMode, dialect, medium] of [
    ['Pager', 'LCS2005', 'x-ms-message'],
    ['Auto', 'OCS2007', 'message'],
  ] as const) {
    it(
      `a session that the SIP user opens carries both directions, typing and the end of it: ${sessionMode} mode, ${dialect}`,
      async () => {
        const federation = await federateByHop({ transport: 'tcp', sessionMode, dialect });
        const bob = await federation.bob();
        const sipe = await federation.aliceWith('sipe');
        sipe.send(bobAor, text);
        const first = await bob.waitForMessage(text);
        expect(first.attributes['from']).toMatch(/^alice@contoso\.example/);

        bob.sendMessage(alice, 'Salut à toi');
        await sipe.waitFor('message', 'Salut');
        types(bob, 'composing');
        await federation.kamailio.process.waitFor(/ROUTE INFO sip:alice@/);

        sipe.typing(bobAor, true);
        await stateOf(bob, 'composing');
        sipe.typing(bobAor, false);
        await stateOf(bob, 'paused');
        sipe.closeWindow(bobAor);
        await stateOf(bob, 'gone');
        expect(bob.received.filter((stanza) => childOf(stanza, 'body', stanza.namespace) !== undefined)).toHaveLength(
          1,
        );
        // What it has routed reaches its log a moment later.
        await federation.kamailio.process.waitFor(/ROUTE BYE/);
        expect(federation.kamailio.process.output()).toMatch(new RegExp(`OFFER m=${medium} `));
        expect(new Set(routed(federation))).toEqual(new Set(['INVITE', 'MESSAGE', 'INFO', 'BYE']));
      },
      patience,
    );
  }

  it(
    'a message from XMPP opens a session in Session mode, LCS2005; the answer, typing and the end take the same one',
    async () => {
      const federation = await federateByHop({ transport: 'tcp', sessionMode: 'Session', dialect: 'LCS2005' });
      const bob = await federation.bob();
      const sipe = await federation.aliceWith('sipe');
      bob.sendMessage(alice, text);
      await sipe.waitFor('message', 'bob@fabrikam');
      types(bob, 'composing');
      await federation.kamailio.process.waitFor(/ROUTE INFO sip:alice@/);
      sipe.send(bobAor, 'Gut angekommen');
      await bob.waitForMessage('Gut angekommen');
      types(bob, 'gone');
      await federation.kamailio.process.waitFor(/ROUTE BYE/);
      expect(routed(federation).filter((method) => method === 'INVITE')).toHaveLength(1);

      bob.sendMessage(alice, 'Once more');
      await sipe.waitFor('message', 'Once more');
      await federation.kamailio.process.waitFor(/ROUTE INVITE[^]*ROUTE INVITE/);
      expect(routed(federation).filter((method) => method === 'INVITE')).toHaveLength(2);
    },
    patience,
  );

  it(
    'in Auto mode a client that knows no sessions gets pages, and one that does gets sessions when it has shown that',
    async () => {
      const federation = await federateByHop({ transport: 'tcp', sessionMode: 'Auto' });
      const bob = await federation.bob();
      const simple = await federation.aliceWith('simple');
      bob.sendMessage(alice, text);
      await simple.waitFor('message', 'bob@fabrikam');
      bob.sendMessage(alice, 'Once more');
      await simple.waitFor('message', 'Once more');
      await federation.kamailio.process.waitFor(/ROUTE MESSAGE[^]*ROUTE MESSAGE/);
      expect(routed(federation)).toEqual(['INVITE', 'MESSAGE', 'MESSAGE']);
      expect(await federation.events('SessionModeChanged')).toHaveLength(1);
      await simple.stop();

      const sipe = await federation.aliceWith('sipe');
      sipe.send(bobAor, 'With sessions');
      await bob.waitForMessage('With sessions');
      sipe.closeWindow(bobAor);
      await stateOf(bob, 'gone');
      bob.sendMessage(alice, 'In a session');
      await sipe.waitFor('message', 'In a session');
      await federation.kamailio.process.waitFor(/ROUTE INVITE[^]*ROUTE INVITE[^]*ROUTE INVITE/);
      const [ended] = await federation.events('ImSessionEnded');
      expect(ended).toMatchObject({ Message: expect.stringContaining('the user has left') });
    },
    patience,
  );

  it(
    'whom the hop does not know or reach is an error to the sender, in Session mode too; who only rings is rung no longer when the gateway stops',
    async () => {
      const federation = await federateByHop({ transport: 'tcp', sessionMode: 'Session' });
      const bob = await federation.bob();
      const errorFor = async (to: string, id: string): Promise<string> => {
        bob.sendMessage(to, 'Hello?', id);
        const stanza = await bob.waitFor('error', ({ attributes }) => attributes['id'] === id, 45_000);
        return readStanzaError(stanza).condition;
      };
      expect(await errorFor('nobody@contoso.example', 'm1')).toBe('item-not-found');
      expect(await errorFor(alice, 'm2')).toBe('recipient-unavailable');

      // An invitation that nobody takes is taken back through the proxy, when the gateway stops at the latest.
      const device = await federation.aliceRings();
      const error = errorFor(alice, 'm3');
      await federation.kamailio.process.waitFor(/ROUTE INVITE sip:alice@[^]*ROUTE INVITE sip:alice@/);
      await federation.site.run('stop-service', '-Force');
      expect(await error).toBe('recipient-unavailable');
      expect(await device.finished).toMatchObject({ exitCode: 0 });
    },
    patience,
  );
});
