/** Stop-Service: ends the gateway; streams are closed properly, and nothing is reported stopped that still runs. */

import { serviceObject } from '../operations/service-object.ts';
import { checkServiceName, serviceName, serviceState } from '../operations/service-state.ts';
import { serviceOutput } from './get-service.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, switchType, text, wholeNumber } from './host/parameters.ts';

/** Milliseconds. Source: the cmdlet catalogue. */
const defaultTimeoutMs = 60_000;
/** Seconds that -Graceful waits for what is under way. */
const defaultDrainSeconds = 30;

export default defineCmdlet({
  name: 'Stop-Service',
  aliases: ['Stop-CsWindowsService'],
  synopsis: 'Stops the gateway and waits until its process has ended.',
  description:
    'Stopping a stopped service is not an error. While -Graceful waits, stop-service without it ends the waiting. -Force ends a process that does not answer.',
  parameters: {
    Name: optional(text, `The service. There is one, ${serviceName}.`, { position: 0, pipeline: 'both' }),
    Graceful: optional(switchType, 'Takes nothing new and finishes what is under way before the streams are closed.'),
    DrainTimeout: optional(wholeNumber(0, 3600), 'Seconds that -Graceful waits for what is under way.', {
      defaultText: String(defaultDrainSeconds),
    }),
    NoWait: optional(switchType, 'Returns as soon as the gateway has been asked to stop.'),
  },
  examples: [
    { command: 'stop-service', shows: 'Closes every stream with its closing tag, and ends the process.' },
    {
      command: 'stop-service -Graceful -DrainTimeout 60',
      shows: 'Lets messages under way finish, for up to a minute.',
    },
  ],
  impact: 'Medium',
  output: serviceOutput,

  async run({ Name, Graceful, DrainTimeout, NoWait }, context) {
    checkServiceName(Name);
    const { folder } = context.store;
    const before = await serviceState(folder);
    if (before.status === 'Stopped') return context.done(`${serviceName} is stopped already.`);
    if (!(await context.shouldProcess(serviceName, 'Stop the service'))) return;
    const { stopGateway } = await import('../operations/stop-service.ts');
    await stopGateway({
      storeFolder: folder,
      drainMs: Graceful ? (DrainTimeout ?? defaultDrainSeconds) * 1000 : 0,
      timeoutMs: context.timeoutMs ?? defaultTimeoutMs,
      force: context.force,
      wait: !NoWait,
    });
    context.done(NoWait ? `${serviceName} has been asked to stop.` : `${serviceName} has stopped.`);
    const after = NoWait ? await serviceState(folder) : ({ status: 'Stopped' } as const);
    if (context.passThru) context.write({ ...serviceObject(after, context.store.read().revision), Changed: true });
  },
});
