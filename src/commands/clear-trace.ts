/** Clear-Trace: removes the files of traces that have ended. */

import { runningTraces } from '../operations/trace/trace-control.ts';
import { storedTraceObject } from '../operations/trace/trace-objects.ts';
import { noTrace } from '../operations/trace/trace-source.ts';
import { isPattern, wildcard } from '../operations/wildcard.ts';
import { isCodedError } from '../primitives/errors.ts';
import { removeTrace, tracesOnDisk } from '../store/trace-files.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, pattern } from './host/parameters.ts';
import { traceOutput } from './start-trace.ts';

export default defineCmdlet({
  name: 'Clear-Trace',
  synopsis: 'Removes the files of traces that have ended.',
  description: 'A trace that runs is left alone: stop-trace ends it. The memory of the gateway is not touched.',
  parameters: {
    Name: mandatory(pattern, 'Which; * ? and [] select several.', { position: 0, pipeline: 'both', wildcard: true }),
  },
  examples: [
    { command: 'clear-trace ticket-4711', shows: 'One of them.' },
    { command: "clear-trace '*' -Confirm:false", shows: 'All of them.' },
  ],
  impact: 'Medium',
  output: traceOutput,
  accepts: ['Trace'],

  async run({ Name }, context) {
    const { folder } = context.store;
    const running = await runningNames(folder);
    const found = tracesOnDisk(folder).filter(({ name }) => wildcard(Name)(name) && !running.includes(name));
    if (found.length === 0 && !isPattern(Name)) throw noTrace(Name);
    if (found.length === 0) return context.done('no trace was removed.');
    const impact = found.length > 1 ? 'High' : 'Medium';
    if (!(await context.shouldProcess(found.map(({ name }) => name).join(', '), 'Remove the trace', impact))) return;
    for (const trace of found) {
      removeTrace(trace);
      if (context.passThru) context.write({ ...storedTraceObject(trace), Changed: true });
    }
    context.done(`${found.length} ${found.length === 1 ? 'trace' : 'traces'} removed.`);
  },
});

async function runningNames(folder: string): Promise<readonly string[]> {
  try {
    return (await runningTraces(folder)).map(({ name }) => name);
  } catch (error) {
    if (isCodedError(error) && error.id === 'ServiceNotRunning') return [];
    throw error;
  }
}
