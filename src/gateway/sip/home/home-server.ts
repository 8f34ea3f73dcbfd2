/**
 * The embedded SIP server for the users in the store: registrar, proxy for MESSAGE between them, presence agent [RFC 3261 §10,
 * §16; RFC 3428; RFC 3856]. What a user sends to another domain goes to `onOutgoing`; what the gateway has for a user goes
 * through `deliver`. It opens no socket and reads no configuration.
 */
import { onlyInSessions } from '../allowed-methods.ts';
import { canonicalAor, domainOfAor, sipUriIn } from '../aor.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import type { LoopGuard } from '../loop-guard.ts';
import { registeredMethods } from '../methods.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import { uasRefusal } from '../uas-refusal.ts';
import { type Addressee, addresseeOf } from './addressee.ts';
import { type AdmissionOptions, createAdmission, type Sender } from './admission.ts';
import { allowedHere, capabilities } from './capabilities.ts';
import type { Delivery } from './fork.ts';
import { KnownPasswords } from './known-passwords.ts';
import { createLocalDelivery, type LocalDelivery, type RequestForUser } from './local-delivery.ts';
import { createLocation, type Location } from './location.ts';
import { type LostDevice, lostDevices } from './lost-devices.ts';
import { PresenceAgent, type PresenceEvents } from './presence-agent.ts';
import { type RegisteredDevice, registeredDevices, removeDevice } from './registered-device.ts';
import { register } from './registrar.ts';

/** An authenticated local user's request to another domain. It must be answered, unless it is an ACK. */
export interface OutgoingFromUser
  extends Pick<IncomingRequest, 'request' | 'source' | 'localTag' | 'cancelled' | 'respond'> {
  /** The sender, canonical. Of an ACK it is only what the From says: its dialog tells whose it is. */
  readonly aor: string;
}

export interface HomeServerOptions extends AdmissionOptions, PresenceEvents {
  /** Marks what is passed on from user to user. Default: nothing does. */
  readonly loops?: LoopGuard | undefined;
  /** A domain of ours whose users are at home on other servers. Default: there is none. */
  livesElsewhere?(domain: string): boolean;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** Seconds in which a watcher must refresh its subscription. */
  refreshSeconds?(): number;
  /** A watcher that reads several presence formats gets the one it names first. Default: PIDF. */
  choosesByAccept?(): boolean;
  /** A device has left without a word. */
  onLost?(device: LostDevice): void;
  /** MESSAGE, INVITE and whatever else goes to a domain that is not local; SUBSCRIBE goes to the presence agent instead. */
  onOutgoing(request: OutgoingFromUser): void;
}

export interface HomeServer {
  /** Takes every request the endpoint receives, and answers it in the end. */
  handle(incoming: IncomingRequest): void;
  /** To all devices of a local user. Resolves within 25 s with the best final response; never rejects. */
  deliver(request: RequestForUser): Promise<Delivery>;
  readonly presence: PresenceAgent;
  registrations(): readonly RegisteredDevice[];
  /** Ends one registration; its user without another one is offline. @returns Whether it was there. */
  removeRegistration(device: Pick<RegisteredDevice, 'aor' | 'contact'>): boolean;
  /** A connection that a client had opened is no more: who registered on it may be gone. */
  connectionClosed(connectionId: string): void;
  /** Whether some device is registered from this address. */
  isAt(address: string): boolean;
  /**
   * The users may be others now: whoever is none any more, is at home elsewhere, or has another password loses devices, publications
   * and subscriptions at once.
   */
  reconsider(): void;
  /** Ends timers and forgets everything; the endpoint is the caller's to close. */
  close(): void;
}

interface Server {
  readonly options: HomeServerOptions;
  readonly location: Location;
  readonly presence: PresenceAgent;
  readonly delivery: LocalDelivery;
}

