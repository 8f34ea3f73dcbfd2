/** Why partners could not be reached: the last failures of each domain, for the administrator. Bounded; in memory only. */
import type { DomainName } from '../../primitives/domain-name.ts';
import type { DialCode, DialFailure, OutboundPurpose } from './outbound-state.ts';
import type { DialStep } from './s2s-event.ts';
import { maxFailureDomains, maxFailuresPerDomain } from './s2s-limits.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';

export interface DialFailureRecord {
  readonly time: Date;
  readonly localDomain: DomainName;
  readonly remoteDomain: DomainName;
  /** What the stream was for: to send stanzas, or to verify somebody's dialback key. */
  readonly purpose: OutboundPurpose['type'];
  readonly step: DialStep;
  /** Stable; `<step>-failed` where nothing more is known. */
  readonly code: DialCode | `${DialStep}-failed`;
  /** One or two sentences. */
  readonly reason: string;
  /** What an administrator can do about it, in words. */
  readonly hint?: string;
  /** The name that was asked for, or the server that was dialled. */
  readonly target?: string;
  /** What the senders of the stanzas were told; absent where another server of the domain was tried next. */
  readonly told?: StanzaErrorCondition;
}

export const codeOf = ({ code, step }: DialFailure): DialFailureRecord['code'] => code ?? `${step}-failed`;

const hints: Partial<Record<DialCode, string>> = {
  'peer-rejects-certificate':
    'The server may be too old to accept a certificate for serverAuth only (ejabberd before 25.08), or may not trust its issuer. Permit dialback over TLS for this partner, or use a certificate for serverAuth and clientAuth of an authority that the partner trusts.',
  'external-not-offered':
    'The server offers SASL EXTERNAL only to certificates that it accepts. Its administrator can tell what it has against ours; or permit dialback over TLS for this partner.',
  'no-own-certificate': 'Request, import and assign a certificate.',
  'dns-temporary': 'The name servers of the domain, or ours, did not answer. It is tried again.',
  'address-refused': 'The partner must correct its DNS. For a laboratory on this machine, allow loopback peers.',
  'port-refused': 'The partner must correct its SRV record; or name its server and port as the proxy of the partner.',
};

export class DialFailureLog {
  readonly #domains = new Map<DomainName, DialFailureRecord[]>();

  /** Adds a record with the hint for its cause. The domain that failed longest ago makes room. */
  add(record: DialFailureRecord): void {
    const { remoteDomain, code } = record;
    const hint = Object.hasOwn(hints, code) ? hints[code as DialCode] : undefined;
    const before = this.#domains.get(remoteDomain) ?? [];
    const kept = [...before, { ...record, ...(hint !== undefined && { hint }) }].slice(-maxFailuresPerDomain);
    this.#domains.delete(remoteDomain);
    const [oldest] = this.#domains.keys();
    if (oldest !== undefined && this.#domains.size >= maxFailureDomains) this.#domains.delete(oldest);
    this.#domains.set(remoteDomain, kept);
  }

  /** Oldest first. */
  all(): readonly DialFailureRecord[] {
    return [...this.#domains.values()].flat().toSorted((one, other) => one.time.getTime() - other.time.getTime());
  }
}
