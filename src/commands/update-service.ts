/** Update-Service: the running gateway reads its configuration again, without a restart. */

import { serviceObject } from '../operations/service/service-object.ts';
import { checkServiceName, serviceName, serviceState } from '../operations/service/service-state.ts';
import { reloadGateway } from '../operations/service/update-service.ts';
import { serviceOutput } from './get-service.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { nameParameter, serviceTimeoutMs } from './settings/service-parameters.ts';

export default defineCmdlet({
  name: 'Update-Service',
  synopsis: 'Makes the running gateway read its configuration and its keys again, without a restart.',
  description:
    'It notices changes by itself; this returns when they are in force, and tries again what could not be had before, such as a listener whose port was in use. SIGHUP does the same. A damaged store is an error, and the last good configuration stays in force.',
  parameters: { ...nameParameter },
  examples: [{ command: 'update-service', shows: 'Returns when the configuration of the store is in force.' }],
  impact: 'Low',
  output: serviceOutput,

  async run({ Name }, context) {
    checkServiceName(Name);
    const { folder } = context.store;
    const before = await serviceState(folder);
    if (!(await context.shouldProcess(serviceName, 'Read the configuration again'))) return;
    const revision = await reloadGateway(folder, context.timeoutMs ?? serviceTimeoutMs);
    const Changed = 'gateway' in before && before.gateway.loadedRevision !== revision;
    context.done(`${serviceName}: revision ${revision} is in force${Changed ? '' : ', as it was'}.`);
    const after = await serviceState(folder);
    if ('gateway' in after) for (const warning of after.gateway.warnings) context.warn(warning);
    if (context.passThru) context.write({ ...serviceObject(after, context.store.read().revision), Changed });
  },
});
