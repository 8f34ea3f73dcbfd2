/** What the administrator reads about the devices of home server users. */
import type { LogEvent } from '../primitives/log-event.ts';
import type { LostDevice } from './sip/home/lost-devices.ts';

/** Not a warning: telephones lose their network, and clients end without a word. */
export const deviceLost = ({ aor, contact, reason }: LostDevice): LogEvent => ({
  id: 'SipDeviceLost',
  level: 'info',
  component: 'sip',
  message: `${aor} has lost the device ${contact}: ${reason}`,
  facts: { user: aor, contact, reason },
});
