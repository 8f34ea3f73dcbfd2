/** The running gateway: the parts and their order. It follows the configuration it is given, without a restart. */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../config/configuration.ts';
import type { ListenerAddress } from '../primitives/listener-address.ts';
import type { Crossing, SipOutcome } from './crossing.ts';
import { fromSip, type RequestFromUser } from './from-sip.ts';
import { fromXmpp } from './from-xmpp.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import { OrderedDeliveries } from './ordered-deliveries.ts';
import { PresenceLinks } from './presence-links.ts';
import { SentMessages } from './sent-messages.ts';
import type { Pidf } from './sip/bodies/pidf.ts';
import { openSipSide, type SipDoors, type SipSide } from './sip-side.ts';
import type { StreamSummary } from './xmpp/s2s-event.ts';
import type { S2s } from './xmpp/s2s-sessions.ts';
import { xmppSide } from './xmpp-side.ts';

export interface Gateway {
  listeners(): readonly ListenerAddress[];
  sessions(): readonly StreamSummary[];
  /** Devices registered with the home server. */
  registrations(): number;
  /** What does not work although the gateway runs, one sentence each. */
  warnings(): readonly string[];
  /** The next configuration: in force for every decision from now on, streams of removed partners end at once. */
  reload(configuration: Configuration): Promise<void>;
  /** As if a SIP user had sent it: the same policy, the same way. @returns Its correlation id. */
  receiveFromUser(request: RequestFromUser): string;
  /** @param drainMs - Milliseconds that deliveries under way may take before everything is closed. */
  stop(drainMs: number): Promise<void>;
}

/** Settings whose change needs new listeners. */
const xmppListening = ({ gateway }: Configuration) => ({
  ...(gateway.xmppListenAddress === undefined ? {} : { address: gateway.xmppListenAddress }),
  port: gateway.xmppPort,
  ...(gateway.xmppDirectTlsPort === 0 ? {} : { directTlsPort: gateway.xmppDirectTlsPort }),
});

const sipListening = ({ gateway }: Configuration): unknown => [
  gateway.sipListenAddress,
  gateway.sipPort,
  gateway.sipTlsPort,
  gateway.sipMode,
];

/** @throws CodedError `ListenerInUse`, `ListenerDenied`, `ListenerFailed`; nothing stays open then. */
export async function startGateway(initial: Configuration, ports: GatewayPorts): Promise<Gateway> {
  let configuration = initial;
  const current = (): Configuration => configuration;
  const deliveries = new OrderedDeliveries();
  const sent = new SentMessages(ports.clock);
  const problems = new Map<string, string>();
  let sip: SipSide | undefined;

  const crossing: Crossing = {
    configuration: current,
    toXmpp: (stanza) => xmpp.send(stanza),
    toSip: (delivery): Promise<SipOutcome> =>
      sip?.deliver(delivery) ?? Promise.resolve({ status: 503, reason: 'SIP Side Is Down' }),
    clock: ports.clock,
    ids: ports.ids,
    onEvent: ports.onEvent,
  };
  const presence = new PresenceLinks(crossing, {
    presenceOf: (aor): Pidf => sip?.home?.presence.presenceOf(aor) ?? { entity: aor, tuples: [] },
    notify: (contact, user, update) => sip?.home?.presence.notifier.update(contact, user, update),
  });
  const sipDoor = fromSip(crossing, deliveries, sent);
  const xmppDoor = fromXmpp(crossing, { deliveries, sent, presence });
  const doors: SipDoors = {
    onOutgoing: (request) => void sipDoor.receive(request),
    onPresenceChange: (aor, state) => presence.userChanged(aor, state),
    onSubscribed: (event) => presence.watched(event),
  };
  const xmpp: S2s = xmppSide(current, ports, (stanza) => xmppDoor.receive(stanza));

  let xmppListeners = await xmpp.listen(xmppListening(initial));
  try {
    sip = await openSipSide(current, ports, doors);
  } catch (error) {
    await xmpp.close();
    throw error;
  }

  return {
    listeners: () => [...xmppListeners, ...(sip?.listeners ?? [])],
    sessions: () => xmpp.sessions(),
    registrations: () => sip?.home?.registrations().length ?? 0,
    warnings: () => [...problems.values()],
    receiveFromUser: (request) => sipDoor.receive(request),
    async reload(next) {
      const before = configuration;
      configuration = next;
      xmpp.reconsider();
      presence.reconsider();
      if (!isDeepStrictEqual(xmppListening(before), xmppListening(next))) {
        await rebinding('XMPP', async () => {
          xmppListeners = [];
          xmppListeners = await xmpp.listen(xmppListening(next));
        });
      }
      if (!isDeepStrictEqual(sipListening(before), sipListening(next))) {
        await rebinding('SIP', async () => {
          await sip?.close();
          sip = undefined;
          sip = await openSipSide(current, ports, doors);
        });
      }
    },
    async stop(drainMs) {
      const late = new Promise<void>((resolve) => void ports.clock.after(drainMs, resolve));
      await Promise.race([deliveries.settled(), late]);
      await Promise.all([xmpp.close(), sip?.close()]);
    },
  };

  /** New listeners that cannot be had are no reason to end the gateway: it says so, and goes on with what it has. */
  async function rebinding(side: string, bind: () => Promise<void>): Promise<void> {
    problems.delete(side);
    try {
      await bind();
      ports.onEvent({
        id: 'ListenersChanged',
        level: 'info',
        component: 'service',
        message: `${side} listens as configured`,
      });
    } catch (error) {
      const message = `${side} does not listen: ${error instanceof Error ? error.message : String(error)}`;
      problems.set(side, message);
      ports.onEvent({ id: 'ListenersFailed', level: 'error', component: 'service', message });
    }
  }
}
