/** Show-MessageFlow: the way of one message across the gateway, as a ladder. */

import { flowPicture } from '../operations/trace/flow-ladder.ts';
import { flowsMermaid } from '../operations/trace/flow-mermaid.ts';
import { flowPage } from '../operations/trace/flow-page.ts';
import { flowObject } from '../operations/trace/trace-objects.ts';
import { findFlow, newestFlow } from '../operations/trace/trace-source.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, switchType, text } from './host/parameters.ts';
import { flowOnScreen } from './screen/flow-on-screen.ts';
import { showOnScreen } from './screen/show-on-screen.ts';

export default defineCmdlet({
  name: 'Show-MessageFlow',
  synopsis: 'Draws the way of one message across the gateway: both protocols, the policy decision and the addresses.',
  description:
    'The gateway keeps the steps of the last messages in its memory; older ones are found in traces that start-trace has written. What people say is not shown unless EnableLoggingAllMessageBodies is True.',
  parameters: {
    CorrelationId: optional(text, 'The message; search-trace and get-eventlog show the ids.', {
      position: 0,
      pipeline: 'both',
      defaultText: 'the newest one',
    }),
    Text: optional(switchType, 'The drawing as text on a terminal too, in place of the view to move about in.'),
  },
  examples: [
    { command: 'show-messageflow 01JD8W3K7A', shows: 'The ladder of one message.' },
    { command: 'show-messageflow', shows: 'That of the newest one.' },
    { command: 'show-messageflow 01JD8W3K7A -OutputFormat mermaid', shows: 'A sequence diagram for a wiki.' },
    {
      command: 'show-messageflow 01JD8W3K7A -OutputFormat html > message.html',
      shows: 'A page with what was on the wire.',
    },
    { command: 'show-messageflow 01JD8W3K7A -OutputFormat json', shows: 'All steps for a script.' },
  ],
  output: { kind: 'MessageFlow', table: ['CorrelationId', 'Subject', 'From', 'To', 'Result', 'LatencyMs'] },
  accepts: ['TraceEvent', 'EventLogEntry', 'TaskOutput', 'MessageFlow'],
  formats: ['text', 'mermaid', 'html'],

  async run({ CorrelationId, Text }, context) {
    const { store, format } = context;
    const flow =
      CorrelationId === undefined ? await newestFlow(store.folder) : await findFlow(store.folder, CorrelationId);
    const withBodies = store.read().gateway.enableLoggingAllMessageBodies;
    if (format === 'mermaid') return context.writeText(flowsMermaid([flow]));
    if (format === 'html') return context.writeText(flowPage({ title: flow.correlationId, flows: [flow], withBodies }));
    if (format !== 'auto' && format !== 'text') return context.write(flowObject(flow));
    const screen = format === 'auto' && Text !== true && context.forPerson ? context.openScreen() : undefined;
    if (screen === undefined) return context.writeText(flowPicture(flow, withBodies));
    const left = await showOnScreen(screen, flowOnScreen(flow, { withBodies, force: context.force }), context.signal);
    if (left === 'interrupt') context.endWith(130);
  },
});
