/** Runs the initiating machine on a connection: performs its effects, tells it what happens, and carries stanzas once established. */
import type { Socket } from 'node:net';

import type { Timer } from '../../primitives/clock.ts';
import { type DialbackOutcome, type DomainPair, samePair } from './dialback.ts';
import { watchSilence } from './keepalive.ts';
import { outboundContext } from './outbound-context.ts';
import {
  type DialFailure,
  initialOutbound,
  isOver,
  type OutboundContext,
  type OutboundEffect,
  type OutboundEvent,
  type OutboundPurpose,
} from './outbound-state.ts';
import { stepOutbound } from './outbound-stream-machine.ts';
import { elementLimits } from './s2s-limits.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { Endpoint } from './server-resolver.ts';
import type { Doubt, StanzaCarrier } from './stanza-carrier.ts';
import { type StanzaReceiver, StanzaTraffic, type TrafficEffect } from './stanza-traffic.ts';
import { requestTls } from './starttls.ts';
import type { StreamError } from './stream-error.ts';
import { rateHandlers } from './stream-rate.ts';
import { StreamRecord } from './stream-record.ts';
import type { AuthenticationMethod } from './stream-security.ts';
import { StreamSocket } from './stream-socket.ts';
import type { StanzaProgress } from './unacknowledged-stanzas.ts';
import type { Element } from './xml/element.ts';

export interface OutboundHooks {
  /** Takes what the peer may send on this stream. Absent: it is not asked to [XEP-0288]. */
  readonly receiver?: StanzaReceiver;
  onEstablished(stream: OutboundStream): void;
  onVerified(outcome: DialbackOutcome): void;
  onFailed(failure: DialFailure): void;
  /** The stream takes no more stanzas; the connection may still be writing. */
  onEnding(stream: OutboundStream): void;
  onClosed(stream: OutboundStream): void;
}

export interface OutboundConnection {
  readonly raw: Socket;
  readonly endpoint: Endpoint;
  readonly pair: DomainPair;
  readonly purpose: OutboundPurpose;
  /** Show no certificate: the peer broke off when it saw ours. */
  readonly anonymous: boolean;
}

export class OutboundStream implements StanzaCarrier {
  readonly record: StreamRecord;
  readonly pair: DomainPair;
  readonly #connection: OutboundConnection;
  readonly #options: S2sOptions;
  readonly #hooks: OutboundHooks;
  readonly #socket: StreamSocket;
  readonly #context: OutboundContext;
  readonly #traffic: StanzaTraffic;
  #silence: Timer | undefined;
  #state;
  #closeReason: string | undefined;

