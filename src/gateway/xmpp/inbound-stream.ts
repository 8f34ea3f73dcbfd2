/** Runs the receiving machine on a connection: performs its effects, tells it what happens. */
import type { Socket } from 'node:net';

import type { Timer } from '../../primitives/clock.ts';
import { type DialbackElement, type DialbackOutcome, type DomainPair, samePair } from './dialback.ts';
import { isGenuineKey } from './dialback-key.ts';
import {
  type AuthenticatedPair,
  type InboundContext,
  type InboundEffect,
  type InboundEvent,
  initialInbound,
} from './inbound-state.ts';
import { stepInbound } from './inbound-stream-machine.ts';
import { domainpartOf } from './jid.ts';
import { watchSilence } from './keepalive.ts';
import { namespaces } from './namespaces.ts';
import { elementLimits, elementLimitsBeforeAuthentication, type S2sLimits } from './s2s-limits.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { Handled } from './stanza.ts';
import type { StanzaError } from './stanza-error.ts';
import { acceptDirectTls, acceptTls } from './starttls.ts';
import type { StreamError } from './stream-error.ts';
import type { StreamLimits } from './stream-limits.ts';
import { rateHandlers } from './stream-rate.ts';
import { StreamRecord } from './stream-record.ts';
import { StreamSocket } from './stream-socket.ts';
import { type Element, element } from './xml/element.ts';

/** Bits of a stream id: it keeps dialback keys from being used twice. */
const streamIdBits = 128;

export interface InboundHooks {
  hasRoomFor(stream: InboundStream, pair: AuthenticatedPair): boolean;
  /** Asks the authoritative server on behalf of this address; always answers. */
  verifyKey(request: DialbackElement, streamId: string, peerAddress: string): Promise<DialbackOutcome>;
  returnStanza(stanza: Element, error: StanzaError): void;
  deliver(stanza: Element, record: StreamRecord): Handled;
  onClosed(stream: InboundStream): void;
}

export class InboundStream {
  readonly record: StreamRecord;
  readonly #options: S2sOptions;
  readonly #hooks: InboundHooks;
  readonly #socket: StreamSocket;
  readonly #context: InboundContext;
  readonly #establishment: Timer;
  #silence: Timer | undefined;
  #state;
  #closeReason: string | undefined;

  constructor(raw: Socket, options: S2sOptions, hooks: InboundHooks, directTls: boolean) {
    this.#options = options;
    this.#hooks = hooks;
    this.#state = initialInbound(directTls);
    this.record = new StreamRecord(options, 'inbound');
    this.#context = contextOf(this, options, hooks);
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
    const { clock, limits } = options;
    this.#establishment = clock.after(limits.establishmentMs, () =>
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
    const { name, pairs } = this.#state;
    return name !== 'closing' && name !== 'ended' && pairs.some((known) => samePair(known, pair));
  }

  /** The partner of its first pair: the one whose limit it counts against. */
  get partner(): string | undefined {
    return this.#state.pairs[0]?.security.partner;
  }

  serves(remoteDomain: string): boolean {
    return this.#state.remote === remoteDomain || this.#state.pairs.some((pair) => pair.remote === remoteDomain);
  }

  reconsider(): void {
    this.#dispatch({ type: 'policy-changed' });
  }

  close(reason: string, error?: StreamError): void {
    this.#dispatch({ type: 'close', reason, ...(error && { error }) });
  }

