/** What a refusal advises its sender to do instead: another address [RFC 3261 §8.1.3.4, §21.3], or the same one later [§20.33]. */
import { canonicalAor, sipUriIn } from './aor.ts';
import type { SipResponse } from './message.ts';

export interface RefusalAdvice {
  /** The address of record of the first Contact that has one. */
  readonly movedTo?: string;
  /** Seconds, 1 to 86400. */
  readonly retryAfter?: number;
}

/** Seconds that are believed. Source: own choice; nobody waits for longer than a day. */
const maxRetryAfter = 86_400;

export function refusalAdviceOf({ status, headers }: SipResponse): RefusalAdvice {
  if (status < 300) return {};
  const seconds = Number(/^\s*(\d{1,9})\s*(?:[(;]|$)/.exec(headers.get('Retry-After') ?? '')?.[1] ?? 0);
  const contacts = status < 400 ? headers.getAll('Contact').map(sipUriIn) : [];
  const moved = contacts.find((uri) => uri?.user !== undefined);
  return {
    ...(moved !== undefined && { movedTo: canonicalAor(moved) }),
    ...(seconds > 0 && { retryAfter: Math.min(seconds, maxRetryAfter) }),
  };
}
