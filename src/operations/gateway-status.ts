/** The running gateway's answer to "how are you": gathered from its parts, as plain data. */
import type { Configuration } from '../config/configuration.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { ServedCertificate } from '../gateway/gateway-ports.ts';
import type { GatewayStatus } from '../gateway/gateway-status.ts';

const dayMs = 86_400_000;
/** Days before the end of a certificate from which on every status warns. */
const warnDays = 30;

interface Parts {
  readonly gateway: Gateway;
  readonly configuration: Configuration;
  readonly startTime: Date;
  /** Key material that could not be read. */
  readonly problems: readonly string[];
  readonly certificate: ServedCertificate | undefined;
  readonly stopping: boolean;
}

export function gatewayStatus(parts: Parts, now = new Date()): GatewayStatus {
  const { gateway, configuration, startTime, certificate, stopping } = parts;
  const days =
    certificate === undefined ? undefined : Math.floor((certificate.notAfter.getTime() - now.getTime()) / dayMs);
  return {
    processId: process.pid,
    startTime: startTime.toISOString(),
    loadedRevision: configuration.revision,
    listeners: gateway.listeners(),
    sessions: gateway.sessions().filter(({ state }) => state === 'established').length,
    registrations: gateway.registrations(),
    ...(days === undefined ? {} : { certificateDays: days }),
    ...(certificate === undefined ? {} : { certificateThumbprint: certificate.thumbprint }),
    certificateIsLocalTest: certificate?.localTestCa ?? false,
    stopping,
    warnings: [...parts.problems, ...gateway.warnings(), ...certificateWarnings(certificate, days)],
  };
}

function certificateWarnings(certificate: ServedCertificate | undefined, days: number | undefined): readonly string[] {
  if (certificate === undefined || days === undefined) return ['No certificate is assigned: TLS is not offered.'];
  const ending = days < 0 ? 'The certificate has expired.' : `The certificate expires in ${days} days.`;
  return [
    ...(certificate.localTestCa ? ['The certificate is from the LOCAL TEST CA: partners will not trust it.'] : []),
    ...(days < warnDays ? [ending] : []),
  ];
}
