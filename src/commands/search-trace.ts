/** Search-Trace: steps of what has crossed the gateway, found by address, id, peer, time or level. */
import { stepObject } from '../operations/trace/trace-objects.ts';
import { searchSteps } from '../operations/trace/trace-search.ts';
import { allSteps } from '../operations/trace/trace-source.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, wholeNumber } from './host/parameters.ts';
import { traceName, traceQuestion, traceQuestionParameters } from './settings/trace-parameters.ts';

const defaultLast = 200;

export const traceEventOutput = {
  kind: 'TraceEvent',
  table: ['Time', 'CorrelationId', 'Component', 'Direction', 'Summary', 'PeerAddress'],
} as const;

export default defineCmdlet({
  name: 'Search-Trace',
  aliases: ['Search-CsClsLogging'],
  synopsis: 'Finds steps in the traces: by address, CorrelationId, Call-ID, peer, time or level.',
  description:
    'Searches what the running gateway has in memory and the traces in files, oldest first. Each step carries the CorrelationId of its message: show-messageflow draws that one.',
  parameters: {
    ...traceQuestionParameters,
    Name: traceName,
    Last: optional(wholeNumber(1, 1_000_000), 'The newest so many steps that fit.', {
      defaultText: String(defaultLast),
    }),
  },
  examples: [
    { command: 'search-trace -Uri alice@contoso.com', shows: 'What alice said and was told, without the words.' },
    { command: 'search-trace -LogLevel warn -StartTime 2026-11-22T00:00', shows: 'What was refused since midnight.' },
    { command: 'search-trace -Ip 192.0.2.10 -CallId 7f2c@edge -MatchAny', shows: 'Everything of a peer or of a call.' },
  ],
  output: traceEventOutput,
  accepts: ['Trace', 'EventLogEntry'],

  async run({ Name, Last, ...question }, context) {
    const found = searchSteps(await allSteps(context.store.folder, Name), traceQuestion(question));
    const last = Last ?? defaultLast;
    for (const step of found.slice(Math.max(found.length - last, 0))) context.write(stepObject(step));
    if (found.length > last) context.hint(`${found.length} steps fit; -Last ${found.length} shows them all.`);
    else if (found.length > 0) context.hint('xgw show-messageflow <CorrelationId>');
  },
});
