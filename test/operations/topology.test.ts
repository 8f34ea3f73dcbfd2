/** The wiring of a configuration: the same picture each time, and no name that leaves its place. */
import { describe, expect, it } from '@jest/globals';

import { displayWidth } from '../../src/commands/host/cell-text.ts';
import type { Configuration } from '../../src/config/configuration.ts';
import type { FederatedPartner } from '../../src/config/federated-partner.ts';
import { topologyOf } from '../../src/operations/topology.ts';
import { topologyDot, topologyMermaid, topologyText } from '../../src/operations/topology-pictures.ts';
import { openConfiguration } from '../support/crossing.ts';

const now = new Date('2026-11-22T12:00:00Z');
const topology = topologyOf(
  { ...openConfiguration, gateway: { ...openConfiguration.gateway, accessEdgeFqdn: 'edge.contoso.example' } },
  now,
);
const detailsOf = (configuration: Configuration, id: string): readonly string[] | undefined =>
  topologyOf(configuration, now).nodes.find((node) => node.id === id)?.details;

describe('the topology', () => {
  it('is drawn in 100 columns, to the letter', () => {
    const text = topologyText(topology, displayWidth);
    expect(text.split('\n').slice(0, 7)).toEqual([
      'SIP users                           gateway and policies                XMPP partners',
      '+--------------------------+        +--------------------------+        +--------------------------+',
      '| contoso.example          |        | edge.contoso.example     |        | fabrikam.example         |',
      '|   1 users                |<------>|   xmpp *:5269            |<------>|   Federated              |',
      expect.any(String),
      expect.any(String),
      expect.any(String),
    ]);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(topologyText(topology, displayWidth)).toBe(text);
  });

  it('keeps its frames with wide letters and with names that are too long', () => {
    for (const name of ['site:台北總公司', `site:${'業'.repeat(40)}`, `site:${'x'.repeat(60)}`]) {
      const policy = { id: 'policy', kind: 'Policy' as const, name, details: [] };
      const lines = topologyText({ nodes: [policy], links: [] }, displayWidth)
        .split('\n')
        .slice(1, -1);
      expect(new Set(lines.map(displayWidth))).toEqual(new Set([100]));
    }
  });

  it('has the next hop of the gateway, behind which the users of a domain without a route are', () => {
    const gateway = { ...openConfiguration.gateway, sipMode: 'NextHop', sipNextHop: 'pool.contoso.example' } as const;
    const { nodes, links } = topologyOf({ ...openConfiguration, gateway }, now);
    expect(nodes.map(({ id }) => id)).toContain('hop Global pool.contoso.example');
    expect(links.map(({ label }) => label)).not.toContain('registers');
  });

  it('says what holds now: suspensions that are over, switches that keep XMPP closed, ports that are off', () => {
    const until = (time: string): Configuration => {
      const fabrikam = { ...openConfiguration.federatedPartners['fabrikam.example'], suspended: { until: time } };
      return { ...openConfiguration, federatedPartners: { 'fabrikam.example': fabrikam as FederatedPartner } };
    };
    expect(detailsOf(until('2026-11-22T11:00:00Z'), 'partner fabrikam.example')).not.toContain('suspended');
    expect(detailsOf(until('2026-11-22T13:00:00Z'), 'partner fabrikam.example')).toContain('suspended');
    const closed = { ...openConfiguration, accessEdge: { allowFederatedUsers: false } };
    expect(detailsOf(closed, 'policy Global')).toEqual(['XMPP refused']);
    const ports = {
      xmppPort: 5269,
      xmppDirectTlsPort: 0,
      sipPort: 0,
      sipTlsPort: 5061,
      sipListenAddress: '2001:db8::1',
    };
    const listening = { ...openConfiguration, gateway: { ...openConfiguration.gateway, ...ports } };
    expect(detailsOf(listening, 'gateway')).toEqual(['xmpp *:5269', 'sips [2001:db8::1]:5061']);
  });

  it('joins each part with the gateway', () => {
    const ids = new Set(topology.nodes.map(({ id }) => id));
    for (const { from, to } of topology.links) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
    expect(topology.links.some(({ to }) => to === 'partner fabrikam.example')).toBe(true);
  });

  it('is Mermaid and Graphviz that no name can leave', () => {
    const hostile = {
      nodes: [{ id: 'a', kind: 'Partner', name: '"];x<br/>\\', details: ['a"b'] }],
      links: [],
    } as const;
    expect(topologyMermaid(topology).split('\n')[0]).toBe('flowchart LR');
    expect(topologyMermaid(hostile)).toContain('n0["#34;]#59;x');
    expect(topologyDot(hostile)).toContain('"a" [label="\\"];x<br/>\\\\\\na\\"b"];');
    expect(topologyDot(topology)).toMatch(/^graph xgw \{\n/);
  });

  it('draws a page of partners and counts the rest', () => {
    const partners = Array.from({ length: 50 }, (_, index) => ({
      id: `p${index}`,
      kind: 'Partner' as const,
      name: `p${index}.example`,
      details: [],
    }));
    expect(topologyText({ nodes: partners, links: [] }, displayWidth)).toContain('... 10 more');
  });
});
