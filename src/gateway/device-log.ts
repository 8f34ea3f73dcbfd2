/** What the administrator reads about the devices of home server users. */
import type { LogEvent } from '../primitives/log-event.ts';
import type { LostDevice } from './sip/home/lost-devices.ts';

/** An administrator ended its registration; nothing keeps it from the next one. */
export const registrationRemoved = (device: Pick<LostDevice, 'aor' | 'contact'>): LogEvent => ({
  id: 'SipRegistrationRemoved',
  level: 'info',
  component: 'sip',
  message: `the registration of ${device.contact} for ${device.aor} was ended by an operator`,
  facts: { user: device.aor, contact: device.contact },
});

/** Not a warning: telephones lose their network, and clients end without a word. */
export const deviceLost = ({ aor, contact, reason }: LostDevice): LogEvent => ({
  id: 'SipDeviceLost',
  level: 'info',
  component: 'sip',
  message: `${aor} has lost the device ${contact}: ${reason}`,
  facts: { user: aor, contact, reason },
});
