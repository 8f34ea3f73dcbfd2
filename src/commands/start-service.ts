/** Start-Service: runs the gateway and returns when it is ready, or says what keeps it from being so. */

import { type ServiceObject, serviceObject } from '../operations/service/service-object.ts';
import {
  checkServiceName,
  type ServiceState,
  serviceName,
  serviceState,
  untilStopped,
} from '../operations/service/service-state.ts';
import { launch, starter, startInBackground } from '../operations/service/start-service.ts';
import { realClock } from '../primitives/clock.ts';
import { serviceOutput } from './get-service.ts';
import { type CmdletContext, defineCmdlet, type OutputObject } from './host/cmdlet.ts';
import { optional, switchType } from './host/parameters.ts';
import { reported } from './reports/report-file.ts';
import {
  drainMsOf,
  drainParameter,
  nameParameter,
  reportParameter,
  serviceTimeoutMs,
} from './settings/service-parameters.ts';

export default defineCmdlet({
  name: 'Start-Service',
  aliases: ['Start-CsWindowsService'],
  synopsis: 'Starts the gateway and waits until its listeners accept and the configuration is loaded.',
  description:
    'Starting a running service is not an error. A failure names its cause, and leaves no process behind. With -Foreground, Ctrl-C and SIGTERM finish what is under way for -DrainTimeout seconds, a second one closes at once, SIGHUP reads the configuration again; a service manager that gave NOTIFY_SOCKET is told.',
  parameters: {
    ...nameParameter,
    NoWait: optional(switchType, 'Returns at once; wait-service waits until the service runs.'),
    Foreground: optional(switchType, 'Runs the gateway in this process until Ctrl-C or SIGTERM.'),
    ...drainParameter('a gateway that gets SIGTERM'),
    ...reportParameter,
  },
  examples: [
    { command: 'start-service', shows: 'Starts the gateway, or says that it runs already.' },
    { command: 'start-service -Foreground', shows: 'Runs it here, for a container or a service manager.' },
    { command: 'start-service -Report start.html', shows: 'Keeps what it said, and how it runs, in a file.' },
  ],
  impact: 'Medium',
  output: serviceOutput,

  async run({ Name, NoWait, Foreground, DrainTimeout, Report }, context) {
    checkServiceName(Name);
    const given = { noWait: NoWait === true, drainSeconds: DrainTimeout };
    if (Foreground) return await runHere(given, context);
    await reported(Report, context, async (recording, keep) => await start(given, recording, keep));
  },
});

interface Given {
  readonly noWait: boolean;
  readonly drainSeconds: number | undefined;
}

async function runHere({ drainSeconds }: Given, context: CmdletContext): Promise<void> {
  if (!(await context.shouldProcess(serviceName, 'Start the service'))) return;
  const { runGateway } = await import('../operations/service/run-gateway.ts');
  const { store, signal } = context;
  const drainMs = drainMsOf(true, drainSeconds);
  await runGateway({ store, signal, hurry: context.hurry(), drainMs, ...starter() });
}

async function start(given: Given, context: CmdletContext, keep: (object: OutputObject) => void): Promise<void> {
  const { folder } = context.store;
  const timeoutMs = context.timeoutMs ?? serviceTimeoutMs;
  const before = await serviceState(folder);
  const show = (object: OutputObject): void => (context.passThru ? context.write(object) : keep(object));
  if (before.status === 'Running') {
    context.done(`${serviceName} is running already.`);
    return show({ ...now(before, context), Changed: false });
  }
  if (!(await context.shouldProcess(serviceName, 'Start the service'))) return;
  if (before.status === 'StartPending' && !given.noWait) return show(await startedByAnother(timeoutMs, context));
  if (before.status === 'Draining' || before.status === 'StopPending') await untilStopped(folder, timeoutMs);
  const order = { storeFolder: folder, program: context.program, timeoutMs, drainSeconds: given.drainSeconds };
  if (given.noWait) return launch(order, 'ignore').unref();
  const began = realClock.now();
  const gateway = await startInBackground(order);
  const object = now({ status: 'Running', gateway }, context);
  const seconds = ((realClock.now() - began) / 1000).toFixed(1);
  context.done(
    `${serviceName} is ready after ${seconds} s: ${object.Listeners.join(', ')}, revision ${gateway.loadedRevision}.`,
  );
  for (const warning of gateway.warnings) context.warn(warning);
  show({ ...object, Changed: true });
}

/** Somebody else has said it a moment ago. */
async function startedByAnother(timeoutMs: number, context: CmdletContext): Promise<OutputObject> {
  const { waitForService } = await import('../operations/service/wait-service.ts');
  const { store, signal } = context;
  const state = await waitForService({ store, condition: 'Ready', timeoutMs, signal });
  context.done(`${serviceName} was being started already, and is ready.`);
  return { ...now(state, context), Changed: false };
}

const now = (state: ServiceState, { store }: CmdletContext): ServiceObject =>
  serviceObject(state, store.read().revision);
