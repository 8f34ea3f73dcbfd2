/** The one event package here, presence [RFC 3856], and how requests name it. */
import type { SipRequest } from '../message.ts';

export const presenceEvent = 'presence';

/** `Event: presence`, with or without parameters. `presence.winfo` is another package. */
export function isPresenceEvent(request: SipRequest): boolean {
  return eventOf(request).toLowerCase() === presenceEvent;
}

const eventOf = (request: SipRequest): string => (request.headers.get('Event') ?? '').split(';', 1)[0]?.trim() ?? '';

/** The type of the body in lower case, without parameters. */
export const mediaTypeOf = (request: SipRequest): string =>
  (request.headers.get('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The value our NOTIFYs repeat: the subscriber tells its subscriptions apart by the `id` [RFC 6665 §8.2.1]. */
export function eventValue(request: SipRequest): string {
  const id = /;\s*id\s*=\s*([A-Za-z0-9\-.!%*_+`'~]+)/i.exec(request.headers.get('Event') ?? '')?.[1];
  return id === undefined ? presenceEvent : `${presenceEvent};id=${id}`;
}
