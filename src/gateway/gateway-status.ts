/** What a running gateway says of itself: the answer of the control channel's `status`. Plain data, since it crosses a socket. */
import type { ListenerAddress } from '../primitives/listener-address.ts';

/** A SIP server that owns users of ours. */
export interface HopStatus {
  /** The SIP domain, or `Global`. */
  readonly route: string;
  /** `fe01.contoso.com:5061;transport=tls` */
  readonly hop: string;
  readonly state: 'Up' | 'Down' | 'Unknown';
  /** Since when it is so, ISO 8601, UTC; absent while nothing is known. */
  readonly since?: string;
  /** Why it is down: one clause. */
  readonly reason?: string;
}

export interface GatewayStatus {
  readonly processId: number;
  /** ISO 8601, UTC. */
  readonly startTime: string;
  readonly loadedRevision: number;
  readonly listeners: readonly ListenerAddress[];
  /** Authenticated XMPP streams, both directions. */
  readonly sessions: number;
  /** SIP contacts registered with the home server. */
  readonly registrations: number;
  /** In the order of the routes; empty when all users are at home here. A gateway of an earlier version does not say. */
  readonly hops?: readonly HopStatus[];
  /** Days until the served certificate expires, rounded down; absent without a certificate. */
  readonly certificateDays?: number;
  /** SHA-1 of the served certificate, as Windows names it; absent without a certificate. */
  readonly certificateThumbprint?: string;
  /** Since when it is shown, ISO 8601, UTC. */
  readonly certificateSince?: string;
  /** The certificate that is planned to follow it, and from when on, ISO 8601, UTC; absent: none is. */
  readonly plannedCertificate?: { readonly thumbprint: string; readonly from: string };
  readonly certificateIsLocalTest: boolean;
  /** When a certificate is renewed next, ISO 8601, UTC; absent when none renews itself. */
  readonly nextRenewal?: string;
  /** It has been asked to stop and finishes what it has. */
  readonly stopping: boolean;
  /** It takes nothing new, and waits for what is under way. A gateway of an earlier version does not say. */
  readonly draining?: boolean;
  /** Conditions an administrator should know of, one sentence each. */
  readonly warnings: readonly string[];
}
