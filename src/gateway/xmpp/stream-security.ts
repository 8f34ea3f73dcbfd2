/** What the streams between us and one domain must pass, and what that means on the wire. Decided elsewhere, enforced here. */

/** Why the other side of a stream is believed. Dialback proves control of DNS only; over TLS nobody else reads along. */
export type AuthenticationMethod = 'SASL over TLS' | 'TLS Dialback' | 'TCP Dialback';

export interface StreamSecurity {
  /** The partner's name: streams of all its domains count against one connection limit. */
  readonly partner: string;
  readonly startTls: 'required' | 'optional' | 'not-supported';
  readonly saslExternal: boolean;
  readonly tlsDialback: boolean;
  readonly tcpDialback: boolean;
  /** Streams to and from this partner at one time. */
  readonly connectionLimit: number;
  readonly keepAlive: boolean;
  /** Whether one stream may carry stanzas both ways, whoever opened it [XEP-0288]. Absent: no. */
  readonly bidi?: boolean;
  /** Bytes a second of one stream, and stanzas a second of one JID, in place of what everybody may send; 0: as many as come. */
  readonly bytesPerSecond?: number;
  readonly stanzasPerSecond?: number;
  /** Connect here in place of what DNS says. The certificate must still match the domain. */
  readonly proxy?: { readonly host: string; readonly port?: number };
  /** Additional trust anchors for this partner, DER. */
  readonly anchors?: readonly Buffer[];
  /** SHA-256 of public keys, base64. When not empty, nobody without one of them is believed, by dialback neither. */
  readonly pinnedSpkiSha256: readonly string[];
}

/** Whether the row of the negotiation matrix permits this method now. A change of policy takes effect on live streams through it. */
export function permits(security: StreamSecurity, method: AuthenticationMethod): boolean {
  switch (method) {
    case 'SASL over TLS':
      return security.saslExternal && security.startTls !== 'not-supported';
    case 'TLS Dialback':
      return security.tlsDialback && security.startTls !== 'not-supported';
    default:
      // A pin speaks of a certificate, and this method has none.
      return security.tcpDialback && security.startTls !== 'required' && security.pinnedSpkiSha256.length === 0;
  }
}

export const dialbackMethod = (encrypted: boolean): AuthenticationMethod =>
  encrypted ? 'TLS Dialback' : 'TCP Dialback';

/** Whether a stream that was authenticated under `before` may stay under `after`. Limits, the route and the direction of stanzas do not matter to it. */
export function sameRequirements(before: StreamSecurity, after: StreamSecurity): boolean {
  return (
    before.partner === after.partner &&
    before.startTls === after.startTls &&
    before.saslExternal === after.saslExternal &&
    before.tlsDialback === after.tlsDialback &&
    before.tcpDialback === after.tcpDialback &&
    sameList(before.pinnedSpkiSha256, after.pinnedSpkiSha256, (left, right) => left === right) &&
    sameList(before.anchors ?? [], after.anchors ?? [], (left, right) => left.equals(right))
  );
}

const sameList = <T>(left: readonly T[], right: readonly T[], same: (one: T, other: T) => boolean): boolean =>
  left.length === right.length && left.every((one, index) => same(one, right[index] as T));
