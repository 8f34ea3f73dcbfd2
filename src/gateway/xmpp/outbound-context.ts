/** What the initiating machine asks while it steps, answered from the options and from what is known of the stream. */
import { dialbackKey } from './dialback-key.ts';
import type { OutboundContext } from './outbound-state.ts';
import type { S2sOptions } from './s2s-options.ts';
import { advertisedLimits } from './stream-limits.ts';
import type { StreamRecord } from './stream-record.ts';

export interface StreamUse {
  /** Shows no certificate. */
  readonly anonymous: boolean;
  readonly takesStanzas: boolean;
}

export const outboundContext = (
  options: S2sOptions,
  record: StreamRecord,
  { anonymous, takesStanzas }: StreamUse,
): OutboundContext => ({
  securityFor: (remote) => options.securityFor(remote),
  verdictFor: (remote, security) => record.verdictFor(remote, security),
  hasCertificate: (local) => !anonymous && options.tlsIdentity(local) !== undefined,
  isLocalDomain: (domain) => options.isLocalDomain(domain),
  takesStanzas,
  advertisedLimits: () => advertisedLimits(true, options.limits),
  dialbackKey: ({ local, remote }, streamId) =>
    dialbackKey(options.dialbackSecret, { receiving: remote, originating: local, streamId }),
});
