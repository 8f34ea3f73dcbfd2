/** What the receiving machine asks while it steps, answered from the options, from what is known of the stream, and by its owner. */
import { isGenuineKey } from './dialback-key.ts';
import type { InboundContext } from './inbound-state.ts';
import { domainpartOf } from './jid.ts';
import type { S2sOptions, TlsIdentity } from './s2s-options.ts';
import { advertisedLimits } from './stream-limits.ts';
import type { StreamRecord } from './stream-record.ts';

/** Bits of a stream id: it keeps dialback keys from being used twice. */
const streamIdBits = 128;

export const inboundContext = (
  options: S2sOptions,
  record: StreamRecord,
  hasRoomFor: InboundContext['hasRoomFor'],
): InboundContext => ({
  newStreamId: () => options.ids.token(streamIdBits),
  isLocalDomain: (domain) => options.isLocalDomain(domain),
  securityFor: (remote) => options.securityFor(remote),
  verdictFor: (remote, security) => record.verdictFor(remote, security),
  hasCertificate: (local) => options.tlsIdentity(local) !== undefined,
  isGenuineKey: (claim, key) => isGenuineKey(options, claim, key),
  hasRoomFor,
  advertisedLimits: (authenticated) => advertisedLimits(authenticated, options.limits),
});

/** What is shown to somebody who asks for this name in the handshake itself. */
export function identityFor(options: S2sOptions, serverName: string): TlsIdentity | undefined {
  const domain = domainpartOf(serverName);
  return domain !== undefined && options.isLocalDomain(domain) ? options.tlsIdentity(domain) : undefined;
}
