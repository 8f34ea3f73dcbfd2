/** Loops that real routes make: each one ends after one turn, and the sender is told. */
import { expect, it } from '@jest/globals';

import type { Configuration } from '../../src/config/configuration.ts';
import type { Crossing } from '../../src/gateway/crossing.ts';
import { fromSip } from '../../src/gateway/from-sip.ts';
import { fromXmpp } from '../../src/gateway/from-xmpp.ts';
import { OrderedDeliveries } from '../../src/gateway/ordered-deliveries.ts';
import { SentMessages } from '../../src/gateway/sent-messages.ts';
import { Headers } from '../../src/gateway/sip/headers.ts';
import { LoopGuard } from '../../src/gateway/sip/loop-guard.ts';
import { openSipSide, type SipSide } from '../../src/gateway/sip-side.ts';
import { readStanzaError } from '../../src/gateway/xmpp/stanza-error.ts';
import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import { realClock } from '../../src/primitives/clock.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { randomIds } from '../../src/primitives/ids.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { freePort } from '../peers/free-port.ts';
import { startKamailio } from '../peers/kamailio.ts';
import { delivered, fabrikam, openConfiguration } from '../support/crossing.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { body, fromBob, noPresence } from '../support/xmpp-door.ts';
import { closing, endpoint } from './sip/endpoints.ts';

interface Site {
  /** What went to the XMPP side. */
  readonly stanzas: Element[];
  readonly events: LogEvent[];
  receive(stanza: Element): Promise<void>;
}

interface SiteOptions {
  readonly configuration: Configuration;
  readonly sipPort: number;
  /** Where its stanzas go. */
  toXmpp(stanza: Element): void;
}

/** Both doors of a gateway with a real SIP side, and a partner on the other. */
async function startSite({ configuration, sipPort, toXmpp }: SiteOptions): Promise<Site> {
  const [stanzas, events]: [Element[], LogEvent[]] = [[], []];
  const deliveries = new OrderedDeliveries();
  let side: SipSide | undefined;
  const crossing: Crossing = {
    configuration: () => configuration,
    async toXmpp(stanza) {
      stanzas.push(stanza);
      toXmpp(stanza);
      return delivered;
    },
    toSip: async (delivery) => (await side?.deliver(delivery)) ?? { status: 503, reason: 'Down' },
    loops: new LoopGuard(randomIds),
    clock: realClock,
    ids: randomIds,
    onEvent: (event) => void events.push(event),
  };
  const sent = new SentMessages(realClock);
  const users = fromSip(crossing, deliveries, sent);
  const contacts = fromXmpp(crossing, { deliveries, sent, presence: noPresence });
  side = closing(
    await openSipSide(
      () => ({
        ...configuration,
        gateway: { ...configuration.gateway, sipListenAddress: '127.0.0.1', sipPort, sipTlsPort: 0 },
      }),
      {
        clock: realClock,
        ids: randomIds,
        onEvent: crossing.onEvent,
        certificate: () => undefined,
        anchors: () => [],
        readAnchors: () => [],
        digestSecrets: () => undefined,
        dialbackSecret: () => new Secret('secret'),
      },
      {
        loops: crossing.loops,
        onOutgoing: (request) => void users.receive(request),
        admit: (invited) => users.admit(invited),
        onPresenceChange: () => undefined,
        onSubscribed: () => undefined,
        watchersOf: () => [],
        onNews: () => undefined,
      },
    ),
  );
  return { stanzas, events, receive: async (stanza) => contacts.receive(stanza) };
}

const name = (text: string): DomainName => text as DomainName;

/** One SIP domain behind the proxy, and the other one as the partner. */
const federated = (own: string, partner: string, proxyPort: number): Configuration => ({
  ...openConfiguration,
  sipDomains: { [own]: { identity: name(own), isDefault: true } },
  sipRoutes: {
    [own]: {
      identity: name(own),
      nextHops: [`127.0.0.1:${proxyPort};transport=tcp`],
      dnsLookup: 'Host',
      sessionMode: 'Pager',
    },
  },
  federatedPartners: { [partner]: { ...fabrikam, identity: name(partner), additionalDomains: [] } },
});

const eventOf = ({ events }: Site, id: string): readonly LogEvent[] => events.filter((event) => event.id === id);

/** How many MESSAGEs the proxy has sent it. */
const messagesTo = (site: Site): number =>
  eventOf(site, 'SipMessage').filter(({ message }) => message.startsWith('received MESSAGE')).length;

const errorsIn = ({ stanzas }: Site): readonly unknown[] =>
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
    const site = await startSite({
      configuration: federated('contoso.example', 'fabrikam.example', kamailio.port),
      sipPort,
      toXmpp: () => undefined,
    });
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
    const sites: { a?: Site; b?: Site } = {};
    let onError: (stanza: Element) => void = () => undefined;
    const told = new Promise<Element>((resolve) => {
      onError = resolve;
    });
    sites.a = await startSite({
      configuration: federated('contoso.example', 'fabrikam.example', kamailio.port),
      sipPort: portA,
      toXmpp: (stanza) => void sites.b?.receive(stanza),
    });
    sites.b = await startSite({
      configuration: federated('fabrikam.example', 'contoso.example', kamailio.port),
      sipPort: portB,
      toXmpp(stanza) {
        if (stanza.attributes['type'] === 'error') onError(stanza);
        void sites.a?.receive(stanza);
      },
    });
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
