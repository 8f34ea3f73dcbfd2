/** Performs the effects of refresh-machine.ts for one session. */
import type { Clock, Timer } from '../../../primitives/clock.ts';
import { allowMethods } from '../allowed-methods.ts';
import type { HeaderField } from '../headers.ts';
import type { FinalResponse } from '../outgoing-request.ts';
import { printImOffer, sdpContent } from './im-offer.ts';
import { contactAddress } from './own-address.ts';
import { noTimer, type RefreshAnswer, type RefreshEvent, stepRefresh } from './refresh-machine.ts';
import { type Agreement, agreedInterval, askedMinimum, type Refresh, refreshFields } from './session-timer.ts';

/** The session as seen from here. */
export interface RefreshedSession {
  /** Our Contact. */
  contact(): string;
  /** Sends it inside the dialog, and acknowledges the 2xx of an INVITE. */
  refresh(method: string, headers: readonly HeaderField[], body?: Buffer): Promise<FinalResponse>;
  /** The session is over. */
  unrefreshed(why: 'missing' | 'failed'): void;
}

export class SessionRefreshes {
  readonly #clock: Clock;
  readonly #session: RefreshedSession;
  #state = noTimer;
  #timer: Timer | undefined;
  #isStopped = false;
  #isInviting = false;

  constructor(clock: Clock, session: RefreshedSession) {
    this.#clock = clock;
    this.#session = session;
  }

  /** Whether a re-INVITE of ours has no answer yet: one of the peer must wait [RFC 3261 §14.2]. */
  get isInviting(): boolean {
    return this.#isInviting;
  }

  /** An interval begins; nothing when none does. */
  agreed(agreed: Agreement | undefined): void {
    this.#feed({ type: 'agreed', agreed, now: this.#clock.now() });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  #feed(event: RefreshEvent): void {
    if (this.#isStopped) return;
    const { state, effects } = stepRefresh(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      if (effect.do === 'start-timer') this.#start(effect.ms);
      else if (effect.do === 'stop-timer') this.#timer?.cancel();
      else if (effect.do === 'refresh') void this.#refresh(effect.refresh);
      else this.#session.unrefreshed(effect.why);
    }
  }

  #start(ms: number): void {
    this.#timer?.cancel();
    // Longer than that a timer of node does not run; an idle session is over long before.
    if (ms > maxTimerMs) return;
    this.#timer = this.#clock.after(ms, () => this.#feed({ type: 'timer', now: this.#clock.now() }));
  }

  async #refresh(refresh: Refresh): Promise<void> {
    const contact = this.#session.contact();
    const headers: HeaderField[] = [['Contact', contact], allowMethods, ...refreshFields(refresh)];
    // An UPDATE has no offer; that of a re-INVITE says what was said before [RFC 4028 §7.4].
    this.#isInviting = refresh.method === 'INVITE';
    const final = this.#isInviting
      ? await this.#session.refresh('INVITE', [...headers, sdpContent], printImOffer(contactAddress(contact)))
      : await this.#session.refresh('UPDATE', headers);
    this.#isInviting = false;
    this.#feed({ type: 'answered', answer: answerOf(final), now: this.#clock.now() });
  }
}

/** One that was never answered, or could not be sent, is a 408 and a 503 [RFC 3261 §8.1.3.1]. */
function answerOf(final: FinalResponse): RefreshAnswer {
  if (!final.ok) return { status: final.why === 'timeout' ? 408 : 503 };
  const { response } = final;
  return { status: response.status, agreed: agreedInterval(response), minSeconds: askedMinimum(response) };
}

/** Source: `setTimeout` of node. */
const maxTimerMs = 2 ** 31 - 1;
