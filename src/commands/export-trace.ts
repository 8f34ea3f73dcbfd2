/** Export-Trace: steps or messages of the traces, as text for people or data for programs. */

import { checkOutputFile, writeOutputFile } from '../operations/output-file.ts';
import { flowPicture } from '../operations/trace/flow-ladder.ts';
import { flowsMermaid } from '../operations/trace/flow-mermaid.ts';
import { flowPage } from '../operations/trace/flow-page.ts';
import { type MessageFlow, messageFlow } from '../operations/trace/message-flow.ts';
import { messageIds, stepsOfMessage } from '../operations/trace/message-steps.ts';
import { searchSteps } from '../operations/trace/trace-search.ts';
import { allSteps } from '../operations/trace/trace-source.ts';
import type { TraceStep } from '../primitives/trace-step.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, path } from './host/parameters.ts';
import { traceEventOutput } from './search-trace.ts';
import { traceName, traceQuestion, traceQuestionParameters } from './settings/trace-parameters.ts';

/** Messages that one document shows; the newest of them. Source: own choice. */
const maxDrawn = 200;

const exportFormats = ['ndjson', 'text', 'mermaid', 'html'] as const;
type ExportFormat = (typeof exportFormats)[number];

export default defineCmdlet({
  name: 'Export-Trace',
  synopsis: 'Writes the traces to a file: steps as NDJSON, or messages as ladders, Mermaid or a page.',
  description:
    'ndjson, which is the default, has every step that fits, one JSON object a line. text, mermaid and html show the messages that have such a step, the newest 200 at most. What people say is in it only when EnableLoggingAllMessageBodies was True when it was said.',
  parameters: {
    Path: optional(path, 'The file to make; - is standard output.', { position: 0, defaultText: '-' }),
    ...traceQuestionParameters,
    Name: traceName,
  },
  examples: [
    { command: 'export-trace trace.ndjson', shows: 'Every step that is there.' },
    { command: 'export-trace ticket.html -OutputFormat html -Uri alice@contoso.com', shows: 'A page to send along.' },
    { command: 'export-trace -OutputFormat text -Subject Im', shows: 'The ladders of messages on standard output.' },
  ],
  output: traceEventOutput,
  accepts: ['Trace'],
  formats: ['text', 'mermaid', 'html'],
  impact: 'Low',

  async run({ Path = '-', Name, ...question }, context) {
    if (Path !== '-') checkOutputFile(Path, context.force);
    const steps = await allSteps(context.store.folder, Name);
    const found = searchSteps(steps, traceQuestion(question));
    const withBodies = context.store.read().gateway.enableLoggingAllMessageBodies;
    const document = documentOf(formatOf(context.format), { steps, found, withBodies });
    if (Path === '-') return context.writeText(document);
    if (!(await context.shouldProcess(Path, 'Write'))) return;
    writeOutputFile(Path, document, 0o600);
    context.done(`${Path} written: ${found.length} steps.`);
  },
});

/** Formats that are none of its own are written as data too. */
const formatOf = (format: string): ExportFormat => exportFormats.find((each) => each === format) ?? 'ndjson';

interface Exported {
  readonly steps: readonly TraceStep[];
  readonly found: readonly TraceStep[];
  readonly withBodies: boolean;
}

function documentOf(format: ExportFormat, { steps, found, withBodies }: Exported): string {
  if (format === 'ndjson') return found.map((step) => `${JSON.stringify(step)}\n`).join('');
  const flows = flowsOf(steps, found);
  if (format === 'mermaid') return flowsMermaid(flows);
  if (format === 'html') return flowPage({ title: 'Messages across the gateway', flows, withBodies });
  return flows.map((flow) => flowPicture(flow, withBodies)).join('\n');
}

const flowsOf = (steps: readonly TraceStep[], found: readonly TraceStep[]): readonly MessageFlow[] =>
  messageIds(found)
    .slice(-maxDrawn)
    .map((id) =>
      messageFlow(
        id,
        stepsOfMessage(steps, id, (step) => step),
      ),
    );
