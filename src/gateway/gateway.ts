/** The running gateway: the parts and their order. It follows the configuration it is given, without a restart. */
import { isDeepStrictEqual } from 'node:util';

import type { Configuration } from '../config/configuration.ts';
import type { ListenerAddress } from '../primitives/listener-address.ts';
import { pause } from '../primitives/pause.ts';
import type { ContactBook } from './contact-book.ts';
import type { Crossing, SipOutcome } from './crossing.ts';
import { registrationRemoved } from './device-log.ts';
import { type FromSip, fromSip, type RequestFromUser } from './from-sip.ts';
import { type FromXmpp, fromXmpp } from './from-xmpp.ts';
import type { GatewayPorts } from './gateway-ports.ts';
import type { HopStatus } from './gateway-status.ts';
import type { OpenImSession } from './im-sessions.ts';
import { metricsListener, sipListening, xmppListening } from './listening.ts';
import { type MessageKeeping, messageKeeping } from './message-keeping.ts';
import { OrderedDeliveries } from './ordered-deliveries.ts';
import { type PingOutcome, type PingRequest, Pings } from './pings.ts';
import { PresenceLinks } from './presence-links.ts';
import type { MessageQueue } from './queue/message-queue.ts';
import { ReceivedUnderWay, tellingMs } from './received-under-way.ts';
import { SideListening } from './side-listening.ts';
import type { RegisteredDevice } from './sip/home/registered-device.ts';
import { LoopGuard } from './sip/loop-guard.ts';
import type { SipDoors } from './sip-doors.ts';
import type { SipPresence } from './sip-presence.ts';
import { openSipSide, type SipSide } from './sip-side.ts';
import { keepError } from './stanza-answer.ts';
import type { StreamSummary } from './xmpp/s2s-event.ts';
import type { S2s } from './xmpp/s2s-sessions.ts';
import { hasStreamWith, xmppSide } from './xmpp-side.ts';

/** @throws CodedError `ListenerInUse`, `ListenerDenied`, `ListenerFailed`; nothing stays open then. */
export async function startGateway(initial: Configuration, ports: GatewayPorts): Promise<Gateway> {
  const gateway = new Gateway(initial, ports);
  await gateway.open();
  return gateway;
}

export class Gateway {
  readonly #ports: GatewayPorts;
  readonly #deliveries = new OrderedDeliveries();
  readonly #received = new ReceivedUnderWay();
  readonly #loops: LoopGuard;
  readonly #keeping: MessageKeeping;
  readonly #presence: PresenceLinks;
  readonly #fromSip: FromSip;
  readonly #fromXmpp: FromXmpp;
  readonly #pings: Pings;
  readonly #xmpp: S2s;
  #sip: SipSide | undefined;
  /** Nothing goes to users any more. */
  #cutOff = false;
  #configuration: Configuration;
  #xmppListeners: readonly ListenerAddress[] = [];
  readonly #listening: SideListening;

