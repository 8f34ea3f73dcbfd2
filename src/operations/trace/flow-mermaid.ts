/** Messages as a Mermaid sequence diagram, for wikis and tickets that draw them. Text of strangers cannot leave its line. */
import { flowHeadline, flowLadder } from './flow-ladder.ts';
import type { MessageFlow } from './message-flow.ts';

/** Ends with a line end. */
export function flowsMermaid(flows: readonly MessageFlow[]): string {
  const lines = flows.flatMap((flow, index) => diagram(flow, index === 0));
  return `${['sequenceDiagram', ...lines].join('\n')}\n`;
}

const ids = ['partner', 'xmpp', 'sip', 'user'] as const;

function diagram(flow: MessageFlow, isFirst: boolean): readonly string[] {
  const { lanes, steps } = flowLadder(flow);
  const head = isFirst
    ? lanes.map(
        ({ name, detail }, index) =>
          `  participant ${ids[index]} as ${plain(detail === undefined ? name : `${name} ${detail}`)}`,
      )
    : [];
  const body = steps.map((step) =>
    step.kind === 'note'
      ? `  Note over ${ids[step.lane]}: ${plain(step.label)}`
      : `  ${ids[step.from]}->>${ids[step.to]}: ${plain(`${step.label} (+${step.atMs} ms)`)}`,
  );
  return [...head, `  Note over partner,user: ${plain(flowHeadline(flow))}`, ...body];
}

/** Entities stand for what Mermaid reads as its own. */
const plain = (text: string): string =>
  text.replaceAll(/[#;<>"`{}%\n\r]/g, (character) => `#${character.codePointAt(0) ?? 32};`);
