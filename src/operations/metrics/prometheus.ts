/** The metrics of one gateway process in the text format of Prometheus. The only file that knows the client library. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

import type { HopStatus } from '../../gateway/gateway-status.ts';
import type { LogEvent } from '../../primitives/log-event.ts';
import { type CounterName, counters, countsOf, latencyBuckets, latencyOf } from './measurements.ts';

/** What is looked up when somebody collects. */
export interface Readings {
  /** Established XMPP streams by direction. */
  readonly streams: Readonly<Record<'inbound' | 'outbound', number>>;
  /** Stanzas that wait for a stream to a partner. */
  readonly queuedStanzas: number;
  /** On disk, for partners that are away. */
  readonly queuedMessages: number;
  readonly registrations: number;
  /** Servers of the SIP routes. */
  readonly hops: readonly HopStatus[];
  readonly configurationRevision: number;
  /** When the served certificate ends. */
  readonly certificateEnd?: Date | undefined;
}

export interface Metrics {
  readonly contentType: string;
  count(event: LogEvent): void;
  print(): Promise<string>;
}

export function createMetrics(read: () => Readings, isPartner: (domain: string) => boolean): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const byName = new Map(
    Object.entries(counters).map(([name, { labels, help }]) => [
      name,
      new Counter({ name: `xgw_${name}`, help, labelNames: [...labels], registers }),
    ]),
  ) as ReadonlyMap<CounterName, Counter>;
  const latency = new Histogram({
    name: 'xgw_message_seconds',
    help: 'Seconds from the arrival of a message to the final word of its far side.',
    labelNames: ['direction', 'partner'],
    buckets: latencyBuckets,
    registers,
  });
  for (const gauge of gauges(read)) registry.registerMetric(gauge);
  return {
    contentType: registry.contentType,
    count(event) {
      for (const { counter, labels } of countsOf(event, isPartner)) byName.get(counter)?.inc(labels);
      const took = latencyOf(event, isPartner);
      if (took !== undefined) latency.observe(took.labels, took.seconds);
    },
    print: () => registry.metrics(),
  };
}

/** `registers: []`: not in the registry that the library keeps for everybody. */
function gauges(read: () => Readings): readonly Gauge[] {
  const gauge = (name: string, help: string, value: (readings: Readings) => number | undefined): Gauge =>
    new Gauge({
      name: `xgw_${name}`,
      help,
      registers: [],
      collect() {
        const found = value(read());
        if (found !== undefined) this.set(found);
        else this.remove();
      },
    });
  const streams = new Gauge({
    name: 'xgw_streams',
    help: 'Established XMPP streams.',
    labelNames: ['direction'],
    registers: [],
    collect() {
      for (const [direction, number] of Object.entries(read().streams)) this.set({ direction }, number);
    },
  });
  const hops = new Gauge({
    name: 'xgw_next_hop_up',
    help: 'Whether the next hop of a SIP route answers: 1 up, 0 down; absent while that is unknown.',
    labelNames: ['route', 'hop'],
    registers: [],
    collect() {
      this.reset();
      for (const { route, hop, state } of read().hops) {
        if (state !== 'Unknown') this.set({ route, hop }, state === 'Up' ? 1 : 0);
      }
    },
  });
  return [
    streams,
    hops,
    gauge('queued_stanzas', 'Stanzas that wait for a stream to a partner.', ({ queuedStanzas }) => queuedStanzas),
    gauge(
      'queued_messages',
      'Messages on disk that wait for partners which are away.',
      ({ queuedMessages }) => queuedMessages,
    ),
    gauge('sip_registrations', 'SIP contacts registered with the home server.', ({ registrations }) => registrations),
    gauge('configuration_revision', 'Revision in force.', ({ configurationRevision }) => configurationRevision),
    gauge('certificate_expiry_seconds', 'Unix time at which the served certificate ends.', ({ certificateEnd }) =>
      certificateEnd === undefined ? undefined : certificateEnd.getTime() / 1000,
    ),
  ];
}
