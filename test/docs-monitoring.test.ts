/** The dashboard and the alert rules under docs/ ask only for metrics and labels that a gateway offers, in PromQL that parses. */
import { readFileSync } from 'node:fs';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';

import { createMetrics } from '../src/operations/metrics/prometheus.ts';
import type { LogEvent } from '../src/primitives/log-event.ts';
import type { LogEventId } from '../src/primitives/log-events.ts';
import { faultOf } from './commands/line-fault.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<'summary' | 'description' | 'command', string>>;
}
interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

const rules = (
  parse(readFileSync('docs/monitoring/alert-rules.yaml', 'utf8')) as { groups: readonly { rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(readFileSync('docs/monitoring/grafana-dashboard.json', 'utf8')) as Dashboard;
const page = readFileSync('docs/monitoring.md', 'utf8');

/** Label names by series name, as a collector sees them after some traffic; `up` and its labels are the collector's own. */
const offered = new Map<string, Set<string>>([['up', new Set()]]);
const collectors = ['job', 'instance'];

const event = (id: LogEventId, facts: LogEvent['facts'] = {}): LogEvent => ({
  id,
  level: 'warn',
  component: 'xmpp',
  message: '',
  facts,
});

beforeAll(async () => {
  const metrics = createMetrics(
    () => ({
      streams: { inbound: 1, outbound: 1 },
      queuedStanzas: 0,
      queuedMessages: 0,
      registrations: 0,
      hops: [{ route: 'contoso.example', hop: 'fe01:5061', state: 'Up' }],
      configurationRevision: 1,
      certificateEnd: new Date(),
    }),
    () => true,
  );
  const delivered = { partner: 'fabrikam.example', direction: 'XmppToSip', latencyMs: 5 };
  for (const [id, facts] of [
    ['MessageDelivered', delivered],
    ['StreamAuthenticated', {}],
    ['StreamRefused', {}],
    ['StreamClosed', {}],
    ['PartnerUnreachable', {}],
    ['StanzaRefused', {}],
  ] as const)
    metrics.count(event(id, facts));
  for (const [, name = '', labels = ''] of (await metrics.print()).matchAll(/^([a-z]\w*)(?:\{(.*)\})? /gm)) {
    const known = offered.get(name) ?? new Set<string>();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label);
    offered.set(name, known);
  }
});

/** Series and labels that an expression names; `by` clauses and legends name labels too. */
function namedIn(expression: string): {
  readonly series: readonly string[];
  readonly labels: readonly string[];
  readonly isValid: boolean;
} {
  const found = { series: [] as string[], labels: [] as string[], isValid: true };
  const text = expression.replaceAll('$__rate_interval', '5m');
  parser.parse(text).iterate({
    enter({ name, from, to, type }) {
      if (type.isError) found.isValid = false;
      if (name === 'Identifier') found.series.push(text.slice(from, to));
      if (name === 'LabelName') found.labels.push(text.slice(from, to));
    },
  });
  return found;
}

const expressions: readonly (readonly [where: string, expression: string, legend: string])[] = [
  ...rules.map(({ alert, expr, annotations }) => [alert, expr, annotations.summary] as const),
  ...dashboard.panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }) => [title, expr, legendFormat] as const),
  ),
];

describe('docs/monitoring', () => {
  it.each(expressions)('%s', (_where, expression, legend) => {
    const { series, labels, isValid } = namedIn(expression);
    expect(isValid).toBe(true);
    expect(series.length).toBeGreaterThan(0);
    for (const name of series) expect(offered.has(name)).toBe(true);
    const known = [...collectors, ...series.flatMap((name) => [...(offered.get(name) ?? [])])];
    const shown = [...legend.matchAll(/\{\{ ?(?:\$labels\.)?(\w+) ?\}\}/g)]
      .map(([, label = '']) => label)
      .filter((label) => label !== 'value');
    for (const label of [...labels, ...shown]) expect(known).toContain(label);
  });

  it('chooses by series that are there', () => {
    const asked = dashboard.templating.list.flatMap(({ query }) => [
      ...query.matchAll(/label_values\((\w+), (\w+)\)/g),
    ]);
    expect(asked).toHaveLength(2);
    for (const [, series = '', label = ''] of asked)
      expect([...(offered.get(series) ?? []), ...collectors]).toContain(label);
  });

  it.each(rules.map(({ alert, annotations }) => [alert, annotations] as const))(
    '%s says what to type, and the page has it',
    (alert, { command, description }) => {
      expect(command).toMatch(/^xgw /);
      expect(faultOf(command)).toBeUndefined();
      expect(page).toContain(`| \`${alert}\` |`);
      expect(page).toContain(`${description} | \`${command}\` |`);
    },
  );
});
