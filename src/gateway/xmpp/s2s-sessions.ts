/** Streams by domain pair: the one door of the gateway to its XMPP partners. */
import type { Socket } from 'node:net';

import { parseDomainName } from '../../primitives/domain-name.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import { type Delivery, undelivered } from './delivery.ts';
import type { DialFailureRecord } from './dial-failure-log.ts';
import type { DomainPair } from './dialback.ts';
import { Dialler } from './dialler.ts';
import { handledInTime } from './handled-in-time.ts';
import { InboundAdmission } from './inbound-admission.ts';
import type { AuthenticatedPair } from './inbound-state.ts';
import { InboundStream } from './inbound-stream.ts';
import { KeyVerification } from './key-verification.ts';
import type { OutboundStream } from './outbound-stream.ts';
import { PairQueues } from './pair-queues.ts';
import { RepeatedMessages } from './repeated-messages.ts';
import type { DialRequest } from './s2s-connector.ts';
import type { StreamSummary } from './s2s-event.ts';
import { S2sListener, type S2sListenOptions } from './s2s-listener.ts';
import type { S2sOptions } from './s2s-options.ts';
import { type ProbeReport, probe } from './s2s-probe.ts';
import { type Handled, isAnswer, stanzaAddresses } from './stanza.ts';
import { errorReply, type StanzaError, stanzaError } from './stanza-error.ts';
import { hearsOfExcess, StanzaRates, type TooFast } from './stanza-rates.ts';
import type { StanzaReceiver } from './stanza-traffic.ts';
import type { PeerCertificate, StreamRecord } from './stream-record.ts';
import type { Element } from './xml/element.ts';

export type { Delivery } from './delivery.ts';

export interface S2s {
  /** Replaces the listeners there were. @throws CodedError ListenerInUse, ListenerDenied or ListenerFailed. */
  listen(options: S2sListenOptions): Promise<readonly ListenerAddress[]>;
  /** Resolves when an authenticated stream took the stanza, or with the error for its sender, within `deliveryMs`, or `withinMs` if that is less. */
  send(stanza: Element, withinMs?: number): Promise<Delivery>;
  sessions(): readonly StreamSummary[];
  /** The policy changed: closes the streams of domains that are no longer allowed or whose requirements changed. */
  reconsider(): void;
  disconnect(domain: string, reason: string): void;
  /** Ends one stream; what waits for it goes to the next one. @returns Whether there was such a stream. */
  disconnectStream(id: string, reason: string): boolean;
  /** What the peers of the live streams showed in their handshakes. */
  peerCertificates(): readonly PeerCertificate[];
  /** Dials the domain anew, whatever streams there are, and tells how it went. */
  probe(pair: DomainPair, signal: AbortSignal): Promise<ProbeReport>;
  /** Why partners could not be reached, oldest first: the last failures of each domain. */
  failures(): readonly DialFailureRecord[];
  /** The next stanza to the domain dials at once, whatever happened before; without a domain, to all of them. */
  resetBackoff(domain?: string): void;
  /** What DNS said of the domain's servers is asked anew; without a domain, of all. */
  clearDnsCache(domain?: string): void;
  /** Ends every stream with its closing tag, waits `closeMs` at most, and frees the ports. */
  close(): Promise<void>;
}

export const createS2s = (options: S2sOptions): S2s => new S2sSessions(options);

