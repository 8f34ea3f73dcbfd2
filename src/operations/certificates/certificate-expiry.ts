/** When an administrator must hear that a certificate ends: 30 days, 7 days and 1 day before, and when it has ended. Pure. */
import { daysLeft, expiryClause, lastDays } from '../../certificates/remaining-days.ts';
import type { CertificateUsage } from '../../config/configuration.ts';

/** Days before the end. Source: public authorities remind at 30 and 7; 1 is the last working day. 0: it has ended. */
const expiryThresholds = [lastDays, 7, 1, 0] as const;
export type ExpiryThreshold = (typeof expiryThresholds)[number];

export interface AssignedCertificate {
  readonly thumbprint: string;
  readonly friendlyName: string;
  readonly usages: readonly CertificateUsage[];
  readonly notAfter: Date;
}

export interface ExpiryWarning {
  readonly certificate: AssignedCertificate;
  readonly threshold: ExpiryThreshold;
  /** Rounded down; negative after the end. */
  readonly days: number;
}

const dayMs = 86_400_000;

/** The narrowest threshold that a certificate has reached; undefined while it lasts longer than all. */
export function expiryWarning(certificate: AssignedCertificate, now: Date): ExpiryWarning | undefined {
  const left = certificate.notAfter.getTime() - now.getTime();
  // It lasts through its last moment. [RFC 5280 §4.1.2.5]
  const threshold = expiryThresholds.findLast((days) => (days === 0 ? left < 0 : left <= days * dayMs));
  return threshold === undefined ? undefined : { certificate, threshold, days: daysLeft(certificate, now) };
}

/** The next moment at which one of them reaches a threshold; undefined when all have ended. */
export function nextExpiryMoment(certificates: readonly AssignedCertificate[], now: Date): Date | undefined {
  const moments = certificates
    .flatMap(({ notAfter }) => expiryThresholds.map((days) => notAfter.getTime() - days * dayMs + (days === 0 ? 1 : 0)))
    .filter((moment) => moment > now.getTime());
  return moments.length === 0 ? undefined : new Date(Math.min(...moments));
}

/** Names a warning that has been given, so that it is given once. */
export const warningName = ({ certificate, threshold }: ExpiryWarning): string =>
  `${certificate.thumbprint}:${threshold}`;

export function expirySentence({ certificate, days }: ExpiryWarning): string {
  const { thumbprint, friendlyName, usages, notAfter } = certificate;
  const what = `certificate ${thumbprint} "${friendlyName}", which serves ${usages.join(', ')},`;
  return `${what} ${expiryClause(days)}${days < 0 ? '' : ','} on ${notAfter.toISOString()}`;
}