  constructor(initial: Configuration, ports: GatewayPorts) {
    this.#configuration = initial;
    this.#ports = ports;
    this.#listening = new SideListening(ports.onEvent);
    this.#loops = new LoopGuard(ports.ids);
    const crossing = this.#crossing();
    this.#keeping = messageKeeping(crossing, ports, this.#deliveries, (stanza) =>
      this.#received.add(this.#fromXmpp.receive(stanza)),
    );
    const { queue, journal } = this.#keeping;
    const sip: SipPresence = {
      presenceOf: (ends) => this.#sip?.presence.presenceOf(ends),
      notify: (contact, user, update) => this.#sip?.presence.notify(contact, user, update),
      follow: (ends) => this.#sip?.presence.follow(ends),
      unfollow: (ends) => this.#sip?.presence.unfollow(ends),
      watchersChanged: (user, ended) => this.#sip?.presence.watchersChanged?.(user, ended),
    };
    this.#presence = new PresenceLinks(crossing, sip, ports.state);
    const parts = { deliveries: this.#deliveries, ...this.#keeping };
    this.#fromSip = fromSip(crossing, parts);
    this.#fromXmpp = fromXmpp(crossing, { ...parts, presence: this.#presence });
    this.#pings = new Pings(crossing);
    this.#xmpp = xmppSide(crossing.configuration, ports, {
      onStanza: (stanza, isCounted) => (this.#pings.take(stanza) ? undefined : journal.receive(stanza, isCounted)),
      keepLate: (stanza, handling) => journal.keepLate(stanza, handling),
      onErrorLost: (error) => void keepError(crossing, queue, error),
      onStream: (domain, is) => {
        this.#presence.upkeep.onStream(domain, is);
        if (is === 'up') queue.reachable(domain);
      },
      ownListeners: () => [...this.listeners(), ...metricsListener(this.#configuration)],
    });
  }

  /** Listens on both sides. */
  async open(): Promise<void> {
    this.#presence.upkeep.restore();
    await this.#listenXmpp();
    try {
      await this.#openSip();
    } catch (error) {
      await this.#xmpp.close();
      throw error;
    }
    this.#presence.upkeep.begin((domain) => hasStreamWith(this.sessions(), domain));
    this.#keeping.restore();
  }

  /** Messages for partners that are away. */
  get queue(): Pick<MessageQueue, 'list' | 'remove' | 'retry' | 'size'> {
    return this.#keeping.queue;
  }

  listeners(): readonly ListenerAddress[] {
    return [...this.#xmppListeners, ...(this.#sip?.listeners ?? [])];
  }

  sessions(): readonly StreamSummary[] {
    return this.#xmpp.sessions();
  }

  /** The streams to and from partners, for those who operate them. */
  get streams(): Pick<S2s, 'peerCertificates' | 'disconnectStream' | 'probe' | 'clearDnsCache' | 'resetBackoff'> {
    return this.#xmpp;
  }

  /** The contacts of our users. */
  get contacts(): ContactBook {
    return this.#presence.contacts;
  }

  /** Asks the server of a partner whether it is there, on the way that stanzas go. */
  async ping(request: PingRequest): Promise<PingOutcome> {
    return this.#pings.send(request);
  }

  registrations(): readonly RegisteredDevice[] {
    return this.#sip?.home.registrations() ?? [];
  }

  /** Ends one registration. @returns Whether it was there. */
  removeRegistration(device: Pick<RegisteredDevice, 'aor' | 'contact'>): boolean {
    const wasThere = this.#sip?.home.removeRegistration(device) ?? false;
    if (wasThere) this.#ports.onEvent(registrationRemoved(device));
    return wasThere;
  }

  imSessions(): readonly OpenImSession[] {
    return this.#sip?.imSessions() ?? [];
  }

  /** The SIP servers that own users of ours, each as it is now. */
  hops(): readonly HopStatus[] {
    return this.#sip?.hops() ?? [];
  }

  /** Asks the servers of a domain now. @returns Undefined: its users are at home here, or there is no SIP side. */
  async probeHops(...question: Parameters<SipSide['probeHops']>): ReturnType<SipSide['probeHops']> {
    return this.#sip?.probeHops(...question);
  }

  /** What does not work although the gateway runs, one sentence each. */
  warnings(): readonly string[] {
    return this.#listening.problems();
  }

  /** As if a SIP user had sent it: the same policy, the same way. @returns Its correlation id. */
  receiveFromUser(request: RequestFromUser): string {
    return this.#fromSip.receive(request);
  }

  /** The next configuration: in force for every decision from now on, streams of removed partners end at once. Listeners that could not be had are tried again. */
  async reload(next: Configuration): Promise<void> {
    const before = this.#configuration;
    this.#configuration = next;
    if (!isDeepStrictEqual(before.gateway.dnsServers, next.gateway.dnsServers)) {
      this.#xmpp.clearDnsCache();
      this.#sip?.clearDnsCache();
    }
    this.#xmpp.reconsider();
    const haveMoved = this.#sip?.reconsider() ?? false;
    this.#presence.reconsider();
    if (haveMoved) this.#presence.followAgain();
    const xmpp = [before, next].map(xmppListening);
    const sip = [before, next].map(sipListening);
    await this.#listening.rebind('XMPP', xmpp, () => this.#listenXmpp());
    await this.#listening.rebind('SIP', sip, () => this.#openSip());
  }

  /**
   * Takes no new messages, and closes everything when those under way are done.
   *
   * @param drainMs - Milliseconds that they may take.
   * @param hurry - Aborts: whatever is under way, close now.
   */
  async stop(drainMs: number, hurry?: AbortSignal): Promise<void> {
    const done = new AbortController();
    const enough = AbortSignal.any([done.signal, ...(hurry === undefined ? [] : [hurry])]);
    await Promise.race([this.#deliveries.drain(), pause(this.#ports.clock, drainMs, enough)]);
    await Promise.race([this.#abandoned(), pause(this.#ports.clock, tellingMs, done.signal)]);
    done.abort();
    this.#presence.upkeep.close();
    this.#keeping.stop();
    await Promise.all([this.#xmpp.close(), this.#sip?.close()]);
    this.#keeping.doubts.clear();
  }

  /** What is still on its way to a user fails now, while there are streams on which its sender can be told. */
  async #abandoned(): Promise<void> {
    this.#cutOff = true;
    this.#sip?.abandon();
    await this.#received.settled();
  }

  #crossing(): Crossing {
    const { clock, ids, onEvent, onTrace = () => undefined } = this.#ports;
    const isDown: SipOutcome = { status: 503, reason: 'SIP Side Is Down' };
    return {
      configuration: () => this.#configuration,
      toXmpp: (stanza, withinMs) => this.#xmpp.send(stanza, withinMs),
      toSip: async (delivery) => (this.#cutOff ? undefined : await this.#sip?.deliver(delivery)) ?? isDown,
      loops: this.#loops,
      clock,
      ids,
      onEvent,
      onTrace,
    };
  }

  async #listenXmpp(): Promise<void> {
    this.#xmppListeners = [];
    this.#xmppListeners = await this.#xmpp.listen(xmppListening(this.#configuration));
  }

  async #openSip(): Promise<void> {
    const doors: SipDoors = {
      loops: this.#loops,
      onOutgoing: (request) => void this.#fromSip.receive(request),
      admit: (invited) => this.#fromSip.admit(invited),
      onPresenceChange: (aor, state) => {
        this.#presence.userChanged(aor, state);
        this.#keeping.notices.userIsBack(aor);
      },
      onSubscribed: (event) => this.#presence.watched(event),
      watchersOf: (aor) => this.#presence.watchersOf(aor),
      onNews: (ends, news) => this.#presence.userTold(ends, news),
    };
    await this.#sip?.close();
    this.#sip = undefined;
    this.#sip = await openSipSide(() => this.#configuration, this.#ports, doors);
    this.#presence.followAgain();
  }
}