  #dispatch(event: InboundEvent): void {
    const { state, effects } = stepInbound(this.#state, event, this.#context);
    this.#state = state;
    this.record.identify(state.local, state.remote ?? state.pairs[0]?.remote);
    if (this.record.state === 'connecting' && state.name === 'open') {
      this.record.state = 'negotiating';
      this.record.report({ type: 'stream-opened' });
    }
    for (const effect of effects) this.#perform(effect);
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
        void this.#verifyKey(effect.request, effect.streamId);
        return undefined;
      case 'authenticated':
        return this.#onAuthenticated(effect.pair);
      case 'deliver':
        return this.#deliver(effect);
      default:
        return this.#performEnding(effect);
    }
  }

  #performEnding(
    effect: Extract<InboundEffect, { do: 'return' | 'report-refusal' | 'report-ignored' | 'close' }>,
  ): void {
    switch (effect.do) {
      case 'return':
        this.#hooks.returnStanza(effect.stanza, effect.error);
        return effect.number === undefined ? undefined : this.#dispatch({ type: 'handled', number: effect.number });
      case 'report-refusal':
        return this.record.report({
          type: 'refused',
          code: effect.code,
          condition: effect.condition,
          reason: effect.reason,
        });
      case 'report-ignored':
        return this.record.report({ type: 'ignored', reason: effect.reason });
      default:
        this.#closeReason ??= effect.reason;
        this.record.state = 'closing';
        return this.#socket.close(effect.error);
    }
  }

  #deliver({ stanza, number }: Extract<InboundEffect, { do: 'deliver' }>): void {
    this.record.countIn(stanza);
    const handling = this.#hooks.deliver(stanza, this.record);
    if (number === undefined) return;
    const onHandled = (): void => this.#dispatch({ type: 'handled', number });
    if (handling === undefined) onHandled();
    else void handling.then(onHandled, onHandled);
  }

  #onTls(chain: readonly Buffer[], directTls: boolean): void {
    this.record.chain = chain;
    this.record.tls = this.#socket.tls;
    if (!directTls) this.#dispatch({ type: 'tls-established' });
    this.record.report({ type: 'tls-established' });
  }

  async #verifyKey(request: DialbackElement, streamId: string): Promise<void> {
    const outcome = await this.#hooks.verifyKey(request, streamId, this.peerAddress);
    this.#dispatch({ type: 'key-verified', request, outcome });
  }

  #onAuthenticated({ method, remote }: AuthenticatedPair): void {
    this.#establishment.cancel();
    this.#socket.setLimits(elementLimits);
    this.record.method ??= method;
    this.record.authenticated = [...new Set([...this.record.authenticated, remote])];
    this.record.state = 'established';
    this.#silence ??= this.#watchSilence();
    this.record.report({ type: 'authenticated', method, remoteDomain: remote });
  }

  #watchSilence(): Timer {
    return watchSilence(
      {
        lastTraffic: () => this.#socket.lastTraffic,
        keepsAlive: () => this.#state.pairs.some(({ remote }) => this.#options.securityFor(remote)?.keepAlive === true),
        sendWhiteSpace: () => this.#socket.sendText(' '),
        onInactive: () => this.#dispatch({ type: 'inactive' }),
      },
      this.#options.clock,
      this.#options.limits,
    );
  }

  #onClosed(reason: string): void {
    const goodbye = this.#closeReason;
    this.#dispatch({ type: 'stream-ended' });
    this.#establishment.cancel();
    this.#silence?.cancel();
    this.record.state = 'closed';
    this.#hooks.onClosed(this);
    this.record.reportClosed(goodbye, reason);
  }
}

function contextOf(stream: InboundStream, options: S2sOptions, hooks: InboundHooks): InboundContext {
  const { record } = stream;
  return {
    newStreamId: () => options.ids.token(streamIdBits),
    isLocalDomain: (domain) => options.isLocalDomain(domain),
    securityFor: (remote) => options.securityFor(remote),
    verdictFor: (remote, security) => record.verdictFor(remote, security),
    hasCertificate: (local) => options.tlsIdentity(local) !== undefined,
    isGenuineKey: (claim, key) => isGenuineKey(options, claim, key),
    hasRoomFor: (pair) => hooks.hasRoomFor(stream, pair),
    advertisedLimits: (authenticated) => advertisedLimits(authenticated, options.limits),
  };
}

/** Strangers have the time of the establishment, white space or not. */
const advertisedLimits = (authenticated: boolean, { establishmentMs, inactivityMs }: S2sLimits): StreamLimits => ({
  maxBytes: (authenticated ? elementLimits : elementLimitsBeforeAuthentication).maxBytes,
  idleSeconds: Math.ceil((authenticated ? inactivityMs : establishmentMs) / 1000),
});

function identityFor(options: S2sOptions, serverName: string): ReturnType<S2sOptions['tlsIdentity']> {
  const domain = domainpartOf(serverName);
  return domain !== undefined && options.isLocalDomain(domain) ? options.tlsIdentity(domain) : undefined;
}
