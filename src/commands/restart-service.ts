/** Restart-Service: stop and start in one, with the time in between measured. */

import { serviceObject } from '../operations/service/service-object.ts';
import { checkServiceName, isGone, serviceName, serviceState } from '../operations/service/service-state.ts';
import { realClock } from '../primitives/clock.ts';
import { serviceOutput } from './get-service.ts';
import { type CmdletContext, defineCmdlet, type OutputObject } from './host/cmdlet.ts';
import { optional, switchType } from './host/parameters.ts';
import { reported } from './reports/report-file.ts';
import {
  drainMsOf,
  drainParameter,
  gracefulParameter,
  nameParameter,
  reportParameter,
  serviceTimeoutMs,
} from './settings/service-parameters.ts';
import { hurriedOn } from './stop-service.ts';

export default defineCmdlet({
  name: 'Restart-Service',
  synopsis: 'Stops the gateway, starts it again, and reports how long it was away.',
  description: 'A stopped service is started. DowntimeMs is the time from the order to stop until it was ready again.',
  parameters: {
    ...nameParameter,
    ...gracefulParameter,
    ...drainParameter('-Graceful'),
    NoWait: optional(switchType, 'Returns when it has stopped and starts again; wait-service waits until it runs.'),
    ...reportParameter,
  },
  examples: [
    { command: 'restart-service -Graceful', shows: 'Restarts the gateway without cutting messages under way.' },
  ],
  impact: 'Medium',
  output: serviceOutput,

  async run({ Name, Graceful, DrainTimeout, NoWait, Report }, context) {
    checkServiceName(Name);
    if (!(await context.shouldProcess(serviceName, 'Restart the service'))) return;
    const given = { drainMs: drainMsOf(Graceful, DrainTimeout), wait: !NoWait };
    await reported(Report, context, async (recording, keep) => await restart(given, recording, keep));
  },
});

interface Given {
  readonly drainMs: number;
  readonly wait: boolean;
}

async function restart(
  { drainMs, wait }: Given,
  context: CmdletContext,
  keep: (object: OutputObject) => void,
): Promise<void> {
  const { folder } = context.store;
  const [{ stopGateway }, { launch, startInBackground }] = await Promise.all([
    import('../operations/service/stop-service.ts'),
    import('../operations/service/start-service.ts'),
  ]);
  const timeoutMs = context.timeoutMs ?? serviceTimeoutMs;
  const began = realClock.now();
  if (!isGone(await serviceState(folder))) {
    const hurry = drainMs > 0 ? hurriedOn(context) : context.signal;
    await stopGateway({ storeFolder: folder, drainMs, timeoutMs, force: context.force, wait: true, hurry });
  }
  const order = { storeFolder: folder, program: context.program, timeoutMs };
  if (!wait) return launch(order, 'ignore').unref();
  const gateway = await startInBackground(order);
  const DowntimeMs = Math.round(realClock.now() - began);
  context.done(`${serviceName} is ready again, away for ${DowntimeMs} ms, revision ${gateway.loadedRevision}.`);
  for (const warning of gateway.warnings) context.warn(warning);
  const service = serviceObject({ status: 'Running', gateway }, context.store.read().revision);
  const object = { ...service, DowntimeMs, Changed: true };
  if (context.passThru) context.write(object);
  else keep(object);
}
