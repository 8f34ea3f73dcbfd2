/** The running gateway's answer to "how are you": gathered from its parts, as plain data. */
import { daysLeft, expiryClause, lastDays } from '../../certificates/remaining-days.ts';
import { plannedSuccessor } from '../../config/certificate-assignment.ts';
import type { Configuration } from '../../config/configuration.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ServedCertificate } from '../../gateway/gateway-ports.ts';
import type { GatewayStatus } from '../../gateway/gateway-status.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import { unnamedSentence } from '../certificates/gateway-keys.ts';
import { hopWarnings } from '../hop-warnings.ts';
import type { MetricsService } from '../metrics/metrics-service.ts';
import type { RenewalSummary } from '../renewal/renewal-watch.ts';

interface Parts {
  readonly gateway: Gateway;
  readonly configuration: Configuration;
  readonly startTime: Date;
  /** Key material that could not be read. */
  readonly problems: readonly string[];
  readonly certificate: ServedCertificate | undefined;
  /** All that some stream may see, the one above among them. */
  readonly certificates: readonly ServedCertificate[];
  /** Domains that none of them names. */
  readonly unnamedDomains: readonly DomainName[];
  readonly certificateSince: Date | undefined;
  readonly stopping: boolean;
  readonly draining: boolean;
  readonly metrics: Pick<MetricsService, 'listeners' | 'problems'>;
  readonly renewals: RenewalSummary;
}

export function gatewayStatus(parts: Parts, now = new Date()): GatewayStatus {
  const { gateway, configuration, startTime, certificate, stopping, draining, metrics, renewals } = parts;
  const days = certificate === undefined ? undefined : daysLeft(certificate, now);
  return {
    processId: process.pid,
    startTime: startTime.toISOString(),
    loadedRevision: configuration.revision,
    listeners: [...gateway.listeners(), ...metrics.listeners()],
    sessions: gateway.sessions().filter(({ state }) => state === 'established').length,
    registrations: gateway.registrations().length,
    hops: gateway.hops(),
    ...(days === undefined ? {} : { certificateDays: days }),
    ...(certificate === undefined ? {} : { certificateThumbprint: certificate.thumbprint }),
    ...certificateTimes(parts, now),
    certificateIsLocalTest: certificate?.localTestCa ?? false,
    ...(renewals.next === undefined ? {} : { nextRenewal: renewals.next }),
    stopping,
    draining,
    warnings: [
      ...parts.problems,
      ...gateway.warnings(),
      ...hopWarnings(gateway.hops()),
      ...metrics.problems(),
      ...certificateWarnings(certificate, days),
      ...parts.certificates.flatMap((each) => (each.thumbprint === certificate?.thumbprint ? [] : expiryOf(each, now))),
      ...(parts.unnamedDomains.length === 0 ? [] : [asSentence(unnamedSentence(parts.unnamedDomains))]),
      ...renewals.problems,
    ],
  };
}

function certificateTimes({ certificateSince, configuration }: Parts, now: Date) {
  const planned = plannedSuccessor(configuration, now);
  return {
    ...(certificateSince === undefined ? {} : { certificateSince: certificateSince.toISOString() }),
    ...(planned === undefined
      ? {}
      : { plannedCertificate: { thumbprint: planned.record.thumbprint, from: planned.from.toISOString() } }),
  };
}

function certificateWarnings(certificate: ServedCertificate | undefined, days: number | undefined): readonly string[] {
  if (certificate === undefined || days === undefined) return ['No certificate is assigned: TLS is not offered.'];
  return [
    ...(certificate.localTestCa ? ['The certificate is from the LOCAL TEST CA: partners will not trust it.'] : []),
    ...(days < lastDays ? [`The certificate ${expiryClause(days)}.`] : []),
  ];
}

/** Of one that is shown beside the first. */
function expiryOf(certificate: ServedCertificate, now: Date): readonly string[] {
  const days = daysLeft(certificate, now);
  return days >= lastDays ? [] : [`Certificate ${certificate.thumbprint} ${expiryClause(days)}.`];
}

const asSentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;
