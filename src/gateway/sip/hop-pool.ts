/**
 * Requests to whichever of several servers works: the first of them in the administrator's order that is not down; the next
 * one, in a new transaction, where it answers 503 or cannot be reached [RFC 3263 §4.3]. What may have arrived is not sent
 * again: a request that was not answered in time ends there, and the next one goes elsewhere.
 */
import type { Clock } from '../../primitives/clock.ts';
import { refuse } from '../../primitives/result.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { sipUriIn } from './aor.ts';
import { ownContact } from './home/own-contact.ts';
import { HopHealth } from './hop-health.ts';
import { type Asker, hopQuestion } from './hop-question.ts';
import type { FinalResponse, OutgoingRequest, RequestOptions } from './outgoing-request.ts';
import type { SipEndpoint } from './sip-endpoint.ts';
import { printSipUri } from './sip-uri.ts';
import type { ClosedConnection, Destination } from './transport.ts';

export interface Hop {
  /** As an administrator reads it: `fe01.contoso.com:5061;transport=tls`. */
  readonly name: string;
  readonly destination: Destination;
  /** Why it cannot be tried at all: DNS did not say where it is. */
  readonly problem?: string | undefined;
}

export interface HopPoolOptions extends Asker {
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** 0 to below 1, at random. */
  fraction(): number;
  /** Before a hop is asked: where it is may have changed. */
  onProbe(hop: Hop): Promise<void>;
  onUp(hop: Hop): void;
  onDown(hop: Hop, reason: string, waitMs: number): void;
}

export interface HopReport {
  readonly state: 'Up' | 'Down' | 'Unknown';
  readonly since?: Date;
  readonly reason?: string;
}

export class HopPool {
  readonly #options: HopPoolOptions;
  readonly #watched = new Map<string, { readonly hop: Hop; readonly health: HopHealth }>();

  constructor(options: HopPoolOptions) {
    this.#options = options;
  }

  /** Hops that a connection of ours led to, which is no more. */
  suspect({ transport, host, port, name }: ClosedConnection): void {
    for (const { hop, health } of this.#watched.values()) {
      const at = hop.destination;
      const isThere = at.host === host || (at.tlsName ?? at.host) === name;
      if (isThere && at.port === port && at.transport === transport) health.suspect();
    }
  }

  /** These are the hops from now on; what is known of those that stay is kept. */
  keep(hops: readonly Hop[]): void {
    const wanted = new Map(hops.map((hop) => [keyOf(hop), hop]));
    for (const [key, { health }] of this.#watched) {
      if (wanted.has(key)) continue;
      health.close();
      this.#watched.delete(key);
    }
    for (const [key, hop] of wanted) {
      if (!this.#watched.has(key)) this.#watched.set(key, { hop, health: this.#watch(hop) });
    }
  }

  report(hop: Hop): HopReport {
    const health = this.#healthOf(hop);
    const since = health?.changed === undefined ? {} : { since: health.changed };
    if (health === undefined || health.state.name === 'unknown') return { state: 'Unknown' };
    if (health.state.name === 'up') return { state: 'Up', ...since };
    return { state: 'Down', reason: health.state.reason, ...since };
  }

  /**
   * The one to try next: the first that is not down, else the one that has been down longest.
   *
   * @param tried - Not these again.
   */
  next(hops: readonly Hop[], tried: ReadonlySet<Hop> = new Set()): Hop | undefined {
    const left = hops.filter((hop) => !tried.has(hop));
    const usable = left.find((hop) => this.#downSince(hop) === undefined);
    if (usable !== undefined) return usable;
    const [longest] = left.toSorted((one, other) => (this.#downSince(one) ?? 0) - (this.#downSince(other) ?? 0));
    return longest;
  }

  /**
   * A request outside of dialogs. Resolves within 32 s after the last hop that was tried; never rejects.
   *
   * @param first - The hop for which the request was made: its Contact leads there.
   */
  async request(
    hops: readonly Hop[],
    request: OutgoingRequest,
    options: RequestOptions & { readonly first?: Hop | undefined } = {},
  ): Promise<FinalResponse> {
    const tried = new Set<Hop>();
    let hadLastResort = false;
    let final: FinalResponse = { ok: false, why: 'transport', detail: 'there is no next hop', isUnsent: true };
    for (;;) {
      const hop = this.next(hops, tried);
      if (hop === undefined) return final;
      const isLastResort = this.#downSince(hop) !== undefined;
      if (isLastResort && hadLastResort) return final;
      hadLastResort ||= isLastResort;
      tried.add(hop);
      final = await this.#requestAt(
        hop,
        hop === options.first || !request.headers.has('Contact') ? request : this.#readdressed(request, hop),
        options,
      );
      if (!isUntaken(final) || options.signal?.aborted === true) return final;
    }
  }

  /** A request inside a dialog goes to whoever has the dialog, and nowhere else. */
  async requestTo(hop: Hop, request: OutgoingRequest, destination: Destination): Promise<FinalResponse> {
    return this.#observed(hop, (onProvisional) =>
      this.#options.endpoint.request(request, destination, { onProvisional }),
    );
  }

  /** Our address towards the hop; when there is no way to it, that is known from then on. */
  async localAddress(hop: Hop, destination: Destination): ReturnType<SipEndpoint['localAddress']> {
    const sentAt = this.#options.clock.now();
    const { problem } = hop;
    const address = problem === undefined ? await this.#options.endpoint.localAddress(destination) : refuse(problem);
    if (address.ok) return address;
    const final = { ok: false, why: 'transport', detail: address.error, isUnsent: true } as const;
    this.#healthOf(hop)?.observe({ sentAt, final, isHeard: false });
    return address;
  }

  close(): void {
    this.keep([]);
  }

  #healthOf(hop: Hop): HopHealth | undefined {
    return this.#watched.get(keyOf(hop))?.health;
  }

  #downSince(hop: Hop): number | undefined {
    const state = this.#healthOf(hop)?.state;
    return state?.name === 'down' ? state.since : undefined;
  }

