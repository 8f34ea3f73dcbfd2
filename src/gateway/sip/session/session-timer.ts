/** Session timers as a UAS that leaves the refreshing to the peer [RFC 4028 §9]; the idle timer ends what is dead. */
import type { HeaderField } from '../headers.ts';
import type { SipRequest } from '../message.ts';

export const timerExtension = 'timer';

/** Fields of the 2xx to an INVITE or UPDATE; none when the peer does not offer to refresh. */
export function sessionTimerFields({ headers }: SipRequest): readonly HeaderField[] {
  const [interval = '', ...parameters] = (headers.get('Session-Expires') ?? '').split(';').map((part) => part.trim());
  const offers = [...headers.getAll('Supported'), ...headers.getAll('Require')];
  const isOffered = offers.some((option) => option.toLowerCase() === timerExtension);
  if (!isOffered || !/^[0-9]{1,9}$/.test(interval) || parameters.includes('refresher=uas')) return [];
  return [
    ['Require', timerExtension],
    ['Session-Expires', `${interval};refresher=uac`],
  ];
}
