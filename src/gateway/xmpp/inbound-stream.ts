/** Runs the receiving machine on a connection: performs its effects, tells it what happens. */
import type { Socket } from 'node:net';

import type { Timer } from '../../primitives/clock.ts';
import { type DialbackElement, type DialbackOutcome, type DomainPair, samePair } from './dialback.ts';
import { sendsFor } from './inbound-bidi.ts';
import { identityFor, inboundContext } from './inbound-context.ts';
import {
  type AuthenticatedPair,
  type InboundContext,
  type InboundEffect,
  type InboundEvent,
  initialInbound,
  isOver,
} from './inbound-state.ts';
import { stepInbound } from './inbound-stream-machine.ts';
import { watchSilence } from './keepalive.ts';
import { namespaces } from './namespaces.ts';
import { elementLimits } from './s2s-limits.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { Doubt, StanzaCarrier } from './stanza-carrier.ts';
import { type StanzaReceiver, StanzaTraffic, type TrafficEffect } from './stanza-traffic.ts';
import { acceptDirectTls, acceptTls } from './starttls.ts';
import type { StreamError } from './stream-error.ts';
import { rateHandlers } from './stream-rate.ts';
import { StreamRecord } from './stream-record.ts';
import { StreamSocket } from './stream-socket.ts';
import type { StanzaProgress } from './unacknowledged-stanzas.ts';
import { type Element, element } from './xml/element.ts';

export interface InboundHooks extends StanzaReceiver {
  hasRoomFor(stream: InboundStream, pair: AuthenticatedPair): boolean;
  /** Asks the authoritative server on behalf of this address; always answers. */
  verifyKey(request: DialbackElement, streamId: string, peerAddress: string): Promise<DialbackOutcome>;
  /** Our stanzas of the pair may go back on the stream [XEP-0288], or it has room for them again. */
  onCarrier(stream: InboundStream, pair: DomainPair): void;
  /** The stream takes no more stanzas; the connection may still be writing. */
  onEnding(stream: InboundStream): void;
  onClosed(stream: InboundStream): void;
}

export class InboundStream implements StanzaCarrier {
  readonly record: StreamRecord;
  readonly #options: S2sOptions;
  readonly #hooks: InboundHooks;
  readonly #socket: StreamSocket;
  readonly #context: InboundContext;
  readonly #traffic: StanzaTraffic;
  readonly #establishment: Timer;
  #silence: Timer | undefined;
  #state;
  #closeReason: string | undefined;
  /** Pairs announced to `onCarrier`. */
  #carried = 0;

