/**
 * What the metrics count, and which event of the gateway counts as what. Labels come from short fixed lists: a partner is
 * named only when it is configured, so that strangers cannot fill the memory of whoever collects.
 */
import type { LogEvent } from '../../primitives/log-event.ts';

/** Counters by name without the prefix `xgw_`, with their labels and what `# HELP` says. */
export const counters = {
  streams_authenticated_total: {
    labels: ['direction', 'method'],
    help: 'XMPP streams that authenticated, by direction and how.',
  },
  streams_refused_total: { labels: ['condition'], help: 'XMPP streams the gateway refused, by stream error.' },
  streams_closed_total: { labels: ['direction'], help: 'XMPP streams that ended.' },
  partner_unreachable_total: {
    labels: ['partner', 'step'],
    help: 'Dials that failed, by partner and the step that failed.',
  },
  messages_delivered_total: {
    labels: ['direction', 'partner'],
    help: 'Messages whose far side took them.',
  },
  messages_failed_total: {
    labels: ['direction', 'condition'],
    help: 'Messages whose sender got an error, by what it was told.',
  },
  events_total: { labels: ['event', 'level'], help: 'Events of the level warn and error, by their id.' },
} as const satisfies Readonly<Record<string, { readonly labels: readonly string[]; readonly help: string }>>;

export type CounterName = keyof typeof counters;

export interface Counted {
  readonly counter: CounterName;
  readonly labels: Readonly<Record<string, string>>;
}

/** Seconds. Source: own choice; a partner across the world answers within one, and a phone rings for up to thirty. */
export const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** @param isPartner - Whether a domain belongs to a configured partner. */
export function countsOf(event: LogEvent, isPartner: (domain: string) => boolean): readonly Counted[] {
  const fact = (name: string): string => {
    const value = event.facts?.[name];
    return typeof value === 'string' && value !== '' ? value : 'none';
  };
  const partner = isPartner(fact('partner')) ? fact('partner') : 'other';
  const loud: readonly Counted[] =
    event.level === 'warn' || event.level === 'error'
      ? [{ counter: 'events_total', labels: { event: event.id, level: event.level } }]
      : [];
  const counted = byEvent[event.id]?.(fact, partner);
  return counted === undefined ? loud : [counted, ...loud];
}

type Count = (fact: (name: string) => string, partner: string) => Counted;

const notDelivered: Count = (fact) => ({
  counter: 'messages_failed_total',
  labels: { direction: 'SipToXmpp', condition: fact('condition') },
});

const byEvent: Readonly<Record<string, Count>> = {
  StreamAuthenticated: (fact) => ({
    counter: 'streams_authenticated_total',
    labels: { direction: fact('direction'), method: fact('method') },
  }),
  StreamRefused: (fact) => ({ counter: 'streams_refused_total', labels: { condition: fact('condition') } }),
  StreamClosed: (fact) => ({ counter: 'streams_closed_total', labels: { direction: fact('direction') } }),
  PartnerUnreachable: (fact, partner) => ({
    counter: 'partner_unreachable_total',
    labels: { partner, step: fact('step') },
  }),
  MessageDelivered: (fact, partner) => ({
    counter: 'messages_delivered_total',
    labels: { direction: fact('direction'), partner },
  }),
  MessageRefused: (fact) => ({
    counter: 'messages_failed_total',
    labels: { direction: 'SipToXmpp', condition: fact('gate') },
  }),
  MessageNotDelivered: notDelivered,
  MessageGivenUp: notDelivered,
  StanzaRefused: (fact) => ({
    counter: 'messages_failed_total',
    labels: { direction: 'XmppToSip', condition: fact('condition') },
  }),
};

interface Latency {
  readonly labels: { readonly direction: string; readonly partner: string };
  readonly seconds: number;
}

/** What a delivered message took; nothing for other events. */
export function latencyOf(event: LogEvent, isPartner: (domain: string) => boolean): Latency | undefined {
  if (event.id !== 'MessageDelivered') return undefined;
  const { direction, latencyMs, partner } = event.facts ?? {};
  if (typeof direction !== 'string' || typeof latencyMs !== 'number') return undefined;
  const isNamed = typeof partner === 'string' && isPartner(partner);
  return { labels: { direction, partner: isNamed ? partner : 'other' }, seconds: latencyMs / 1000 };
}
