/** What a certificate authority that answers over the network does for a request, whatever protocol it speaks. */
import type { Certificate } from '../../certificates/certificate.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { ClientIdentity } from './https-exchange.ts';

export interface CertificateOrder {
  /** The PKCS#10 request, DER. */
  readonly csr: Buffer;
  /** The DNS names of the request, as A-labels. */
  readonly names: readonly string[];
  /** The certificate that the new one is to succeed, where there is one: for authorities that know us by it. */
  readonly successorOf?: ClientIdentity | undefined;
}

export interface OnlineAuthority {
  /**
   * The issued certificate and its chain, DER, the certificate first. The same order may be given again after an
   * interruption: it is taken up where it was.
   *
   * @throws PendingAtAuthority when the authority wants to be asked again later
   * @throws CodedError when the authority refuses, cannot be reached, or its answer makes no sense
   */
  issue(order: CertificateOrder, signal?: AbortSignal): Promise<readonly Buffer[]>;
  /** When it would like a certificate to be renewed; undefined: it does not say. Absent: its protocol has no words for it. */
  renewalAdvice?(certificate: Certificate, signal?: AbortSignal): Promise<RenewalAdvice | undefined>;
}

/** A window of time for a renewal. */
export interface RenewalAdvice {
  readonly from: Date;
  readonly until: Date;
  /** Milliseconds after which it wants to be asked again; undefined: it does not say. */
  readonly askAgainMs: number | undefined;
}

/** Milliseconds for which an authority wants to be left alone after this failure; undefined: it does not say. */
export const retryAfterOf = (error: CodedError): number | undefined =>
  'retryAfterMs' in error && typeof error.retryAfterMs === 'number' ? error.retryAfterMs : undefined;

/** Not refused and not issued: the same order has to be given again, not before some time has passed. */
export class PendingAtAuthority extends CodedError {
  /** Milliseconds. */
  readonly retryAfterMs: number;

  constructor(authority: string, retryAfterMs: number) {
    super('AuthorityPending', `${authority} has taken the request and not decided yet.`, {
      reason: `it wants to be asked again in ${Math.ceil(retryAfterMs / 1000)} s`,
      fix: 'xgw request-certificate -List',
      target: authority,
    });
    this.retryAfterMs = retryAfterMs;
  }
}
