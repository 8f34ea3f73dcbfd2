/** Restart-Service: stop and start in one, with the time in between measured. */

import { serviceObject } from '../operations/service-object.ts';
import { checkServiceName, serviceName, serviceState } from '../operations/service-state.ts';
import { serviceOutput } from './get-service.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, switchType, text, wholeNumber } from './host/parameters.ts';

/** Milliseconds for each half. Source: the cmdlet catalogue. */
const defaultTimeoutMs = 60_000;
/** Seconds that -Graceful waits for what is under way. */
const defaultDrainSeconds = 30;

export default defineCmdlet({
  name: 'Restart-Service',
  synopsis: 'Stops the gateway, starts it again, and reports how long it was away.',
  parameters: {
    Name: optional(text, `The service. There is one, ${serviceName}.`, { position: 0, pipeline: 'both' }),
    Graceful: optional(switchType, 'Finishes what is under way before stopping.'),
    DrainTimeout: optional(wholeNumber(0, 3600), 'Seconds that -Graceful waits for what is under way.', {
      defaultText: String(defaultDrainSeconds),
    }),
  },
  examples: [
    { command: 'restart-service -Graceful', shows: 'Restarts the gateway without cutting messages under way.' },
  ],
  impact: 'Medium',
  output: serviceOutput,

  async run({ Name, Graceful, DrainTimeout }, context) {
    checkServiceName(Name);
    const { folder } = context.store;
    if (!(await context.shouldProcess(serviceName, 'Restart the service'))) return;
    const [{ stopGateway }, { startInBackground }] = await Promise.all([
      import('../operations/stop-service.ts'),
      import('../operations/start-service.ts'),
    ]);
    const timeoutMs = context.timeoutMs ?? defaultTimeoutMs;
    const began = context.now();
    if ((await serviceState(folder)).status !== 'Stopped') {
      const drainMs = Graceful ? (DrainTimeout ?? defaultDrainSeconds) * 1000 : 0;
      await stopGateway({ storeFolder: folder, drainMs, timeoutMs, force: context.force, wait: true });
    }
    const gateway = await startInBackground({ storeFolder: folder, program: context.program, timeoutMs });
    const downtimeMs = context.now().getTime() - began.getTime();
    context.done(`${serviceName} is ready again, away for ${downtimeMs} ms, revision ${gateway.loadedRevision}.`);
    const object = serviceObject({ status: 'Running', gateway }, context.store.read().revision);
    if (context.passThru) context.write({ ...object, DowntimeMs: downtimeMs, Changed: true });
  },
});
