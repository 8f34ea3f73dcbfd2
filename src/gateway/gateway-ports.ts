/** What a gateway is given from outside: time, randomness, keys and the log. It opens sockets itself and nothing else. */
import type { User } from '../config/configuration.ts';
import type { Clock } from '../primitives/clock.ts';
import type { Ids } from '../primitives/ids.ts';
import type { OnLogEvent } from '../primitives/log-event.ts';
import type { Secret } from '../primitives/secret.ts';
import type { StateStore } from '../primitives/state-store.ts';
import type { OnTrace } from '../primitives/trace-step.ts';
import type { ReadAnchors } from './policy/stream-security.ts';

/** The certificate that is served and shown: PEM. */
export interface ServedCertificate {
  readonly key: Secret;
  /** Leaf first, with its intermediates. */
  readonly chain: string;
  readonly notAfter: Date;
  /** SHA-1 of the leaf, upper-case hexadecimal. */
  readonly thumbprint: string;
  readonly localTestCa: boolean;
}

/** Digest values of a user's password, hexadecimal [RFC 7616 §3.4.2]. */
export interface DigestSecrets {
  readonly md5: Secret;
  readonly sha256: Secret;
}

export interface GatewayPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly onEvent: OnLogEvent;
  /** Told each step of what crosses. Default: nobody looks. */
  readonly onTrace?: OnTrace;
  /** What outlives this process. Default: nothing does. */
  readonly state?: StateStore;
  /** The certificate in force now that names the domain best; nothing when none is assigned. Asked anew for each stream. */
  certificate(localDomain?: string): ServedCertificate | undefined;
  /** The one that SIP over TLS shows. Default: the same. */
  sipCertificate?(): ServedCertificate | undefined;
  /** Trust anchors that count for every partner, DER. */
  anchors(): readonly Buffer[];
  readonly readAnchors: ReadAnchors;
  /** Nothing for a user who has no password, and so cannot register. */
  digestSecrets(user: User): DigestSecrets | undefined;
  /** Shared by all streams of this store, so that a dialback key can be checked on another connection. */
  dialbackSecret(): Secret;
  /** The one before, while keys made from it still count. */
  formerDialbackSecret?(): Secret | undefined;
}