  constructor(raw: Socket, options: S2sOptions, hooks: InboundHooks, directTls: boolean) {
    this.#options = options;
    this.#hooks = hooks;
    this.#state = initialInbound(directTls);
    this.record = new StreamRecord(options, 'inbound');
    this.#context = inboundContext(options, this.record, (pair) => hooks.hasRoomFor(this, pair));
    this.#socket = new StreamSocket(raw, options, {
      onHeader: (root, contentNamespace) => this.#dispatch({ type: 'header', root, contentNamespace }),
      onElement: (element) => this.#dispatch({ type: 'element', element }),
      onFault: (fault) => this.#dispatch({ type: 'fault', fault }),
      onStreamEnd: () => this.#dispatch({ type: 'stream-ended' }),
      onTls: (chain) => this.#onTls(chain, directTls),
      onClosed: (reason) => this.#onClosed(reason),
      ...rateHandlers(options, () => ({ peerAddress: this.peerAddress, remote: this.#state.pairs[0]?.remote })),
    });
    this.record.attach(this.#socket);
    this.#traffic = new StanzaTraffic(options, {
      record: this.record,
      socket: this.#socket,
      receiver: hooks,
      tell: (event) => this.#dispatch(event),
      onRoom: () => this.#announce(this.#state.pairs),
    });
    this.#establishment = options.clock.after(options.limits.establishmentMs, () =>
      this.#dispatch({ type: 'establishment-timed-out' }),
    );
    if (directTls) this.#socket.beginWithTls((socket) => acceptDirectTls(socket, (name) => identityFor(options, name)));
    else this.#socket.begin();
  }

  get isAuthenticated(): boolean {
    return this.#state.pairs.length > 0;
  }

  get peerAddress(): string {
    return this.#socket.peerAddress;
  }

  /** On the monotonic clock. */
  get lastHeard(): number {
    return this.#socket.lastHeard;
  }

  /** Whether it takes stanzas of the pair, and will go on to. */
  carries(pair: DomainPair): boolean {
    return !isOver(this.#state) && this.#state.pairs.some((known) => samePair(known, pair));
  }

  /** The partner of its first pair: the one whose limit it counts against. */
  get partner(): string | undefined {
    return this.#state.pairs[0]?.security.partner;
  }

  serves(remoteDomain: string): boolean {
    return this.#state.remote === remoteDomain || this.#state.pairs.some((pair) => pair.remote === remoteDomain);
  }

  get method(): AuthenticatedPair['method'] | undefined {
    return this.record.method;
  }

  sendsFor(pair: DomainPair): boolean {
    return this.#socket.isOpen && sendsFor(this.#state, pair);
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

  #dispatch(event: InboundEvent): void {
    const before = this.#state;
    const { state, effects } = stepInbound(before, event, this.#context);
    this.#state = state;
    this.record.counts(state);
    if (isOver(state) && !isOver(before)) this.#hooks.onEnding(this);
    this.record.identify(state.local, state.remote ?? state.pairs[0]?.remote);
    if (this.record.state === 'connecting' && state.name === 'open') {
      this.record.state = 'negotiating';
      this.record.report({ type: 'stream-opened' });
    }
    for (const effect of effects) this.#perform(effect);
    // Behind the effects: the peer knows by then that the pair is authenticated.
    if (state.name !== 'open') return;
    this.#announce(state.pairs.slice(this.#carried));
    this.#carried = state.pairs.length;
  }

  #announce(pairs: readonly DomainPair[]): void {
    for (const pair of pairs) if (this.sendsFor(pair)) this.#hooks.onCarrier(this, pair);
  }

  #perform(effect: InboundEffect): void {
    switch (effect.do) {
      case 'send-header':
        return this.#socket.sendHeader(effect);
      case 'send':
        return this.#socket.send(effect.element);
      case 'restart':
        return this.#socket.restart();
      case 'start-tls': {
        const identity = this.#options.tlsIdentity(effect.local);
        if (identity === undefined) return this.#socket.destroy('the certificate was taken away');
        return this.#socket.startTls((socket) => acceptTls(socket, identity), element('proceed', namespaces.tls));
      }
      case 'verify-key':
        return void this.#verifyKey(effect);
      case 'authenticated':
        return this.#onAuthenticated(effect.pair);
      default:
        return this.#performEnding(effect);
    }
  }

  #performEnding(
    effect: TrafficEffect | Extract<InboundEffect, { do: 'report-refusal' | 'report-ignored' | 'close' }>,
  ): void {
    switch (effect.do) {
      case 'report-refusal':
        return this.record.reportRefusal(effect);
      case 'report-ignored':
        return this.record.report({ type: 'ignored', reason: effect.reason });
      case 'close':
        this.#closeReason ??= effect.reason;
        this.record.state = 'closing';
        return this.#socket.close(effect.error, effect.error === undefined || this.#traffic.isOwed);
      default:
        return this.#traffic.perform(effect);
    }
  }

  #onTls(chain: readonly Buffer[], directTls: boolean): void {
    this.record.chain = chain;
    this.record.tls = this.#socket.tls;
    if (!directTls) this.#dispatch({ type: 'tls-established' });
    this.record.report({ type: 'tls-established' });
  }

  async #verifyKey({ request, streamId }: Extract<InboundEffect, { do: 'verify-key' }>): Promise<void> {
    const outcome = await this.#hooks.verifyKey(request, streamId, this.peerAddress);
    this.#dispatch({ type: 'key-verified', request, outcome });
  }

  #onAuthenticated({ method, remote, security }: AuthenticatedPair): void {
    this.#establishment.cancel();
    this.#socket.setLimits(elementLimits);
    this.record.method ??= method;
    this.record.authenticated = [...new Set([...this.record.authenticated, remote])];
    this.record.bidirectional ||= this.#state.bidi === 'requested' && security.bidi === true;
    this.record.state = 'established';
    this.#silence ??= this.#watchSilence();
    this.record.report({ type: 'authenticated', method, remoteDomain: remote });
  }

  #watchSilence(): Timer {
    const { clock, limits } = this.#options;
    const watched = {
      lastTraffic: () => this.#socket.lastTraffic,
      keepsAlive: () => this.#state.pairs.some(({ remote }) => this.#options.securityFor(remote)?.keepAlive === true),
      sendWhiteSpace: () => this.#traffic.keepAlive(this.#state.acknowledgements !== undefined),
      onInactive: () => this.#dispatch({ type: 'inactive' }),
    };
    return watchSilence(watched, clock, limits);
  }

  #onClosed(reason: string): void {
    const goodbye = this.#closeReason;
    this.#dispatch({ type: 'stream-ended' });
    this.#establishment.cancel();
    this.#silence?.cancel();
    this.#traffic.end();
    this.record.end(goodbye, reason);
    this.#hooks.onClosed(this);
    this.record.reportClosed();
  }
}
