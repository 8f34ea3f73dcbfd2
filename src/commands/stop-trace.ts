/** Stop-Trace: ends running traces before their time; their files stay. */

import { runningTraces, stopTracesNow } from '../operations/trace/trace-control.ts';
import { runningTraceObject } from '../operations/trace/trace-objects.ts';
import { noTrace } from '../operations/trace/trace-source.ts';
import { isPattern, wildcard } from '../operations/wildcard.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern } from './host/parameters.ts';
import { traceOutput } from './start-trace.ts';

export default defineCmdlet({
  name: 'Stop-Trace',
  aliases: ['Stop-CsClsLogging'],
  synopsis: 'Ends running traces; their files stay until clear-trace.',
  parameters: {
    Name: optional(pattern, 'Which; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      wildcard: true,
      defaultText: 'all that run',
    }),
  },
  examples: [
    { command: 'stop-trace', shows: 'Ends what runs.' },
    { command: 'stop-trace ticket-4711', shows: 'One of them.' },
  ],
  impact: 'Low',
  output: traceOutput,
  accepts: ['Trace'],

  async run({ Name }, context) {
    const { folder } = context.store;
    const fits = wildcard(Name ?? '*');
    const names = (await runningTraces(folder)).map(({ name }) => name).filter(fits);
    if (names.length === 0 && Name !== undefined && !isPattern(Name)) throw noTrace(Name);
    if (names.length === 0) return context.done('no trace runs.');
    if (!(await context.shouldProcess(names.join(', '), 'Stop the trace'))) return;
    const ended = await stopTracesNow(folder, names);
    for (const trace of ended) {
      context.done(`trace ${trace.name} has ended with ${trace.steps} steps: ${trace.path}`);
      if (context.passThru) context.write({ ...runningTraceObject(trace), State: 'Ended', Changed: true });
    }
  },
});
