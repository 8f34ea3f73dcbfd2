/**
 * The metrics of the gateway process: counted from its events as they come, offered while MetricsPort says where. A port
 * that cannot be had is no reason to end the gateway: it is said, and the rest goes on.
 */
import type { Configuration } from '../../config/configuration.ts';
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import type { LogEvent, OnLogEvent } from '../../primitives/log-event.ts';
import { listenForMetrics, type MetricsListener, metricsAddress } from './metrics-listener.ts';
import type { Metrics, Readings } from './prometheus.ts';

/** Domains of partners that have lines of their own; the others are counted together. Source: own choice; some 40 lines each. */
export const maxNamedPartners = 200;

export interface MetricsService {
  count(event: LogEvent): void;
  /** Follows the configuration in force. Never rejects. */
  follow(configuration: Configuration): Promise<void>;
  listeners(): readonly ListenerAddress[];
  /** What does not work, one sentence each. */
  problems(): readonly string[];
  close(): Promise<void>;
}

export interface MetricsPorts {
  read(): Readings;
  readonly onEvent: OnLogEvent;
}

export function metricsService({ read, onEvent }: MetricsPorts): MetricsService {
  let metrics: Metrics | undefined;
  let listener: MetricsListener | undefined;
  let wanted = 0;
  let partners: ReadonlySet<string> = new Set();
  let problem: string | undefined;

  async function rebind(port: number): Promise<void> {
    wanted = port;
    problem = undefined;
    await listener?.close();
    listener = undefined;
    if (port === 0) return;
    const { createMetrics } = await import('./prometheus.ts');
    metrics ??= createMetrics(read, (domain) => partners.has(domain));
    try {
      listener = await listenForMetrics(port, metrics);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      onEvent({ id: 'MetricsNotListening', level: 'error', component: 'service', message: problem });
    }
  }

  return {
    count: (event) => metrics?.count(event),
    async follow({ gateway, federatedPartners }) {
      partners = new Set(
        Object.values(federatedPartners)
          .flatMap(({ identity, additionalDomains }) => [identity, ...additionalDomains])
          .slice(0, maxNamedPartners),
      );
      if (gateway.metricsPort !== wanted) await rebind(gateway.metricsPort);
    },
    listeners: () =>
      listener === undefined ? [] : [{ protocol: 'metrics', address: metricsAddress, port: listener.port }],
    problems: () => (problem === undefined ? [] : [problem]),
    async close() {
      await listener?.close();
      listener = undefined;
    },
  };
}
