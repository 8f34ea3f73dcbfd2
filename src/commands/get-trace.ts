/** Get-Trace: the traces that run, and those in files. */

import { runningTraces } from '../operations/trace/trace-control.ts';
import { runningTraceObject, storedTraceObject } from '../operations/trace/trace-objects.ts';
import type { RunningTrace } from '../operations/trace/trace-recorder.ts';
import { noTrace } from '../operations/trace/trace-source.ts';
import { isPattern, wildcard } from '../operations/wildcard.ts';
import { isCodedError } from '../primitives/errors.ts';
import { tracesOnDisk } from '../store/trace-files.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern } from './host/parameters.ts';
import { traceOutput } from './start-trace.ts';

export default defineCmdlet({
  name: 'Get-Trace',
  aliases: ['Show-CsClsLogging'],
  synopsis: 'Shows the traces that run, and those in files.',
  parameters: {
    Name: optional(pattern, 'Which; * ? and [] select several.', { position: 0, pipeline: 'both', wildcard: true }),
  },
  examples: [
    { command: 'get-trace', shows: 'All of them.' },
    { command: 'get-trace Im-*', shows: 'Those whose names begin so.' },
  ],
  output: traceOutput,
  accepts: ['Trace'],

  async run({ Name }, context) {
    const { folder } = context.store;
    const fits = wildcard(Name ?? '*');
    const running = await runningNow(folder);
    const isRunning = (name: string): boolean => running.some((trace) => trace.name === name);
    const stored = tracesOnDisk(folder).filter(({ name }) => !isRunning(name));
    const found = [...running.map(runningTraceObject), ...stored.map(storedTraceObject)].filter(({ Name: name }) =>
      fits(String(name)),
    );
    if (found.length === 0 && Name !== undefined && !isPattern(Name)) throw noTrace(Name);
    for (const each of found) context.write(each);
  },
});

/** A gateway that does not run has no running traces. */
async function runningNow(folder: string): Promise<readonly RunningTrace[]> {
  try {
    return await runningTraces(folder);
  } catch (error) {
    if (isCodedError(error) && error.id === 'ServiceNotRunning') return [];
    throw error;
  }
}
