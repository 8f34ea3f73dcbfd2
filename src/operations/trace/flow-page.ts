/** Messages as one page that needs nothing else: the ladder of each, and what was on the wire when it is opened. */

import { drawnSteps, flowFoot, flowHeadline, flowLadder } from './flow-ladder.ts';
import { drawLadder } from './ladder.ts';
import type { MessageFlow } from './message-flow.ts';

export interface FlowPage {
  readonly title: string;
  readonly flows: readonly MessageFlow[];
  readonly withBodies: boolean;
}

/** Ends with a line end. Everything in it is escaped, and nothing in it runs or is loaded. */
export function flowPage({ title, flows, withBodies }: FlowPage): string {
  const sections = flows.map((flow) => section(flow, withBodies)).join('\n');
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escaped(title)}</title>
<style>body{font-family:sans-serif;margin:2em}pre{overflow-x:auto}details{margin:.3em 0}</style></head>
<body>
<h1>${escaped(title)}</h1>
${sections}
</body>
</html>
`;
}

function section(flow: MessageFlow, withBodies: boolean): string {
  const raws = drawnSteps(flow)
    .filter(({ step }) => step.raw !== undefined)
    .map(
      ({ step }) =>
        `<details><summary>${escaped(`${step.time} ${step.summary}`)}</summary><pre>${escaped(step.raw ?? '')}</pre></details>`,
    );
  const foot = flowFoot(flow, withBodies).map((line) => `<p>${escaped(line)}</p>`);
  return [
    `<h2>${escaped(flowHeadline(flow))}</h2>`,
    `<pre>${escaped(drawLadder(flowLadder(flow)))}</pre>`,
    ...raws,
    ...foot,
  ].join('\n');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
