/** Wait-Service: returns when the gateway is as a script needs it, or with exit code 10. */

import { checkServiceName, serviceName } from '../operations/service/service-state.ts';
import { serviceConditions, waitForService } from '../operations/service/wait-service.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { domainName, mandatory, oneOf, optional } from './host/parameters.ts';
import { nameParameter, serviceTimeoutMs } from './settings/service-parameters.ts';

export default defineCmdlet({
  name: 'Wait-Service',
  synopsis:
    'Waits until the gateway is ready, is stopped, has loaded the configuration, or has a stream with a partner.',
  description:
    'Ready: it listens on both sides with the configuration of the store. Stopped: there is no process. RevisionLoaded: the configuration of the store is in force. PartnerConnected: a stream with -Partner is authenticated, whoever opened it; the gateway opens one when there is something to send. Whatever is not so within -Timeout seconds (60) is exit code 10. Waiting for a service that nobody has started yet is no error.',
  parameters: {
    ...nameParameter,
    Condition: mandatory(oneOf(serviceConditions, 'Condition'), 'What is waited for.'),
    Partner: optional(domainName, 'A domain of the partner, for PartnerConnected.'),
  },
  examples: [
    { command: 'wait-service -Condition Ready -Timeout 20', shows: 'For a script that started it with -NoWait.' },
    { command: 'wait-service -Condition RevisionLoaded', shows: 'Until what was changed is in force.' },
    {
      command: 'wait-service -Condition PartnerConnected -Partner fabrikam.com',
      shows: 'Until a stream with the partner is authenticated.',
    },
  ],

  async run({ Name, Condition, Partner }, context) {
    checkServiceName(Name);
    const { store, signal } = context;
    const timeoutMs = context.timeoutMs ?? serviceTimeoutMs;
    await waitForService({ store, condition: Condition, partner: Partner, timeoutMs, signal });
    context.done(`${serviceName}: ${Condition}${Partner === undefined ? '' : ` (${Partner})`}.`);
  },
});
