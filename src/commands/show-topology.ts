/** Show-Topology: how the gateway is wired, as a picture or as data. */
import { topologyOf } from '../operations/topology.ts';
import { topologyDot, topologyMermaid, topologyText } from '../operations/topology-pictures.ts';
import { displayWidth } from './host/cell-text.ts';
import { defineCmdlet } from './host/cmdlet.ts';

export default defineCmdlet({
  name: 'Show-Topology',
  aliases: ['Get-Topology'],
  synopsis: 'Draws users, policies, the gateway, next hops and partners, and how they hang together.',
  description: 'From the configuration alone: get-servicestatus says what works now.',
  parameters: {},
  examples: [
    { command: 'show-topology', shows: 'Boxes on the terminal.' },
    { command: 'show-topology -OutputFormat mermaid', shows: 'A flow chart for a wiki.' },
    { command: 'show-topology -OutputFormat dot > topology.dot', shows: 'For Graphviz.' },
    { command: 'get-topology -OutputFormat json', shows: 'Nodes and links for a script.' },
  ],
  output: { kind: 'Topology', table: ['Nodes', 'Links'] },
  formats: ['text', 'mermaid', 'dot'],

  async run(_values, context) {
    const topology = topologyOf(context.store.read(), context.now());
    if (context.format === 'mermaid') return context.writeText(topologyMermaid(topology));
    if (context.format === 'dot') return context.writeText(topologyDot(topology));
    if (context.format === 'auto' || context.format === 'text')
      return context.writeText(topologyText(topology, displayWidth));
    context.write({
      Nodes: topology.nodes.map(({ id, kind, name, details }) => ({
        Id: id,
        NodeKind: kind,
        Name: name,
        Details: details,
      })),
      Links: topology.links.map(({ from, to, label }) => ({ From: from, To: to, Label: label })),
    });
  },
});
