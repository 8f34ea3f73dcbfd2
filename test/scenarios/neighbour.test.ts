/** What users of a real XMPP server get when they ask the gateway who it is, and when they send what cannot cross. */
import { expect, it } from '@jest/globals';

import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import { childElements, type Element, textOf } from '../../src/gateway/xmpp/xml/element.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { federate } from './federation.ts';

/** Milliseconds: every step waits for a real peer, on a machine that runs other suites too. */
const patience = 180_000;
const alice = 'alice@contoso.example';

describeWithPeers('Prosody and sipp', [peers.prosody, peers.sipp], () => {
  it(
    'ping, disco and version are answered; an OMEMO message comes back; a correction and a receipt cross',
    async () => {
      const federation = await federate({ peer: 'external', partner: ['-SupportDialbackNegotiation', 'false'] });
      await federation.site.run('set-xmppgatewayconfiguration', '-ContactAddresses', 'abuse=mailto:abuse@contoso.com');
      const bob = await federation.bob();
      bob.sendPresence();
      const withId = (id: string): Promise<Element> =>
        bob.waitFor(`answer to ${id}`, ({ attributes }) => attributes['id'] === id);
      const ask = (id: string, to: string, namespace: string, name = 'query'): Promise<Element> => {
        bob.send(`<iq type="get" id="${id}" to="${to}"><${name} xmlns="${namespace}"/></iq>`);
        return withId(id);
      };

      expect((await ask('p1', 'contoso.example', 'urn:xmpp:ping', 'ping')).attributes['type']).toBe('result');
      expect((await ask('p2', alice, 'urn:xmpp:ping', 'ping')).attributes['type']).toBe('result');

      const [info] = childElements(await ask('d1', 'contoso.example', 'http://jabber.org/protocol/disco#info'));
      const identities = (info === undefined ? [] : childElements(info)).filter(({ name }) => name === 'identity');
      expect(identities).toMatchObject([{ attributes: { category: 'gateway', type: 'simple' } }]);
      expect(JSON.stringify(info)).toContain('mailto:abuse@contoso.com');

      const [version] = childElements(await ask('v1', 'contoso.example', 'jabber:iq:version'));
      expect((version === undefined ? [] : childElements(version)).map(textOf)).toContain('xgw');

      for (const user of [alice, 'nobody@contoso.example']) {
        const refused = await ask(`d-${user}`, user, 'http://jabber.org/protocol/disco#info');
        expect(readStanzaError(refused).condition).toBe('service-unavailable');
      }

      bob.send(
        `<message to="${alice}" type="chat" id="o1"><encrypted xmlns="eu.siacs.conversations.axolotl"><payload>AA==</payload></encrypted>` +
          `<encryption xmlns="urn:xmpp:eme:0" namespace="eu.siacs.conversations.axolotl"/><body>You cannot read this</body></message>`,
      );
      const returned = await withId('o1');
      expect([returned.attributes['type'], readStanzaError(returned).condition]).toEqual(['error', 'not-acceptable']);

      bob.send(`<presence to="${alice}/nick" id="r1"><x xmlns="http://jabber.org/protocol/muc"/></presence>`);
      expect(readStanzaError(await withId('r1')).condition).toBe('service-unavailable');

      const { message } = await federation.aliceReceives();
      bob.send(
        `<message to="${alice}" type="chat" id="e1"><body>at nine</body><replace xmlns="urn:xmpp:message-correct:0" id="e0"/>` +
          `<request xmlns="urn:xmpp:receipts"/></message>`,
      );
      const wire = await message;
      expect(wire).toContain('[edited] at nine');
      expect(wire).not.toContain('You cannot read this');
      const isReceipt = ({ children }: Element): boolean => JSON.stringify(children).includes('"name":"received"');
      const receipt = await bob.waitFor('receipt', isReceipt);
      expect(childElements(receipt)).toMatchObject([{ namespace: 'urn:xmpp:receipts', attributes: { id: 'e1' } }]);
    },
    patience,
  );
});
