/** One question to DNS and what its answer is worth: the object that test-dnsrecord emits, of our own records and of a partner's alike. */

import { isAbsent } from '../../gateway/xmpp/dns-resolver.ts';
import { systemErrorCode } from '../../primitives/errors.ts';

export interface Verdict {
  readonly result: 'Success' | 'Warning' | 'Failure';
  readonly detail: string;
  /** What to publish, or a command. */
  readonly fix?: string;
}

/** A type, not an interface: an object that cmdlets emit has an index. */
export type DnsTest = {
  readonly Domain: string | null;
  readonly Name: string;
  readonly Type: 'SRV' | 'A/AAAA' | 'Proxy';
  readonly Expected: string | null;
  readonly Actual: readonly string[];
  readonly Result: Verdict['result'];
  readonly Detail: string;
  readonly Fix: string | null;
  /** Whom we asked; `system`: the resolvers of this machine. */
  readonly Server: string;
  /** The turn in which the gateway tries it; null for what it does not try, and for our own records. */
  readonly Order: number | null;
  readonly DirectTls: boolean | null;
  /** Nobody answered. */
  readonly Unanswered: boolean;
};

export interface Answer<T> {
  readonly records: readonly T[];
  /** Why there was no answer, by the code of `node:dns`; absence is an answer. */
  readonly failure?: string;
}

export async function answerOf<T>(asked: Promise<readonly T[]>): Promise<Answer<T>> {
  try {
    return { records: await asked };
  } catch (error) {
    return { records: [], ...(isAbsent(error) ? {} : { failure: systemErrorCode(error) ?? 'failed' }) };
  }
}

/** The resolver itself is not there; a SERVFAIL comes from one that is. */
export const isUnanswered = ({ failure }: Answer<unknown>): boolean =>
  failure !== undefined && !['ESERVFAIL', 'EREFUSED', 'EFORMERR', 'ENOTIMP', 'EBADRESP'].includes(failure);
