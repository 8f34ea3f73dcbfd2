/** Remove-SipRegistration: ends what a device has registered. It keeps nobody away: a device that works registers again. */
import { endSipRegistrations, type Registration, sipRegistrationsNow } from '../operations/sip-control.ts';
import {
  meantUser,
  noRegistration,
  refuseUnknownUser,
  registrationObject,
  selectRegistrations,
} from '../operations/sip-registrations.ts';
import { isPattern } from '../operations/wildcard.ts';
import { visibleText } from '../primitives/visible-text.ts';
import { registrationOutput } from './get-sip-registration.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, optional, pattern, switchType, text } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Remove-SipRegistration',
  synopsis: 'Ends the registrations of devices: nothing is sent to them until they register again.',
  description:
    'For a device that has gone without a word, or one that should take its new settings. To keep a user away, remove the user or change the password.',
  parameters: {
    Identity: mandatory(pattern, 'Address of a user; * ? and [] select several.', {
      position: 0,
      pipeline: 'both',
      aliases: ['User', 'SipAddress'],
      wildcard: true,
    }),
    Contact: optional(text, 'Only the device with this Contact.', { pipeline: 'property' }),
    IfExists: optional(switchType, 'A device that is not registered is no failure.'),
  },
  examples: [
    { command: 'remove-sipregistration alice@contoso.com', shows: 'All devices of one user.' },
    {
      command: 'remove-sipregistration alice@contoso.com -Contact sip:alice@192.0.2.20:5060',
      shows: 'One of them.',
    },
    {
      command: 'get-sipregistration | xgw where-object Transport -eq udp | xgw remove-sipregistration - -Confirm:false',
      shows: 'Every device that came by UDP.',
    },
  ],
  impact: 'Medium',
  output: registrationOutput,
  accepts: ['SipRegistration', 'User'],

  async run({ Identity, Contact, IfExists }, context) {
    const { folder } = context.store;
    const user = meantUser(context.store.read(), Identity);
    const found = selectRegistrations(await sipRegistrationsNow(folder), { user, contact: Contact });
    if (found.length === 0) {
      if (IfExists !== true) refuseUnknownUser(context.store.read(), Identity);
      if (IfExists !== true && Contact !== undefined) throw noRegistration(Identity, Contact);
      return context.done(`no device of ${Identity} is registered; nothing was removed.`);
    }
    const target = found.map(describe).join(', ');
    const impact = isPattern(Identity) && found.length > 1 ? 'High' : 'Medium';
    if (!(await context.shouldProcess(target, 'Remove the registration', impact))) return;
    const ended = await endSipRegistrations(folder, found);
    const isEnded = ({ aor, contact }: Registration): boolean =>
      ended.some((each) => each.aor === aor && each.contact === contact);
    for (const each of context.passThru ? found : [])
      context.write({ ...registrationObject(each), Changed: isEnded(each) });
    context.done(`${ended.length} ${ended.length === 1 ? 'registration' : 'registrations'} removed: ${target}.`);
  },
});

const describe = ({ aor, contact }: Registration): string => `${visibleText(contact)} of ${aor}`;
