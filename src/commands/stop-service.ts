/** Stop-Service: ends the gateway; streams are closed properly, and nothing is reported stopped that still runs. */

import { serviceObject } from '../operations/service/service-object.ts';
import { removeServiceRecord } from '../operations/service/service-record.ts';
import { checkServiceName, isGone, serviceName, serviceState } from '../operations/service/service-state.ts';
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

export default defineCmdlet({
  name: 'Stop-Service',
  aliases: ['Stop-CsWindowsService'],
  synopsis: 'Stops the gateway and waits until its process has ended.',
  description:
    'Stopping a stopped service is not an error. While -Graceful waits, Ctrl-C twice, or stop-service without it, ends the waiting: whoever sent what is under way is told. -Force ends a process that does not answer.',
  parameters: {
    ...nameParameter,
    ...gracefulParameter,
    ...drainParameter('-Graceful'),
    NoWait: optional(switchType, 'Returns as soon as the gateway has been asked to stop.'),
    ...reportParameter,
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

  async run({ Name, Graceful, DrainTimeout, NoWait, Report }, context) {
    checkServiceName(Name);
    const given = { drainMs: drainMsOf(Graceful, DrainTimeout), wait: !NoWait };
    await reported(Report, context, async (recording, keep) => await stop(given, recording, keep));
  },
});

interface Given {
  readonly drainMs: number;
  readonly wait: boolean;
}

async function stop(
  { drainMs, wait }: Given,
  context: CmdletContext,
  keep: (object: OutputObject) => void,
): Promise<void> {
  const { folder } = context.store;
  const show = async (Changed: boolean): Promise<void> => {
    const object = { ...serviceObject(await serviceState(folder), context.store.read().revision), Changed };
    if (context.passThru) context.write(object);
    else keep(object);
  };
  const before = await serviceState(folder);
  if (isGone(before)) {
    // It is as it was asked for now, however it came to be so.
    if (!context.whatIf) removeServiceRecord(folder);
    context.done(`${serviceName} is stopped already.`);
    return await show(false);
  }
  if (!(await context.shouldProcess(serviceName, 'Stop the service'))) return;
  const { stopGateway } = await import('../operations/service/stop-service.ts');
  const { force } = context;
  const timeoutMs = context.timeoutMs ?? serviceTimeoutMs;
  const hurry = drainMs > 0 ? hurriedOn(context) : context.signal;
  await stopGateway({ storeFolder: folder, drainMs, timeoutMs, force, wait, hurry });
  if (wait) removeServiceRecord(folder);
  context.done(wait ? `${serviceName} has stopped.` : `${serviceName} has been asked to stop.`);
  await show(true);
}

/** The first Ctrl-C says what the second one does. */
export function hurriedOn({ signal, hurry, say }: CmdletContext): AbortSignal {
  const second = hurry();
  const tell = (): void => say('The gateway finishes what is under way. Ctrl-C once more closes it now.');
  signal.addEventListener('abort', tell, { once: true });
  return second;
}
