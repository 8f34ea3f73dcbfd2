/** What the initiating machine asks while it steps, answered from the options and from what is known of the stream. */
import { dialbackKey } from './dialback-key.ts';
import type { OutboundContext } from './outbound-state.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StreamRecord } from './stream-record.ts';

/** @param anonymous - Shows no certificate. */
export const outboundContext = (options: S2sOptions, record: StreamRecord, anonymous: boolean): OutboundContext => ({
  securityFor: (remote) => options.securityFor(remote),
  verdictFor: (remote, security) => record.verdictFor(remote, security),
  hasCertificate: (local) => !anonymous && options.tlsIdentity(local) !== undefined,
  dialbackKey: ({ local, remote }, streamId) =>
    dialbackKey(options.dialbackSecret, { receiving: remote, originating: local, streamId }),
});
