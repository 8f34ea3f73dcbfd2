/** Start-Service: runs the gateway and returns when it is ready, or says what keeps it from being so. */

import { serviceObject } from '../operations/service-object.ts';
import { checkServiceName, serviceName, serviceState } from '../operations/service-state.ts';
import { launch, startInBackground, tellStarter } from '../operations/start-service.ts';
import { serviceOutput } from './get-service.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { optional, switchType, text } from './host/parameters.ts';

/** Milliseconds. Source: the cmdlet catalogue. */
const defaultTimeoutMs = 60_000;

export default defineCmdlet({
  name: 'Start-Service',
  aliases: ['Start-CsWindowsService'],
  synopsis: 'Starts the gateway and waits until its listeners accept and the configuration is loaded.',
  description: 'Starting a running service is not an error. A failure names its cause, and leaves no process behind.',
  parameters: {
    Name: optional(text, `The service. There is one, ${serviceName}.`, { position: 0, pipeline: 'both' }),
    NoWait: optional(switchType, 'Returns at once; get-service tells when the service runs.'),
    Foreground: optional(switchType, 'Runs the gateway in this process until Ctrl-C or SIGTERM.'),
  },
  examples: [
    { command: 'start-service', shows: 'Starts the gateway, or says that it runs already.' },
    { command: 'start-service -Foreground', shows: 'Runs it here, for a container or a service manager.' },
  ],
  impact: 'Medium',
  output: serviceOutput,

  async run({ Name, NoWait, Foreground }, context) {
    checkServiceName(Name);
    const { folder } = context.store;
    const before = await serviceState(folder);
    if (before.status === 'Running' && !Foreground) return already(context, before);
    if (!(await context.shouldProcess(serviceName, 'Start the service'))) return;
    if (Foreground) {
      const { runGateway } = await import('../operations/run-gateway.ts');
      return runGateway({ store: context.store, signal: context.signal, tell: tellStarter });
    }
    const order = { storeFolder: folder, program: context.program, timeoutMs: context.timeoutMs ?? defaultTimeoutMs };
    if (NoWait) return launch(order, 'ignore').unref();
    const started = context.now();
    const gateway = await startInBackground(order);
    const object = serviceObject({ status: 'Running', gateway }, context.store.read().revision);
    const seconds = ((context.now().getTime() - started.getTime()) / 1000).toFixed(1);
    context.done(
      `${serviceName} is ready after ${seconds} s: ${object.Listeners.join(', ')}, revision ${gateway.loadedRevision}.`,
    );
    for (const warning of gateway.warnings) context.warn(warning);
    if (context.passThru) context.write({ ...object, Changed: true });
  },
});

function already(context: CmdletContext, state: Awaited<ReturnType<typeof serviceState>>): void {
  context.done(`${serviceName} is running already.`);
  if (context.passThru) context.write({ ...serviceObject(state, context.store.read().revision), Changed: false });
}
