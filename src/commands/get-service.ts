/** Get-Service: is the gateway running, where does it listen, and has it loaded what the store says? */

import { serviceObject } from '../operations/service-object.ts';
import { checkServiceName, serviceName, serviceState } from '../operations/service-state.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, switchType, text } from './host/parameters.ts';

export const serviceOutput = {
  kind: 'Service',
  table: ['Status', 'Name', 'ActivityLevel', 'LoadedRevision', 'ProcessId'],
} as const;

export default defineCmdlet({
  name: 'Get-Service',
  aliases: ['Get-CsWindowsService'],
  synopsis: 'Shows whether the gateway service runs, its listeners, and the configuration revision it has loaded.',
  parameters: {
    Name: optional(text, `The service. There is one, ${serviceName}.`, { position: 0, pipeline: 'property' }),
    ExcludeActivityLevel: optional(switchType, 'Leaves out what the service is doing.'),
  },
  examples: [
    { command: 'get-service', shows: 'The state of the gateway.' },
    {
      command: 'get-service -Property Certificate,CertificateSince,PlannedCertificate,EffectiveDate',
      shows: 'What partners are shown, and what follows it.',
    },
    {
      command: 'get-service -Property Hops,Warnings',
      shows: 'Whether the SIP servers of the routes answer, and why one does not.',
    },
    { command: 'get-service -ExpandProperty Listeners', shows: 'Every address and port it accepts connections on.' },
  ],
  output: serviceOutput,

  async run({ Name, ExcludeActivityLevel }, context) {
    checkServiceName(Name);
    const state = await serviceState(context.store.folder);
    const object = serviceObject(state, context.store.read().revision);
    if (!ExcludeActivityLevel) return context.write(object);
    const { ActivityLevel: _left, ...rest } = object;
    context.write(rest);
  },
});
