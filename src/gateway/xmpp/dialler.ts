/** Dials with a memory: what DNS said, which domains are to be left alone for a while, and why dials failed. */
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import { type Result, refuse } from '../../primitives/result.ts';
import { DialBackoff } from './dial-backoff.ts';
import { codeOf, DialFailureLog, type DialFailureRecord } from './dial-failure-log.ts';
import type { DomainPair } from './dialback.ts';
import { DnsCache } from './dns-cache.ts';
import { thinnedLimitReports } from './limit-reports.ts';
import type { DialFailure } from './outbound-state.ts';
import { cancelled, type Dialled, type DialRequest, dial } from './s2s-connector.ts';
import type { S2sEvent } from './s2s-event.ts';
import type { S2sOptions } from './s2s-options.ts';

export class Dialler {
  /** Those given, with the cache in front of DNS, and with an ear for domains that turn out to be there. */
  readonly options: S2sOptions;
  readonly #cache: DnsCache;
  /** Apart: what strangers make us verify must not keep stanzas from a partner. */
  readonly #backoffs: Readonly<Record<DialRequest['purpose']['type'], DialBackoff>>;
  readonly #failures = new DialFailureLog();

  /** @param listening - Where the streams of this side are accepted. */
  constructor(given: S2sOptions, listening: () => readonly ListenerAddress[]) {
    this.#cache = new DnsCache(given.dns, given.clock);
    this.#backoffs = { stanzas: new DialBackoff(given), verify: new DialBackoff(given) };
    const report = thinnedLimitReports((event) => given.onEvent(event), given.clock);
    const onEvent = (event: S2sEvent): void => {
      if (event.type === 'authenticated') this.resetBackoff(event.remoteDomain);
      report(event);
    };
    const ownListeners = (): readonly ListenerAddress[] => [...listening(), ...(given.ownListeners?.() ?? [])];
    // Their getters stay getters: secrets, certificates and limits may change meanwhile.
    this.options = Object.create(given, {
      dns: { value: this.#cache },
      ownListeners: { value: ownListeners },
      onEvent: { value: onEvent },
    }) as S2sOptions;
  }

  /** As `dial`; refused at once with the last failure while the domain is in back-off. */
  async dial(request: DialRequest): Promise<Result<Dialled, DialFailure>> {
    const { pair, purpose, signal } = request;
    const backoff = this.#backoffs[purpose.type];
    const held = backoff.holds(pair.remote, this.#circumstances(pair));
    if (held !== undefined) return refuse(held);
    const onFailure = (failure: DialFailure): void => this.#record(request, failure);
    const dialled = await dial({ ...request, onFailure }, this.options);
    if (dialled.ok || signal.reason === cancelled) return dialled;
    const { step, reason, condition } = dialled.error;
    this.#record(request, dialled.error, condition);
    const { local: localDomain, remote: remoteDomain } = pair;
    const code = codeOf(dialled.error);
    this.options.onEvent({ type: 'dial-failed', localDomain, remoteDomain, step, code, reason });
    if (code !== 'not-allowed') backoff.failed(pair.remote, dialled.error, this.#circumstances(pair));
    return dialled;
  }

  failures(): readonly DialFailureRecord[] {
    return this.#failures.all();
  }

  resetBackoff(domain?: string): void {
    for (const backoff of Object.values(this.#backoffs)) backoff.reset(domain);
  }

  clearDnsCache(domain?: string): void {
    this.#cache.clear(domain);
  }

  /** What an administrator may have changed since a dial failed, and what then makes the next one worth while. */
  #circumstances({ local, remote }: DomainPair): unknown {
    const { options } = this;
    return [
      options.securityFor(remote),
      options.allowLoopbackPeers(),
      options.tlsIdentity(local)?.chain,
      options.anchors(),
    ];
  }

  #record({ pair, purpose }: DialRequest, failure: DialFailure, told?: DialFailureRecord['told']): void {
    const { step, reason, target } = failure;
    this.#failures.add({
      time: this.options.clock.wallTime(),
      localDomain: pair.local,
      remoteDomain: pair.remote,
      purpose: purpose.type,
      step,
      code: codeOf(failure),
      reason,
      ...(target !== undefined && { target }),
      ...(told !== undefined && { told }),
    });
  }
}
