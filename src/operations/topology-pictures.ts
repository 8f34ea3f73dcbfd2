/** A topology as boxes of text, and in the languages of Mermaid and Graphviz. */
import type { Topology, TopologyNode } from './topology.ts';

/** Columns: three boxes with arrows between them are 100. */
const boxWidth = 28;
/** Without the frame. */
const innerWidth = boxWidth - 4;
const arrowWidth = 8;
/** Partners that are drawn; the others are counted. Source: own choice, a page. */
const maxDrawn = 40;

/** Columns of a terminal that a text takes. */
type WidthOf = (text: string) => number;

/** Ends with a line end. Users on the left, the gateway in the middle, partners on the right. */
export function topologyText({ nodes }: Topology, widthOf: WidthOf): string {
  const of = (...kinds: readonly TopologyNode['kind'][]): readonly TopologyNode[] =>
    nodes.filter(({ kind }) => kinds.includes(kind));
  const left = column(of('SipDomain', 'NextHop'), widthOf);
  const middle = column([...of('Gateway'), ...of('Policy')], widthOf);
  const right = column(of('Partner'), widthOf);
  const height = Math.max(left.length, middle.length, right.length);
  const empty = ' '.repeat(boxWidth);
  const arrow = (row: number): string => (row === 2 ? '<------>' : ' '.repeat(arrowWidth)).slice(0, arrowWidth);
  const lines = Array.from({ length: height }, (_, row) =>
    [left[row] ?? empty, middle[row] ?? empty, right[row] ?? empty].join(arrow(row)).trimEnd(),
  );
  const head = ['SIP users', 'gateway and policies', 'XMPP partners'].map((title) =>
    title.padEnd(boxWidth + arrowWidth),
  );
  return `${[head.join('').trimEnd(), ...lines].join('\n')}\n`;
}

function column(nodes: readonly TopologyNode[], widthOf: WidthOf): readonly string[] {
  if (nodes.length === 0) return box(['none'], widthOf);
  const more = nodes.length > maxDrawn ? [`... ${nodes.length - maxDrawn} more`.padEnd(boxWidth)] : [];
  return [
    ...nodes
      .slice(0, maxDrawn)
      .flatMap(({ name, details }) => box([name, ...details.map((detail) => `  ${detail}`)], widthOf)),
    ...more,
  ];
}

function box(texts: readonly string[], widthOf: WidthOf): readonly string[] {
  const line = (text: string): string => {
    const shown = cut(text, widthOf);
    return `| ${shown}${' '.repeat(innerWidth - widthOf(shown))} |`;
  };
  const edge = `+${'-'.repeat(boxWidth - 2)}+`;
  return [edge, ...texts.map(line), edge];
}

function cut(text: string, widthOf: WidthOf): string {
  if (widthOf(text) <= innerWidth) return text;
  let kept = '';
  for (const character of text) {
    if (widthOf(kept + character) >= innerWidth) break;
    kept += character;
  }
  return `${kept}~`;
}

/** Ends with a line end. */
export function topologyMermaid({ nodes, links }: Topology): string {
  const name = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const shapes = nodes.map(
    ({ id, name: title, details }) => `  ${name.get(id)}["${entities([title, ...details].join('<br/>'))}"]`,
  );
  const arrows = links.map(({ from, to, label }) => `  ${name.get(from)} ---|"${entities(label)}"| ${name.get(to)}`);
  return `${['flowchart LR', ...shapes, ...arrows].join('\n')}\n`;
}

/** `<br/>` is ours. */
const entities = (text: string): string =>
  text.replaceAll(/<br\/>|[#;"<>{}]/g, (found) => (found === '<br/>' ? found : `#${found.codePointAt(0) ?? 32};`));

/** Ends with a line end. */
export function topologyDot({ nodes, links }: Topology): string {
  const shapes = nodes.map(
    ({ id, name, details }) => `  ${quoted(id)} [label=${quoted([name, ...details].join('\n'))}];`,
  );
  const arrows = links.map(({ from, to, label }) => `  ${quoted(from)} -- ${quoted(to)} [label=${quoted(label)}];`);
  return `${['graph xgw {', '  rankdir=LR;', '  node [shape=box];', ...shapes, ...arrows, '}'].join('\n')}\n`;
}

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
