/** The session timer as header fields: what each side offers, answers and agrees to [RFC 4028 §7, §9]. */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import type { HeaderField, Headers } from '../headers.ts';
import { minSessionSeconds, sessionSeconds } from '../limits.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { ResponseParts } from '../response-to.ts';

export const timerExtension = 'timer';

/** A session that expires when nobody refreshes it. */
export interface Agreement {
  readonly seconds: number;
  readonly refresher: 'us' | 'peer';
  /** Whether the peer lists UPDATE in its Allow. */
  readonly takesUpdate: boolean;
}

/** One of ours. */
export interface Refresh {
  readonly method: 'INVITE' | 'UPDATE';
  readonly seconds: number;
  readonly minSeconds: number;
}

/**
 * What the peer asks for as UAC: nothing when it knows no timer or names no number.
 * Refusal: 422 for an interval that is too short.
 */
export function offeredInterval({
  headers,
}: SipRequest): Result<Agreement | undefined, { readonly status: 422; readonly more: ResponseParts }> {
  const { seconds, refresher } = expiry(headers);
  const offers = [...headers.getAll('Supported'), ...headers.getAll('Require')];
  const isOffered = offers.some((option) => option.toLowerCase() === timerExtension);
  if (!isOffered || seconds === undefined) return ok(undefined);
  if (seconds < minSessionSeconds)
    return refuse({ status: 422, more: { headers: [['Min-SE', String(minSessionSeconds)]] } });
  return ok({ seconds, refresher: refresher === 'uas' ? 'us' : 'peer', takesUpdate: takesUpdate(headers) });
}

/** What the 2xx to our INVITE or UPDATE agrees to: nothing for a peer that ignores the timer, or goes below our minimum [§7.2]. */
export function agreedInterval({ headers }: SipResponse): Agreement | undefined {
  const { seconds, refresher } = expiry(headers);
  if (seconds === undefined || seconds < minSessionSeconds) return undefined;
  return { seconds, refresher: refresher === 'uas' ? 'peer' : 'us', takesUpdate: takesUpdate(headers) };
}

/** Fields of our 2xx to an INVITE or UPDATE. */
export const sessionTimerFields = (agreed: Agreement | undefined): readonly HeaderField[] =>
  agreed === undefined
    ? []
    : [
        ['Require', timerExtension],
        ['Session-Expires', `${agreed.seconds};refresher=${agreed.refresher === 'us' ? 'uas' : 'uac'}`],
      ];

/** Fields of our first INVITE; the peer says who refreshes. @param minSeconds - What its 422 asked for. */
export const timerOffer = (minSeconds: number = minSessionSeconds): readonly HeaderField[] => [
  ['Supported', timerExtension],
  ['Session-Expires', String(Math.max(sessionSeconds, minSeconds))],
  ['Min-SE', String(minSeconds)],
];

/** Fields of a refresh of ours, which keeps the roles as they are [§7.4]. */
export const refreshFields = ({ seconds, minSeconds }: Refresh): readonly HeaderField[] => [
  ['Supported', timerExtension],
  ['Session-Expires', `${seconds};refresher=uac`],
  ['Min-SE', String(minSeconds)],
];

/** The shortest interval that a 422 allows, in seconds. */
export const askedMinimum = ({ headers }: SipResponse): number | undefined => wholeSeconds(headers.get('Min-SE'));

function expiry(headers: Headers): { readonly seconds: number | undefined; readonly refresher: string | undefined } {
  const [interval, ...parameters] = (headers.get('Session-Expires') ?? '').toLowerCase().split(';');
  const refresher = parameters.map((part) => part.replaceAll(/\s/g, '')).find((part) => part.startsWith('refresher='));
  return { seconds: wholeSeconds(interval), refresher: refresher?.slice('refresher='.length) };
}

function wholeSeconds(text: string | undefined): number | undefined {
  const digits = (text ?? '').split(';', 1)[0]?.trim() ?? '';
  return /^[0-9]{1,9}$/.test(digits) ? Number(digits) : undefined;
}

const takesUpdate = (headers: Headers): boolean =>
  headers.getAll('Allow').some((method) => method.toUpperCase() === 'UPDATE');
