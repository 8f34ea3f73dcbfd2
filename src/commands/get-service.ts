/** Get-Service: is the gateway running, where does it listen, and has it loaded what the store says? */

import { serviceObject } from '../operations/service/service-object.ts';
import { isServiceNamed, serviceName, serviceState } from '../operations/service/service-state.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern, switchType } from './host/parameters.ts';

export const serviceOutput = {
  kind: 'Service',
  table: ['Status', 'Name', 'ActivityLevel', 'LoadedRevision', 'ProcessId'],
} as const;

export default defineCmdlet({
  name: 'Get-Service',
  aliases: ['Get-CsWindowsService'],
  synopsis: 'Shows whether the gateway service runs, its listeners, and the configuration revision it has loaded.',
  description:
    'Status is Running, Stopped, StartPending, Draining (it takes nothing new and finishes what it has), StopPending, or Failed: it ended without having been told to, could not start with nobody there to hear why, or does not answer; Warnings says which. -Quiet prints the status alone.',
  parameters: {
    Name: optional(pattern, `The service, or a pattern. There is one, ${serviceName}.`, {
      position: 0,
      pipeline: 'property',
      wildcard: true,
    }),
    ExcludeActivityLevel: optional(switchType, 'Leaves out what the service is doing.'),
  },
  examples: [
    { command: 'get-service', shows: 'The state of the gateway.' },
    { command: 'get-service -Quiet', shows: 'One word: Running, Stopped, Failed, ...' },
    {
      command: 'get-service -Property Certificate,CertificateSince,CertificateDays,PlannedCertificate,EffectiveDate',
      shows: 'What partners are shown, for how many days more, and what follows it.',
    },
    {
      command: 'get-service -Property Hops,Warnings',
      shows: 'Whether the SIP servers of the routes answer, and why one does not.',
    },
    { command: 'get-service -ExpandProperty Listeners', shows: 'Every address and port it accepts connections on.' },
  ],
  output: serviceOutput,

  async run({ Name, ExcludeActivityLevel }, context) {
    if (!isServiceNamed(Name)) return;
    const state = await serviceState(context.store.folder);
    if (context.quiet && context.format === 'auto') return context.writeText(state.status);
    const object = serviceObject(state, context.store.read().revision);
    if (!ExcludeActivityLevel) return context.write(object);
    const { ActivityLevel: _left, ...rest } = object;
    context.write(rest);
  },
});
