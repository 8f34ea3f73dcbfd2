/** What server-to-server streams are given from outside: policy, keys, time, randomness, DNS. They know no configuration. */
import type { PeerQuestion, PeerVerdict } from '../../certificates/peer-validation.ts';
import type { Clock } from '../../primitives/clock.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import type { Ids } from '../../primitives/ids.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { DialbackSecrets } from './dialback-key.ts';
import type { DnsPort } from './dns-resolver.ts';
import type { S2sEvent, StreamSummary } from './s2s-event.ts';
import type { S2sLimits } from './s2s-limits.ts';
import type { Handled } from './stanza.ts';
import type { StreamSecurity } from './stream-security.ts';
import type { Element } from './xml/element.ts';

export type { StreamSecurity } from './stream-security.ts';

/** The certificate that a local domain shows, PEM. */
export interface TlsIdentity {
  readonly key: Secret;
  /** Leaf first, with its intermediates. */
  readonly chain: string;
}

/** The secrets are the same on every connection and after a restart, so that a key can be verified on another connection. */
export interface S2sOptions extends DialbackSecrets {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly dns: DnsPort;
  readonly limits: S2sLimits;
  /** Whether a peer may live on a loopback address. */
  allowLoopbackPeers(): boolean;
  /** Whether a stranger's dialback key is verified at a server on a private network. Absent: no. */
  allowPrivateDialback?(): boolean;
  /** Where else this process accepts connections: DNS of a partner must not lead there. */
  ownListeners?(): readonly ListenerAddress[];
  isLocalDomain(domain: DomainName): boolean;
  /** Nothing: this domain may not connect and is not connected to. Asked anew for each decision. */
  securityFor(remoteDomain: DomainName): StreamSecurity | undefined;
  /** Nothing: no certificate, so TLS is neither offered nor authenticated with. Asked anew for each stream. */
  tlsIdentity(localDomain: DomainName): TlsIdentity | undefined;
  /** Trust anchors that count for every partner, DER. */
  anchors(): readonly Buffer[];
  validatePeer(question: PeerQuestion): PeerVerdict;
  /**
   * A stanza of an authenticated domain pair; both addresses parse, and the stream may speak for its sender.
   * The peer hears that it is handled when the returned promise settles, or at once where there is none [XEP-0198].
   *
   * @param isCounted - The peer keeps it until it hears that.
   */
  onStanza(stanza: Element, stream: StreamSummary, isCounted: boolean): Handled;
  /**
   * A stanza that a peer counts has taken its time: asked whether the peer may hear that it is handled before it is. Absent: yes.
   *
   * @param handling - Settles when it is.
   */
  keepLate?(stanza: Element, handling: Promise<void | 'unanswered'>): Promise<boolean>;
  /** An error for a message may not have reached its server, which acknowledges nothing. Absent: it is left at that. */
  onErrorLost?(error: Element): void;
  onEvent(event: S2sEvent): void;
}
