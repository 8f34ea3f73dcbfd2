/** Session timers as a UAS that leaves the refreshing to the peer [RFC 4028 §9]: a session that is not refreshed in time is over. */
import type { Clock, Timer } from '../../../primitives/clock.ts';
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import type { HeaderField } from '../headers.ts';
import { minSessionSeconds } from '../limits.ts';
import type { SipRequest } from '../message.ts';
import type { ResponseParts } from '../response-to.ts';

export const timerExtension = 'timer';

/**
 * The interval in which the peer offers to refresh the session, in seconds; nothing when it offers none, or wants us to refresh.
 * Refusal: 422 for an interval that is too short.
 */
export function offeredInterval({
  headers,
}: SipRequest): Result<number | undefined, { readonly status: 422; readonly more: ResponseParts }> {
  const [interval = '', ...parameters] = (headers.get('Session-Expires') ?? '').split(';').map((part) => part.trim());
  const offers = [...headers.getAll('Supported'), ...headers.getAll('Require')];
  const isOffered = offers.some((option) => option.toLowerCase() === timerExtension);
  if (!isOffered || !/^[0-9]{1,9}$/.test(interval)) return ok(undefined);
  if (Number(interval) < minSessionSeconds)
    return refuse({ status: 422, more: { headers: [['Min-SE', String(minSessionSeconds)]] } });
  return ok(parameters.includes('refresher=uas') ? undefined : Number(interval));
}

/** Fields of the 2xx to an INVITE or UPDATE. */
export const sessionTimerFields = (seconds: number | undefined): readonly HeaderField[] =>
  seconds === undefined
    ? []
    : [
        ['Require', timerExtension],
        ['Session-Expires', `${seconds};refresher=uac`],
      ];

/** Seconds before the end of the interval at which a session without a refresh is given up, a third of it at most [RFC 4028 §10]. */
const farewellSeconds = 32;

/** Waits for the peer's next refresh. */
export class RefreshWatch {
  readonly #clock: Clock;
  readonly #onMissing: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, onMissing: () => void) {
    this.#clock = clock;
    this.#onMissing = onMissing;
  }

  /** The session was refreshed. @param seconds - Of the interval that begins; nothing when none does. */
  refreshed(seconds: number | undefined): void {
    this.stop();
    if (seconds === undefined) return;
    const ms = (seconds - Math.min(farewellSeconds, seconds / 3)) * 1000;
    // Longer than that a timer of node does not run; an idle session is over long before.
    if (ms <= maxTimerMs) this.#timer = this.#clock.after(ms, this.#onMissing);
  }

  stop(): void {
    this.#timer?.cancel();
  }
}

/** Source: `setTimeout` of node. */
const maxTimerMs = 2 ** 31 - 1;
