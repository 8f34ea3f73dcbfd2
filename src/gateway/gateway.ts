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
import { OrderedDeliveries } from './ordered-deliveries.ts';
import { type PingOutcome, type PingRequest, Pings } from './pings.ts';
import { PresenceLinks } from './presence-links.ts';
import { ReceivedUnderWay } from './received-under-way.ts';
import { SentMessages } from './sent-messages.ts';
import type { RegisteredDevice } from './sip/home/registered-device.ts';
import { LoopGuard } from './sip/loop-guard.ts';
import type { SipDoors } from './sip-doors.ts';
import type { SipPresence } from './sip-presence.ts';
import { openSipSide, type SipSide } from './sip-side.ts';
import type { StreamSummary } from './xmpp/s2s-event.ts';
import type { S2s } from './xmpp/s2s-sessions.ts';
import { xmppSide } from './xmpp-side.ts';

/** Milliseconds in which the senders of messages that a stop cuts off are told. Source: own choice; a dial takes a part of a second. */
const tellingMs = 2_000;

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
  /** What does not work, by side. */
  readonly #problems = new Map<string, string>();

  constructor(initial: Configuration, ports: GatewayPorts) {
    this.#configuration = initial;
    this.#ports = ports;
    this.#loops = new LoopGuard(ports.ids);
    const crossing = this.#crossing();
    const sent = new SentMessages(ports.clock);
    const sip: SipPresence = {
      presenceOf: (ends) => this.#sip?.presence.presenceOf(ends),
      notify: (contact, user, update) => this.#sip?.presence.notify(contact, user, update),
      follow: (ends) => this.#sip?.presence.follow(ends),
      unfollow: (ends) => this.#sip?.presence.unfollow(ends),
      watchersChanged: (user, ended) => this.#sip?.presence.watchersChanged?.(user, ended),
    };
    this.#presence = new PresenceLinks(crossing, sip, ports.state);
    this.#fromSip = fromSip(crossing, this.#deliveries, sent);
    this.#fromXmpp = fromXmpp(crossing, { deliveries: this.#deliveries, sent, presence: this.#presence });
    this.#pings = new Pings(crossing);
    this.#xmpp = xmppSide(crossing.configuration, ports, {
      onStanza: (stanza) => (this.#pings.take(stanza) ? undefined : this.#received.add(this.#fromXmpp.receive(stanza))),
      onStream: (domain, is) => this.#presence.upkeep.onStream(domain, is),
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
    this.#presence.upkeep.begin((domain) => this.#hasStream(domain));
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
    return [...this.#problems.values()];
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
    if (this.#problems.has('XMPP') || !isDeepStrictEqual(xmppListening(before), xmppListening(next))) {
      await this.#rebinding('XMPP', () => this.#listenXmpp());
    }
    if (this.#problems.has('SIP') || !isDeepStrictEqual(sipListening(before), sipListening(next))) {
      await this.#rebinding('SIP', () => this.#openSip());
    }
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
    await Promise.all([this.#xmpp.close(), this.#sip?.close()]);
  }

  /** What is still on its way to a user fails now, while there are streams on which its sender can be told. */
  async #abandoned(): Promise<void> {
    this.#cutOff = true;
    this.#sip?.abandon();
    await this.#received.settled();
  }

  #hasStream(domain: string): boolean {
    const leads = ({ authenticated }: StreamSummary): boolean => authenticated.some((each) => each === domain);
    return this.sessions().some((stream) => stream.state === 'established' && leads(stream));
  }

  #crossing(): Crossing {
    const { clock, ids, onEvent } = this.#ports;
    const isDown: SipOutcome = { status: 503, reason: 'SIP Side Is Down' };
    return {
      configuration: () => this.#configuration,
      toXmpp: (stanza) => this.#xmpp.send(stanza),
      toSip: async (delivery) => (this.#cutOff ? undefined : await this.#sip?.deliver(delivery)) ?? isDown,
      loops: this.#loops,
      clock,
      ids,
      onEvent,
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
      onPresenceChange: (aor, state) => this.#presence.userChanged(aor, state),
      onSubscribed: (event) => this.#presence.watched(event),
      watchersOf: (aor) => this.#presence.watchersOf(aor),
      onNews: (ends, news) => this.#presence.userTold(ends, news),
    };
    await this.#sip?.close();
    this.#sip = undefined;
    this.#sip = await openSipSide(() => this.#configuration, this.#ports, doors);
    this.#presence.followAgain();
  }

  /** New listeners that cannot be had are no reason to end the gateway: it says so, and goes on with what it has. */
  async #rebinding(side: string, bind: () => Promise<void>): Promise<void> {
    const { onEvent } = this.#ports;
    this.#problems.delete(side);
    try {
      await bind();
      const message = `${side} listens as configured`;
      onEvent({ id: 'ListenersChanged', level: 'info', component: 'service', message });
    } catch (error) {
      const message = `${side} does not listen: ${error instanceof Error ? error.message : String(error)}`;
      this.#problems.set(side, message);
      onEvent({ id: 'ListenersFailed', level: 'error', component: 'service', message });
    }
  }
}