export function createHomeServer(options: HomeServerOptions): HomeServer {
  const { clock, ids, endpoint } = options;
  const admit = createAdmission(options);
  const location = createLocation(clock, (aor, isRegistered) => presence.registrationChanged(aor, isRegistered));
  const presence = new PresenceAgent({
    clock,
    ids,
    endpoint,
    ...(options.refreshSeconds && { refreshSeconds: options.refreshSeconds }),
    choosesByAccept: () => options.choosesByAccept?.() ?? false,
    isLocalUser: (aor) => options.isLocalDomain(domainOfAor(aor)),
    isRegistered: (aor) => location.of(aor).length > 0,
    onPresenceChange: (aor, state) => options.onPresenceChange(aor, state),
    onSubscribed: (event) => options.onSubscribed(event),
    onUnsubscribed: (parties) => options.onUnsubscribed(parties),
    watchersElsewhere: (aor) => options.watchersElsewhere(aor),
  });
  const isUser = (aor: string): boolean => options.user(aor) !== undefined;
  const lost = lostDevices({ endpoint, location, onLost: (device) => options.onLost?.(device) });
  const delivery = createLocalDelivery({ clock, ids, endpoint, location, isUser, loops: options.loops, ...lost });
  const server: Server = { options, location, presence, delivery };
  const passwords = new KnownPasswords((aor) => options.user(aor));

  return {
    handle(incoming) {
      const { method } = incoming.request;
      const addressee = addresseeOf(incoming.request, (domain) => options.isLocalDomain(domain));
      if (addressee === undefined) return incoming.respond(416);
      if (method === 'OPTIONS') return tellCapabilities(incoming);
      if (method === 'ACK') return acknowledged(server, incoming, addressee);
      const sender = admit(incoming);
      if (sender === undefined) return;
      passwords.note(sender.aor);
      dispatch(server, incoming, { sender, addressee });
    },
    deliver: (request) => delivery.deliver(request),
    presence,
    registrations: () => registeredDevices(location, clock),
    removeRegistration: (device) => removeDevice(location, device),
    connectionClosed: (connectionId) => void lost.connectionClosed(connectionId),
    isAt: (address) => location.isAt(address),
    reconsider() {
      const isOurs = (domain: string): boolean =>
        options.isLocalDomain(domain) || options.livesElsewhere?.(domain) === true;
      const isRemoved = (aor: string): boolean => isOurs(domainOfAor(aor)) && !isUser(aor);
      const changed = passwords.takeChanged();
      for (const aor of location.keys()) if (isRemoved(aor) || changed.has(aor)) location.replace(aor, []);
      presence.forget(isRemoved);
      presence.signOut(changed);
    },
    close() {
      location.close();
      presence.close();
    },
  };
}

function tellCapabilities(incoming: IncomingRequest): void {
  if (!refusedRequire(incoming)) incoming.respond(200, { headers: capabilities });
}

interface Parties {
  readonly sender: Sender;
  readonly addressee: Addressee;
}

function dispatch(server: Server, incoming: IncomingRequest, parties: Parties): void {
  switch (incoming.request.method) {
    case 'REGISTER':
      return registerDevice(server, incoming, parties);
    case 'PUBLISH':
      return publish(server, incoming, parties);
    case 'SUBSCRIBE':
      return subscribe(server, incoming, parties);
    case 'NOTIFY':
    case 'BENOTIFY':
      // This server subscribes to nobody [RFC 6665 §4.1.3].
      return incoming.respond(481);
    default:
      return parties.addressee.isLocal
        ? toLocalUser(server, incoming, parties.addressee)
        : toOtherDomain(server, incoming, parties);
  }
}

function registerDevice({ options, location }: Server, incoming: IncomingRequest, parties: Parties): void {
  const { request, source } = incoming;
  const { sender, addressee } = parties;
  if (refusedRequire(incoming)) return;
  const to = sipUriIn(request.headers.get('To'));
  const aor = to && canonicalAor(to);
  if (aor !== sender.aor || !sender.isLocal) return incoming.respond(403, { reason: 'To Is Another User' });
  // Clients also write the server's own address into the Request-URI; only another domain of ours contradicts the To.
  const isForOtherDomain = addressee.isLocal && addressee.uri.host !== to?.host;
  if (isForOtherDomain || options.user(aor) === undefined) return incoming.respond(404);
  const time = { now: options.clock.now(), wallTime: options.clock.wallTime() };
  const isTrusted = options.isTrustedPeer(source);
  const registered = register(location.of(aor), { request, source, ...time, isTrusted });
  if (!registered.ok) return incoming.respond(registered.error.status, registered.error);
  incoming.respond(200, { headers: registered.value.headers });
  location.replace(aor, registered.value.bindings);
}