  constructor(connection: OutboundConnection, options: S2sOptions, hooks: OutboundHooks) {
    const { raw, endpoint, pair, purpose } = connection;
    this.pair = pair;
    this.#connection = connection;
    this.#options = options;
    this.#hooks = hooks;
    this.#state = initialOutbound(pair, purpose, endpoint.directTls);
    this.record = new StreamRecord(options, 'outbound');
    this.record.identify(pair.local, pair.remote);
    this.#context = outboundContext(options, this.record, {
      anonymous: connection.anonymous,
      takesStanzas: hooks.receiver !== undefined,
    });
    this.#socket = new StreamSocket(raw, options, {
      onHeader: (root, contentNamespace) => this.#dispatch({ type: 'header', root, contentNamespace }),
      onElement: (element) => this.#dispatch({ type: 'element', element }),
      onFault: (fault) => this.#dispatch({ type: 'fault', fault }),
      onStreamEnd: () => this.#dispatch({ type: 'stream-ended' }),
      onTls: (chain) => this.#onTls(chain),
      onClosed: (reason) => this.#onClosed(reason),
      ...rateHandlers(options, () => ({
        peerAddress: this.#socket.peerAddress,
        remote: this.#state.method && pair.remote,
      })),
    });
    this.record.attach(this.#socket);
    this.#traffic = new StanzaTraffic(options, {
      record: this.record,
      socket: this.#socket,
      receiver: hooks.receiver,
      tell: (event) => this.#dispatch(event),
    });
  }

  /** Not in the constructor: a hook may be called before it returns. */
  begin(): void {
    if (this.#connection.endpoint.directTls)
      return this.#socket.beginWithTls((socket) => requestTls(socket, this.#tlsRequest(true)));
    this.#socket.begin();
    this.#dispatch({ type: 'connected' });
  }

  get method(): AuthenticationMethod | undefined {
    return this.#state.method;
  }

  get isEstablished(): boolean {
    return this.#state.name === 'established' && this.#socket.isOpen;
  }

  sendsFor(pair: DomainPair): boolean {
    return this.isEstablished && samePair(this.pair, pair);
  }

  get doubt(): Doubt {
    return this.#traffic.doubt(this.#state.brokenOff);
  }

  get hasRoom(): boolean {
    return !this.#traffic.isFull;
  }

  get maxBytes(): number {
    return this.#state.maxBytes ?? Number.POSITIVE_INFINITY;
  }

  sendStanza(stanza: Element, progress: StanzaProgress): void {
    this.#traffic.send(stanza, progress, this.#state.acknowledgements !== undefined);
  }

  reconsider(): void {
    this.#dispatch({ type: 'policy-changed' });
  }

  close(reason: string, error?: StreamError): void {
    this.#dispatch({ type: 'close', reason, ...(error && { error }) });
  }

  #dispatch(event: OutboundEvent): void {
    const before = this.#state;
    const { state, effects } = stepOutbound(this.#state, event, this.#context);
    this.#state = state;
    this.record.counts(state);
    if (isOver(state) && !isOver(before)) this.#hooks.onEnding(this);
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: OutboundEffect): void {
    switch (effect.do) {
      case 'send-header':
        return this.#sendHeader();
      case 'send':
        return this.#socket.send(effect.element);
      case 'start-tls':
        return this.#socket.startTls((socket) => requestTls(socket, this.#tlsRequest(false)));
      case 'restart':
        // The server took our EXTERNAL, and we its certificate: it may be the first to send.
        this.#socket.setLimits(elementLimits);
        return this.#socket.restart();
      case 'established':
        return this.#onEstablished(effect.method);
      case 'verified':
        return this.#hooks.onVerified(effect.outcome);
      case 'failed':
        return this.#hooks.onFailed(effect.failure);
      case 'report-ignored':
        return this.record.report({ type: 'ignored', reason: effect.reason });
      default:
        return this.#performLater(effect);
    }
  }

  #performLater(effect: TrafficEffect | Extract<OutboundEffect, { do: 'report-refusal' | 'close' }>): void {
    switch (effect.do) {
      case 'report-refusal':
        return this.record.reportRefusal(effect);
      case 'close':
        this.#closeReason ??= effect.reason;
        this.record.state = 'closing';
        return this.#socket.close(effect.error, effect.error === undefined || this.#traffic.isOwed);
      default:
        return this.#traffic.perform(effect);
    }
  }

  #sendHeader(): void {
    const { local, remote } = this.pair;
    this.#socket.sendHeader({ from: local, to: remote });
    if (this.record.state !== 'connecting') return;
    this.record.state = 'negotiating';
    this.record.report({ type: 'stream-opened' });
  }

  #tlsRequest(direct: boolean): Parameters<typeof requestTls>[1] {
    const { local, remote } = this.pair;
    const identity = this.#connection.anonymous ? undefined : this.#options.tlsIdentity(local);
    return { remote, identity, direct };
  }

  #onTls(chain: readonly Buffer[]): void {
    this.record.chain = chain;
    this.record.tls = this.#socket.tls;
    this.record.report({ type: 'tls-established' });
    this.#dispatch({ type: 'tls-established' });
  }

  #onEstablished(method: AuthenticationMethod): void {
    this.#socket.setLimits(elementLimits);
    this.record.method = method;
    this.record.state = 'established';
    this.record.authenticated = [this.pair.remote];
    this.record.bidirectional = this.#state.bidi;
    this.#silence = this.#watchSilence();
    this.record.report({ type: 'authenticated', method, remoteDomain: this.pair.remote });
    this.#hooks.onEstablished(this);
  }

  #watchSilence(): Timer {
    return watchSilence(
      {
        lastTraffic: () => this.#socket.lastTraffic,
        keepsAlive: () => this.#options.securityFor(this.pair.remote)?.keepAlive === true,
        sendWhiteSpace: () => this.#traffic.keepAlive(this.#state.acknowledgements !== undefined),
        onInactive: () => this.#dispatch({ type: 'inactive' }),
      },
      this.#options.clock,
      this.#options.limits,
    );
  }

  #onClosed(reason: string): void {
    const goodbye = this.#closeReason;
    this.#dispatch({ type: 'lost', reason });
    this.#silence?.cancel();
    this.#traffic.end();
    this.record.end(goodbye, reason);
    this.record.reportClosed();
    this.#hooks.onClosed(this);
  }
}
