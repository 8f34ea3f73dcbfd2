/** Loops that real routes make: each one ends after one turn, and the sender is told. */
import { expect, it } from '@jest/globals';

import { Headers } from '../../src/gateway/sip/headers.ts';
import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { freePort } from '../peers/free-port.ts';
import { startKamailio } from '../peers/kamailio.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { federated, startTwoDoors, type TwoDoors } from '../support/two-doors.ts';
import { body, fromBob } from '../support/xmpp-door.ts';
import { closing, endpoint } from './sip/endpoints.ts';

const eventOf = ({ events }: TwoDoors, id: string): readonly LogEvent[] => events.filter((event) => event.id === id);

/** How many MESSAGEs the proxy has sent it. */
const messagesTo = (site: TwoDoors): number =>
  site.notes.filter((note) => note.kind === 'Wire' && note.direction === 'In' && note.summary.startsWith('MESSAGE'))
    .length;

const errorsIn = ({ stanzas }: TwoDoors): readonly unknown[] =>
  stanzas
    .filter(({ attributes }) => attributes['type'] === 'error')
    .map((stanza) => [stanza.attributes['to'], readStanzaError(stanza)]);

describeWithPeers('a loop through Kamailio', [peers.kamailio], () => {
  it('that sends our MESSAGE back to us ends after one turn: 482 to the hop, an error to the contact', async () => {
    const [sipPort, tlsPort, kamailioPort] = [await freePort(), await freePort(), await freePort()];
    const kamailio = await startKamailio({
      domain: 'contoso.example',
      users: ['alice'],
      returned: ['alice'],
      gateway: { host: '127.0.0.1', port: sipPort, transport: 'tcp' },
      ports: { port: kamailioPort, tlsPort },
    });
    const site = closing(
      await startTwoDoors({
        configuration: federated('contoso.example', 'fabrikam.example', kamailio.port),
        sipPort,
      }),
    );
    await site.receive(fromBob('message', { type: 'chat' }, body('Round and round')));
    expect(messagesTo(site)).toBe(1);
    expect(eventOf(site, 'LoopDetected')).toMatchObject([
      { level: 'warn', facts: { from: 'sip:bob@fabrikam.example', to: 'sip:alice@contoso.example', status: 482 } },
    ]);
    expect(errorsIn(site)).toEqual([
      ['bob@fabrikam.example/desk', expect.objectContaining({ condition: 'not-acceptable', text: 'Loop Detected' })],
    ]);
  });

  it('of two gateways that federate with each other, in front of one proxy, ends at the first one', async () => {
    const [portA, portB, kamailioPort, tlsPort] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const kamailio = await startKamailio({
      domain: 'contoso.example',
      users: ['alice'],
      gateway: { host: '127.0.0.1', port: portA, transport: 'tcp' },
      ports: { port: kamailioPort, tlsPort },
    });
    const sites: { a?: TwoDoors; b?: TwoDoors } = {};
    let onError: (stanza: Element) => void = () => undefined;
    const told = new Promise<Element>((resolve) => {
      onError = resolve;
    });
    sites.a = closing(
      await startTwoDoors({
        configuration: federated('contoso.example', 'fabrikam.example', kamailio.port),
        sipPort: portA,
        toXmpp: (stanza) => void sites.b?.receive(stanza),
      }),
    );
    sites.b = closing(
      await startTwoDoors({
        configuration: federated('fabrikam.example', 'contoso.example', kamailio.port),
        sipPort: portB,
        toXmpp(stanza) {
          if (stanza.attributes['type'] === 'error') onError(stanza);
          void sites.a?.receive(stanza);
        },
      }),
    );
    const alice = await endpoint();
    const headers = Headers.of([
      ['From', '<sip:alice@contoso.example>;tag=1'],
      ['To', '<sip:bob@fabrikam.example>'],
      ['Call-ID', 'ring'],
      ['CSeq', '1 MESSAGE'],
      ['Content-Type', 'text/plain'],
    ]);
    const message = { method: 'MESSAGE', requestUri: 'sip:bob@fabrikam.example', headers, body: Buffer.from('Round') };
    await alice.request(message, { host: '127.0.0.1', port: kamailio.port, transport: 'tcp' });
    expect(readStanzaError(await told)).toMatchObject({ condition: 'not-acceptable', text: 'Loop Detected' });
    // The one of alice, and the same once more.
    expect(messagesTo(sites.a)).toBe(2);
    expect(sites.a.stanzas).toHaveLength(1);
  });
});