  #watch(hop: Hop): HopHealth {
    const { clock, fraction } = this.#options;
    return new HopHealth({
      clock,
      fraction,
      probe: () => this.#probe(hop),
      onUp: () => this.#options.onUp(hop),
      onDown: (reason, waitMs) => this.#options.onDown(hop, visibleText(reason), waitMs),
    });
  }

  async #requestAt(
    hop: Hop,
    request: OutgoingRequest | Promise<OutgoingRequest>,
    options: RequestOptions,
  ): Promise<FinalResponse> {
    const { problem, destination } = hop;
    const final = await this.#observed(
      hop,
      async (onProvisional) => {
        if (problem !== undefined) return { ok: false, why: 'transport', detail: problem, isUnsent: true };
        return this.#options.endpoint.request(
          await request,
          destination,
          Object.assign({}, options, { onProvisional }),
        );
      },
      options,
    );
    return { peer: destination, ...final };
  }

  async #observed(
    hop: Hop,
    send: (onProvisional: NonNullable<RequestOptions['onProvisional']>) => Promise<FinalResponse>,
    options: RequestOptions = {},
  ): Promise<FinalResponse> {
    const sentAt = this.#options.clock.now();
    let isHeard = false;
    const final = await send((response) => {
      isHeard = true;
      options.onProvisional?.(response);
    });
    this.#healthOf(hop)?.observe({ sentAt, final, isHeard });
    return final;
  }

  /** Its Contact names our address towards another hop; this one must find us too. */
  async #readdressed(request: OutgoingRequest, { destination }: Hop): Promise<OutgoingRequest> {
    const contact = sipUriIn(request.headers.get('Contact'));
    if (contact === undefined) return request;
    const fresh = await ownContact(this.#options.endpoint, destination, printSipUri(contact));
    return fresh.ok ? { ...request, headers: request.headers.with('Contact', fresh.value) } : request;
  }

  async #probe(hop: Hop): Promise<FinalResponse> {
    await this.#options.onProbe(hop);
    const { problem, destination } = hop;
    if (problem !== undefined) return { ok: false, why: 'transport', detail: problem };
    return this.#options.endpoint.request(hopQuestion(destination, this.#options), destination);
  }
}

/** Whether another hop may be tried: this one has certainly not taken the request. */
export const isUntaken = (final: FinalResponse): boolean =>
  final.ok ? final.response.status === 503 : final.isUnsent === true && final.isOurs !== true;

const keyOf = ({ destination: { host, port, transport, tlsName = host }, problem }: Hop): string =>
  `${host}:${port};${transport};${tlsName};${problem === undefined ? '' : 'not found'}`;
