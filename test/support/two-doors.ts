/** Both doors of a gateway with a real SIP side, and a scripted partner on the other. */
import type { Configuration } from '../../src/config/configuration.ts';
import type { Crossing } from '../../src/gateway/crossing.ts';
import { fromSip } from '../../src/gateway/from-sip.ts';
import { fromXmpp } from '../../src/gateway/from-xmpp.ts';
import { LoopGuard } from '../../src/gateway/sip/loop-guard.ts';
import { openSipSide, type SipSide } from '../../src/gateway/sip-side.ts';
import type { Element } from '../../src/gateway/xmpp/xml/element.ts';
import { realClock } from '../../src/primitives/clock.ts';
import type { DomainName } from '../../src/primitives/domain-name.ts';
import { randomIds } from '../../src/primitives/ids.ts';
import type { LogEvent } from '../../src/primitives/log-event.ts';
import { Secret } from '../../src/primitives/secret.ts';
import type { TraceNote } from '../../src/primitives/trace-step.ts';
import { delivered, fabrikam, openConfiguration } from './crossing.ts';
import { gatewayParts } from './gateway-parts.ts';
import { noPresence } from './xmpp-door.ts';

export interface TwoDoors {
  /** UDP and TCP of its SIP side. */
  readonly port: number;
  /** What went to the XMPP side. */
  readonly stanzas: Element[];
  readonly events: LogEvent[];
  readonly notes: TraceNote[];
  receive(stanza: Element): Promise<void>;
  close(): Promise<void>;
}

interface TwoDoorOptions {
  readonly configuration: Configuration;
  /** 0: any that is free. */
  readonly sipPort: number;
  /** Where its stanzas go. */
  toXmpp?(stanza: Element): void;
}

/** Both doors of a gateway with a real SIP side, and a partner on the other. */
export async function startTwoDoors({ configuration, sipPort, toXmpp }: TwoDoorOptions): Promise<TwoDoors> {
  const [stanzas, events, notes]: [Element[], LogEvent[], TraceNote[]] = [[], [], []];
  let side: SipSide | undefined;
  const crossing: Crossing = {
    configuration: () => configuration,
    async toXmpp(stanza) {
      stanzas.push(stanza);
      toXmpp?.(stanza);
      return delivered;
    },
    toSip: async (delivery) => (await side?.deliver(delivery)) ?? { status: 503, reason: 'Down' },
    loops: new LoopGuard(randomIds),
    clock: realClock,
    ids: randomIds,
    onEvent: (event) => void events.push(event),
    onTrace: (note) => void notes.push(note),
  };
  const parts = gatewayParts(crossing);
  const users = fromSip(crossing, parts);
  const contacts = fromXmpp(crossing, { ...parts, presence: noPresence });
  side = await openSipSide(
    () => ({
      ...configuration,
      gateway: { ...configuration.gateway, sipListenAddress: '127.0.0.1', sipPort, sipTlsPort: 0 },
    }),
    {
      clock: realClock,
      ids: randomIds,
      onEvent: crossing.onEvent,
      onTrace: crossing.onTrace,
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
  );
  const opened = side;
  return {
    port: side.listeners[0]?.port ?? 0,
    stanzas,
    events,
    notes,
    async receive(stanza) {
      await contacts.receive(stanza);
    },
    close: () => opened.close(),
  };
}

const name = (text: string): DomainName => text as DomainName;

/** One SIP domain behind a proxy, and the other one as the partner. */
export const federated = (own: string, partner: string, proxyPort: number): Configuration => ({
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
