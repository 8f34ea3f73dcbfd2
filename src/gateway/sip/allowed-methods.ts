/** The methods a gateway takes from a next hop, and the answer to every other one [RFC 3261 §8.2.1, §21.5.2]. */
import type { HeaderField } from './headers.ts';
import { registeredMethods } from './methods.ts';
import type { ResponseParts } from './response-to.ts';

const allowedMethods = 'ACK, BYE, CANCEL, INFO, INVITE, MESSAGE, NOTIFY, OPTIONS, SUBSCRIBE, UPDATE';
export const allowMethods: HeaderField = ['Allow', allowedMethods];

/** What means nothing to anybody outside of a session. */
export const onlyInSessions: ReadonlySet<string> = new Set(['ACK', 'BYE', 'INFO', 'PRACK', 'UPDATE']);

/**
 * 405 to a method that is known and not served (REFER, PRACK, PUBLISH), 501 to one that nobody knows (SERVICE and NEGOTIATE of
 * Microsoft's clients), both with what is served; 481 outside of a session to what belongs into one.
 */
export function unservedMethod(method: string, isInSession: boolean): { status: number; more: ResponseParts } {
  if (!isInSession && onlyInSessions.has(method)) return { status: 481, more: {} };
  return { status: registeredMethods.has(method) ? 405 : 501, more: { headers: [allowMethods] } };
}