function publish({ presence }: Server, incoming: IncomingRequest, { sender, addressee }: Parties): void {
  if (refusedRequire(incoming)) return;
  if (!addressee.isLocal) return incoming.respond(404);
  if (addressee.aor !== sender.aor) return incoming.respond(403, { reason: 'Only For Oneself' });
  presence.publish(incoming, sender.aor);
}

function subscribe({ options, presence }: Server, incoming: IncomingRequest, { sender, addressee }: Parties): void {
  if (refusedRequire(incoming)) return;
  if (addressee.isInDialog) return presence.resubscribe(incoming, sender.aor);
  if (addressee.uri.user === undefined) return incoming.respond(404);
  if (addressee.isLocal && options.user(addressee.aor) === undefined) return incoming.respond(404);
  if (!addressee.isLocal && refusedRelay(incoming, sender, addressee)) return;
  presence.subscribe(incoming, { watcherAor: sender.aor, presentityUri: addressee.aor });
}

function toLocalUser({ delivery }: Server, incoming: IncomingRequest, addressee: Addressee): void {
  const { method } = incoming.request;
  if (addressee.isInDialog || onlyInSessions.has(method)) return incoming.respond(481);
  if (method === 'MESSAGE') void delivery.proxy(incoming, addressee.aor);
  else incoming.respond(registeredMethods.has(method) ? 405 : 501, { headers: [allowedHere] });
}

function toOtherDomain({ options }: Server, incoming: IncomingRequest, { sender, addressee }: Parties): void {
  if (refusedRelay(incoming, sender, addressee)) return;
  const isOfSession = incoming.request.method === 'INVITE' || addressee.isInDialog;
  const refusal = isOfSession ? undefined : uasRefusal(incoming.request);
  if (refusal !== undefined) return incoming.respond(refusal.status, refusal.more);
  const sent = outgoing(incoming, sender.aor);
  // Who is not trusted asserts nothing, not of himself either [RFC 3325 §5].
  const headers = options.isTrustedPeer(incoming.source)
    ? sent.request.headers
    : sent.request.headers.without('P-Asserted-Identity');
  options.onOutgoing({ ...sent, request: { ...sent.request, headers } });
}

/** ACK is never challenged and never answered [RFC 3261 §22.1]. */
function acknowledged({ options }: Server, incoming: IncomingRequest, addressee: Addressee): void {
  const from = sipUriIn(incoming.request.headers.get('From'));
  if (from === undefined || addressee.isLocal || !options.isLocalDomain(from.host)) return;
  options.onOutgoing(outgoing(incoming, canonicalAor(from)));
}

const outgoing = (incoming: IncomingRequest, aor: string): OutgoingFromUser => ({
  aor,
  request: incoming.request,
  source: incoming.source,
  localTag: incoming.localTag,
  cancelled: incoming.cancelled,
  respond: (status, more) => incoming.respond(status, more),
});

/** Only local users may reach other domains, and nobody can promise TLS on every hop to them [RFC 7247 §8]. */
function refusedRelay(incoming: IncomingRequest, sender: Sender, { uri }: Addressee): boolean {
  if (!sender.isLocal) incoming.respond(403, { reason: 'No Relay' });
  else if (uri.scheme === 'sips') incoming.respond(416);
  else return false;
  return true;
}

/** No extension is supported that a client could require [RFC 3261 §8.2.2.3]. */
function refusedRequire(incoming: IncomingRequest): boolean {
  const required = incoming.request.headers.getAll('Require');
  if (required.length > 0) incoming.respond(420, { headers: [['Unsupported', required.join(', ')]] });
  return required.length > 0;
}
