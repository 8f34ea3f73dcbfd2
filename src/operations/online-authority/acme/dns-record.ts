/** The TXT record that answers a dns-01 challenge. [RFC 8555 §8.4] */
import { createHash } from 'node:crypto';

import type { ChallengeAnswer } from './challenge-solver.ts';

export interface DnsRecord {
  /** `_acme-challenge.contoso.com`, without a final dot. */
  readonly name: string;
  readonly value: string;
}

export const dnsRecordOf = ({ domain, keyAuthorization }: ChallengeAnswer): DnsRecord => ({
  name: `_acme-challenge.${domain}`,
  value: createHash('sha256').update(keyAuthorization).digest('base64url'),
});
