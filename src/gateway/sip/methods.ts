/** The methods of the SIP registry. Any other token is a method too: unknown ones are answered, never refused by the parser. */
export const registeredMethods: ReadonlySet<string> = new Set([
  'ACK',
  'BYE',
  'CANCEL',
  'INFO',
  'INVITE',
  'MESSAGE',
  'NOTIFY',
  'OPTIONS',
  'PRACK',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'UPDATE',
]);

/** Microsoft's NOTIFY without a response [MS-SIP 4.4]: it is treated as NOTIFY and never answered. */
export const benotify = 'BENOTIFY';

/** Requests that get no response of any kind. */
export const isNeverAnswered = (method: string): boolean => method === 'ACK' || method === benotify;

/** Requests whose 2xx creates a dialog [RFC 3261 §12.1, RFC 6665 §4.1, RFC 3515 §3.5]. */
export const createsDialog = (method: string): boolean => ['INVITE', 'SUBSCRIBE', 'NOTIFY', 'REFER'].includes(method);

/** Requests whose Contact moves the remote target of their dialog [RFC 3261 §12.2, RFC 3311 §5, RFC 6665 §4.4.1]. */
export const refreshesTarget = (method: string): boolean =>
  ['INVITE', 'UPDATE', 'SUBSCRIBE', 'NOTIFY', benotify].includes(method);