class S2sSessions implements S2s {
  readonly #options: S2sOptions;
  readonly #inbound = new Set<InboundStream>();
  readonly #outbound = new Set<OutboundStream>();
  readonly #queues: PairQueues;
  readonly #listener = new S2sListener({
    accept: (socket, directTls) => this.#accept(socket, directTls),
    onNotAccepted: (where, reason) => this.#options.onEvent({ type: 'not-accepted', where, reason }),
  });
  readonly #dialler: Dialler;
  readonly #verification: KeyVerification;
  readonly #repeated: RepeatedMessages;
  readonly #admission: InboundAdmission;
  readonly #rates: StanzaRates;
  readonly #receiver: StanzaReceiver;
  #whenEmpty: (() => void) | undefined;
  #closing = false;

  constructor(options: S2sOptions) {
    this.#dialler = new Dialler(options, () => this.#listener.bound);
    this.#options = this.#dialler.options;
    this.#repeated = new RepeatedMessages(options.clock);
    this.#rates = new StanzaRates(this.#options);
    this.#admission = new InboundAdmission(this.#options, {
      inbound: this.#inbound,
      outboundCount: () => this.#outbound.size,
      queues: () =>
        this.#queues
          .all()
          .filter(({ isConnected }) => isConnected)
          .map(({ pair }) => pair),
    });
    const dials = {
      dial: (request: DialRequest) => this.#dialler.dial(request),
      onStream: (stream: OutboundStream) => this.#outbound.add(stream),
      onClosed: (stream: OutboundStream) => this.#onOutboundClosed(stream),
    };
    this.#verification = new KeyVerification(this.#options, dials);
    this.#receiver = {
      returnStanza: (stanza, error) => this.#return(stanza, error),
      deliver: (stanza, record, isCounted) => this.#deliver(stanza, record, isCounted),
    };
    this.#queues = new PairQueues(this.#options, { ...dials, receiver: this.#receiver, inbound: this.#inbound });
  }

  async listen(options: S2sListenOptions): Promise<readonly ListenerAddress[]> {
    return this.#listener.listen(options);
  }

  async send(stanza: Element, withinMs?: number): Promise<Delivery> {
    const addresses = stanzaAddresses(stanza);
    if (!addresses.ok) return undelivered('jid-malformed', addresses.error);
    const pair = { local: addresses.value.from.domainpart, remote: addresses.value.to.domainpart };
    if (this.#closing) return undelivered('remote-server-timeout', 'The gateway is stopping.');
    if (!this.#options.isLocalDomain(pair.local))
      return undelivered('internal-server-error', `${pair.local} is not served here.`);
    const security = this.#options.securityFor(pair.remote);
    if (security === undefined)
      return undelivered('policy-violation', `policy: ${pair.remote} is not an allowed partner.`);
    const queue = this.#queues.connected(pair);
    if (queue !== undefined) return queue.send(stanza, withinMs);
    if (!this.#admission.hasRoomForPartner(security))
      return undelivered('resource-constraint', `policy: ${security.partner} has all the streams it may have.`);
    return this.#queues.open(pair).send(stanza, withinMs);
  }

  sessions(): readonly StreamSummary[] {
    return [...this.#inbound, ...this.#outbound].map((stream) => stream.record.summary());
  }

  reconsider(): void {
    for (const stream of this.#inbound) stream.reconsider();
    this.#queues.reconsider();
    for (const stream of this.#outbound) stream.reconsider();
  }

  disconnect(domain: string, reason: string): void {
    for (const stream of this.#inbound) if (stream.serves(domain)) stream.close(reason);
    for (const queue of this.#queues.all()) if (queue.pair.remote === domain) queue.stop(reason);
  }

  disconnectStream(id: string, reason: string): boolean {
    const stream = [...this.#inbound, ...this.#outbound].find(({ record }) => record.id === id);
    stream?.close(reason);
    return stream !== undefined;
  }

  peerCertificates(): readonly PeerCertificate[] {
    return [...this.#inbound, ...this.#outbound].flatMap(({ record }) => record.peerCertificate() ?? []);
  }

  async probe(pair: DomainPair, signal: AbortSignal): Promise<ProbeReport> {
    this.#dialler.clearDnsCache(pair.remote);
    return probe(pair, signal, this.#options, {
      onStream: (stream) => this.#outbound.add(stream),
      onClosed: (stream) => this.#onOutboundClosed(stream),
    });
  }

  failures(): readonly DialFailureRecord[] {
    return this.#dialler.failures();
  }

  resetBackoff(domain?: string): void {
    this.#dialler.resetBackoff(domain);
  }

  clearDnsCache(domain?: string): void {
    this.#dialler.clearDnsCache(domain);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#listener.close();
    this.#verification.stop();
    const shutdown = { condition: 'system-shutdown' } as const;
    for (const queue of this.#queues.all()) queue.stop('the gateway is stopping', shutdown);
    for (const stream of this.#inbound) stream.close('the gateway is stopping', shutdown);
    if (this.#inbound.size + this.#outbound.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  #accept(socket: Socket, directTls: boolean): void {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const problem = this.#admission.connectionProblem(address);
    if (problem !== undefined) this.#options.onEvent({ type: 'limit-reached', subject: address, times: 1, ...problem });
    if (problem !== undefined || this.#closing) return void socket.destroy();
    const hooks = {
      hasRoomFor: (stream: InboundStream, pair: AuthenticatedPair) => this.#admission.hasRoomFor(stream, pair),
      verifyKey: this.#verification.verify.bind(this.#verification),
      ...this.#receiver,
      onCarrier: (stream: InboundStream, pair: DomainPair) => this.#queues.onCarrier(stream, pair),
      onEnding: (stream: InboundStream) => this.#queues.onEnding(stream),
      onClosed: (stream: InboundStream) => this.#onInboundClosed(stream),
    };
    this.#admission.accepted(new InboundStream(socket, this.#options, hooks, directTls));
  }

  #deliver(stanza: Element, record: StreamRecord, isCounted: boolean): Handled {
    if (isAnswer(stanza) && this.#confirms(stanza)) return;
    const excess = this.#rates.excess(stanza);
    if (excess !== undefined) return this.#tooFast(stanza, excess);
    const handling = this.#repeated.pass(
      stanza,
      record.id,
      () => this.#options.onStanza(stanza, record.summary(), isCounted),
      () => record.report({ type: 'ignored', reason: 'a message that came on another stream before' }),
    );
    return isCounted ? handledInTime(stanza, handling, this.#options) : handling;
  }

  #confirms(answer: Element): boolean {
    const { attributes } = answer;
    const [local, remote] = [attributes['to'], attributes['from']].map((domain) => parseDomainName(domain ?? ''));
    return (
      local?.ok === true &&
      remote?.ok === true &&
      this.#queues.confirm({ local: local.value, remote: remote.value }, answer)
    );
  }

  #tooFast(stanza: Element, { sender: subject, perSecond }: TooFast): void {
    const reason = `sends more than ${perSecond} stanzas a second`;
    this.#options.onEvent({ type: 'limit-reached', limit: 'stanzasPerSecond', subject, times: 1, reason });
    if (hearsOfExcess(stanza))
      this.#return(stanza, stanzaError('resource-constraint', 'Too many stanzas in a second.'));
  }

  #return(stanza: Element, error: StanzaError): void {
    const reply = errorReply(stanza, error);
    if (reply !== undefined) void this.send(reply);
  }

  #onInboundClosed(stream: InboundStream): void {
    this.#admission.closed(stream);
    this.#queues.onClosed(stream);
    this.#checkEmpty();
  }

  #onOutboundClosed(stream: OutboundStream): void {
    this.#outbound.delete(stream);
    this.#checkEmpty();
  }

  #checkEmpty(): void {
    if (this.#inbound.size + this.#outbound.size === 0) this.#whenEmpty?.();
  }
}
