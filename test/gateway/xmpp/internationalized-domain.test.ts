/** Domains that are not ASCII, between us and a real server: U-labels in streams and stanzas, A-labels in DNS, SNI and certificates. */
import { expect, it } from '@jest/globals';

import { stanza } from '../../../src/gateway/xmpp/stanza.ts';
import { element } from '../../../src/gateway/xmpp/xml/element.ts';
import { startProsody } from '../../peers/prosody.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { createAuthority } from '../../support/pki.ts';
import { row, startFederation } from '../../support/xmpp-federation.ts';

const ours = { ascii: 'xn--mnchen-3ya.example', unicode: 'münchen.example' };
const theirs = { ascii: 'xn--bcher-kva.example', unicode: 'bücher.example' };

describeWithPeers('Prosody for bücher.example', [peers.prosody, peers.openssl], () => {
  it.each([
    ['SASL EXTERNAL', row('required', 'required', false), true],
    ['dialback in clear', row('not-supported', 'not-supported', true), false],
  ] as const)(
    'knows itself by the addresses we send, and we know ourselves by its answer: %s',
    async (_title, security, isSecure) => {
      const authority = createAuthority('idn-root');
      const dns = await startDnsServer();
      const gateway = await startFederation({
        domains: [ours.ascii],
        dns: dns.address,
        partners: { [theirs.ascii]: security },
        ...(isSecure ? { certificate: authority.issue({ names: [ours.ascii] }), root: authority.rootPem } : {}),
      });
      const prosody = await startProsody({
        domain: theirs.unicode,
        dnsPort: dns.port,
        ...(isSecure ? { certificate: authority.issue({ names: [theirs.ascii] }), roots: authority.rootPem } : {}),
        requireValidCertificate: isSecure,
      });
      dns.xmppServer(ours.ascii, gateway.port);
      dns.xmppServer(theirs.ascii, prosody.s2sPort);

      const ends = { from: ours.unicode, to: theirs.unicode, id: 'p1', type: 'get' };
      const delivery = await gateway.s2s.send(stanza('iq', ends, element('ping', 'urn:xmpp:ping')));
      expect(delivery).toMatchObject({ ok: true });
      const answer = await gateway.waitForStanza('pong', ({ attributes }) => attributes['id'] === 'p1');
      expect({ ...answer.attributes }).toMatchObject({ type: 'result', from: theirs.unicode, to: ours.unicode });
    },
  );
});
