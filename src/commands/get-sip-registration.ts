/** Get-SipRegistration: the devices of home server users as they are registered now. */
import { sipRegistrationsNow } from '../operations/sip-control.ts';
import {
  meantUser,
  refuseUnknownUser,
  registrationObject,
  selectRegistrations,
} from '../operations/sip-registrations.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, pattern } from './host/parameters.ts';

export const registrationOutput = {
  kind: 'SipRegistration',
  table: ['Identity', 'Contact', 'Transport', 'Source', 'ExpiresInSeconds', 'Trusted', 'UserAgent'],
} as const;

export default defineCmdlet({
  name: 'Get-SipRegistration',
  synopsis: 'Shows the devices that are registered with the home server, and where they are reached.',
  description:
    'A user may have ten devices, and each is called. Since says when a device came, ExpiresInSeconds how long it stays unless it registers again. Trusted devices registered from a TrustedSipPeer, without a password. Users who live on the servers of a SIP route register there. A user without devices is offline, which is no failure.',
  parameters: {
    Identity: optional(pattern, 'Address of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['User', 'SipAddress'],
      wildcard: true,
    }),
  },
  examples: [
    { command: 'get-sipregistration', shows: 'All devices.' },
    { command: 'get-sipregistration alice@contoso.com', shows: 'Those of one user.' },
    {
      command: "get-sipregistration '*@contoso.com' -Property Identity,UserAgent,Since -OutputFormat csv",
      shows: 'Which clients the users of a domain have.',
    },
  ],
  output: registrationOutput,
  accepts: ['SipRegistration', 'User'],

  async run({ Identity }, context) {
    const user = meantUser(context.store.read(), Identity);
    const found = selectRegistrations(await sipRegistrationsNow(context.store.folder), { user });
    if (found.length === 0) refuseUnknownUser(context.store.read(), Identity);
    for (const registration of found) context.write(registrationObject(registration));
  },
});
