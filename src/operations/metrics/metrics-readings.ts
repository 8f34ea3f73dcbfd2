/** What the running gateway shows whoever collects its metrics, read at that moment. */
import type { Configuration } from '../../config/configuration.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import type { ServedCertificate } from '../../gateway/gateway-ports.ts';
import type { Readings } from './prometheus.ts';

export function metricsReadings(
  gateway: Pick<Gateway, 'sessions' | 'registrations' | 'hops' | 'queue'>,
  { revision }: Pick<Configuration, 'revision'>,
  certificate: Pick<ServedCertificate, 'notAfter'> | undefined,
): Readings {
  const sessions = gateway.sessions();
  const established = sessions.filter(({ state }) => state === 'established');
  const count = (direction: 'inbound' | 'outbound'): number =>
    established.filter((stream) => stream.direction === direction).length;
  return {
    streams: { inbound: count('inbound'), outbound: count('outbound') },
    queuedStanzas: sessions.reduce((sum, { queued }) => sum + queued, 0),
    queuedMessages: gateway.queue.size,
    registrations: gateway.registrations().length,
    hops: gateway.hops(),
    configurationRevision: revision,
    certificateEnd: certificate?.notAfter,
  };
}
