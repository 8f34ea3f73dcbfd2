/** What is known about one stream while it lives, for lists and events; and what its peer's certificate is worth. */
import type { PeerVerdict } from '../../certificates/peer-validation.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import type { S2sEvent, StreamState, StreamSummary } from './s2s-event.ts';
import type { S2sOptions } from './s2s-options.ts';
import { noStreamEnd } from './stream-header.ts';
import type { AuthenticationMethod, StreamSecurity } from './stream-security.ts';
import type { StreamSocket } from './stream-socket.ts';
import type { Element } from './xml/element.ts';

type RecordOptions = Pick<
  S2sOptions,
  'clock' | 'ids' | 'onEvent' | 'securityFor' | 'validatePeer' | 'anchors' | 'limits'
>;

type Refused = Extract<S2sEvent, { type: 'refused' }>;

/** What the peer of one stream showed in the handshake. */
export interface PeerCertificate {
  /** Id of the stream. */
  readonly stream: string;
  readonly remoteDomain: DomainName;
  /** DER, leaf first. */
  readonly chain: readonly Buffer[];
  readonly verdict: PeerVerdict;
}

export class StreamRecord {
  readonly id: string;
  readonly #options: RecordOptions;
  /** Who opened it. */
  readonly direction: StreamSummary['direction'];
  readonly #since: Date;
  #socket: StreamSocket | undefined;
  #certificate: string | undefined;
  #lastActivity: Date;
  #stanzasIn = 0;
  #stanzasOut = 0;
  #reason = '';
  #partner: string | undefined;
  #localDomain: DomainName | undefined;
  #remoteDomain: DomainName | undefined;
  /** DER, leaf first; empty in clear and where the peer showed none. */
  chain: readonly Buffer[] = [];
  state: StreamState = 'connecting';
  tls: StreamSummary['tls'];
  method: AuthenticationMethod | undefined;
  authenticated: readonly DomainName[] = [];
  queued = 0;
  unacknowledged: number | undefined;
  streamManagement: true | undefined;
  /** Stanzas go both ways on it [XEP-0288]. */
  bidirectional = false;
  /** The peer was gone before either side said goodbye, or did not answer ours. */
  lost = false;

  constructor(options: RecordOptions, direction: StreamSummary['direction']) {
    this.id = options.ids.token(32);
    this.#options = options;
    this.direction = direction;
    this.#since = options.clock.wallTime();
    this.#lastActivity = this.#since;
  }

  attach(socket: StreamSocket): void {
    this.#socket = socket;
  }

  /** The stanzas of one side at least are counted. */
  counts({ acknowledgements, handling }: { readonly acknowledgements?: object; readonly handling?: object }): void {
    if (acknowledgements === undefined && handling === undefined) return;
    this.streamManagement = true;
    if (acknowledgements !== undefined) this.unacknowledged ??= 0;
  }

  /** Whose stream it is, as far as is known. */
  identify(localDomain: DomainName | undefined, remoteDomain: DomainName | undefined): void {
    this.#localDomain = localDomain;
    if (remoteDomain === this.#remoteDomain) return;
    this.#remoteDomain = remoteDomain;
    this.#partner = remoteDomain && this.#options.securityFor(remoteDomain)?.partner;
  }

  countIn(stanza: Element): void {
    this.#stanzasIn += 1;
    this.#touch();
    this.report({ type: 'stanza-received', stanza });
  }

  countOut(stanza: Element): void {
    this.#stanzasOut += 1;
    this.#touch();
    this.report({ type: 'stanza-sent', stanza });
  }

  #touch(): void {
    this.#lastActivity = this.#options.clock.wallTime();
  }

  /** Looks at the certificate now: anchors, pins and the date may have changed since the handshake. */
  verdictFor(domain: DomainName, security: StreamSecurity): PeerVerdict {
    const verdict = this.#options.validatePeer({
      chain: this.chain,
      anchors: [...this.#options.anchors(), ...(security.anchors ?? [])],
      domain,
      now: this.#options.clock.wallTime(),
      pinnedSpkiSha256: security.pinnedSpkiSha256,
    });
    this.#certificate = verdict.ok ? verdict.identity : `${verdict.reason}: ${verdict.detail}`;
    return verdict;
  }

  /** The chain that the peer showed, and what it is worth now; nothing in clear and for domains that may not connect. */
  peerCertificate(): PeerCertificate | undefined {
    const remoteDomain = this.#remoteDomain;
    const security = remoteDomain && this.#options.securityFor(remoteDomain);
    if (security === undefined || remoteDomain === undefined || this.chain.length === 0) return undefined;
    return { stream: this.id, remoteDomain, chain: this.chain, verdict: this.verdictFor(remoteDomain, security) };
  }

  /** Distributes over the union, so that each event keeps its own fields. */
  report(
    event: S2sEvent extends infer E
      ? E extends { readonly stream: StreamSummary }
        ? Omit<E, 'stream'>
        : never
      : never,
  ): void {
    this.#options.onEvent({ stream: this.summary(), ...event });
  }

  reportRefusal({ code, condition, reason }: Pick<Refused, 'code' | 'condition' | 'reason'>): void {
    this.report({ type: 'refused', code, condition, reason });
  }

  /** @param goodbye - Why it was being closed, if it was. @param ending - How the connection ended. */
  end(goodbye: string | undefined, ending: string): void {
    this.state = 'closed';
    this.lost = goodbye === undefined || ending === noStreamEnd;
    this.#reason = goodbye ?? ending;
  }

  reportClosed(): void {
    this.report({ type: 'closed', reason: this.#reason, lost: this.lost });
  }

  summary(): StreamSummary {
    const summary: Mutable<StreamSummary> = {
      id: this.id,
      direction: this.direction,
      bidirectional: this.bidirectional,
      state: this.state,
      since: this.#since,
      peerAddress: this.#socket?.peerAddress ?? '',
      peerPort: this.#socket?.peerPort ?? 0,
      authenticated: this.authenticated,
      stanzasIn: this.#stanzasIn,
      stanzasOut: this.#stanzasOut,
      queued: this.queued,
      lastActivity: this.#lastActivity,
    };
    return this.#withWhatIsKnown(summary);
  }

  /** A few assignments: it is called several times for each stanza. */
  #withWhatIsKnown(summary: Mutable<StreamSummary>): StreamSummary {
    if (this.#localDomain !== undefined) summary.localDomain = this.#localDomain;
    if (this.#remoteDomain !== undefined) summary.remoteDomain = this.#remoteDomain;
    if (this.#partner !== undefined) summary.partner = this.#partner;
    if (this.method !== undefined) summary.method = this.method;
    if (this.tls !== undefined) summary.tls = this.tls;
    if (this.#certificate !== undefined) summary.certificate = this.#certificate;
    if (this.streamManagement !== undefined) summary.streamManagement = this.streamManagement;
    if (this.unacknowledged !== undefined) summary.unacknowledged = this.unacknowledged;
    return summary;
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
