/** Performs the effects of subscriber-machine.ts for one watcher and presentity: its SUBSCRIBEs, its dialog, its timer. */
import type { Clock, Timer } from '../../../primitives/clock.ts';
import type { Result } from '../../../primitives/result.ts';
import type { Pidf } from '../bodies/pidf.ts';
import { parsePresenceDocument, presenceDocumentTypes } from '../bodies/presence-document.ts';
import { type Dialog, dialogFromRequest, dialogFromResponse, nextRequest, receiveInDialog } from '../dialog.ts';
import { Headers } from '../headers.ts';
import { mediaTypeOf } from '../home/event-package.ts';
import { presenceEvent } from '../home/presence-package.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import type { SipResponse } from '../message.ts';
import { tagOf } from '../name-addr.ts';
import type { FinalResponse, OutgoingRequest } from '../outgoing-request.ts';
import type { SipEndpoint } from '../sip-endpoint.ts';
import type { Destination } from '../transport.ts';
import { readPiggybackedNotify } from './piggybacked-notify.ts';
import { type Effect, type Event, newSubscriber, type SubscriberState, step } from './subscriber-machine.ts';
import { readSubscriptionState, secondsIn } from './subscription-state.ts';

/** What became known of the presentity. */
export type PresenceNews =
  | { readonly what: 'active'; readonly document: Pidf }
  | { readonly what: 'pending' | 'unknown' }
  | { readonly what: 'refused'; readonly reason: string };

export interface SubscriberSetup {
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request'>;
  /** Where the presentity is asked for; asked for each request that begins a dialog. */
  destination(presentityAor: string): Destination | undefined;
  /** A Contact value for the watcher at our address towards the destination; refused when there is no way to it. */
  contact(watcherAor: string, destination: Destination): Promise<Result<string, string>>;
  token(bits: number): string;
  /** A Call-ID nobody else has, in the place of the one before. */
  newCallId(before: string | undefined): string;
  /** 0 to below 1, at random. */
  fraction(): number;
  /** Seconds. */
  readonly expires: number;
  onNews(news: PresenceNews): void;
}

export interface SubscriberEnds {
  readonly watcherAor: string;
  readonly presentityAor: string;
}

/** One SUBSCRIBE and the dialog it makes. */
interface Attempt {
  readonly callId: string;
  readonly localTag: string;
  dialog: Dialog | undefined;
  /** Whoever took the SUBSCRIBE. */
  peer: Destination | undefined;
}

/** The CSeq number of the SUBSCRIBE that makes a dialog. */
const firstCSeq = 1;
/** Bits of a tag. Source: RFC 3261 §19.3 asks for 32 at least. */
const tagBits = 64;

export class Subscriber {
  readonly #setup: SubscriberSetup;
  readonly #ends: SubscriberEnds;
  #state: SubscriberState;
  #attempt: Attempt;
  #timer: Timer | undefined;
  #isClosed = false;
  /** Of the last NOTIFY. */
  #document: Pidf | undefined;

  /** Asks at once. */
  constructor(setup: SubscriberSetup, ends: SubscriberEnds) {
    this.#setup = setup;
    this.#ends = ends;
    this.#state = newSubscriber(setup.expires);
    this.#attempt = this.#newAttempt();
    this.#feed({ type: 'start' });
  }

  get callId(): string {
    return this.#attempt.callId;
  }

  /** Whether a NOTIFY is for this subscription: by Call-ID and our tag. */
  owns({ request: { headers } }: IncomingRequest): boolean {
    return headers.get('Call-ID') === this.#attempt.callId && tagOf(headers.get('To')) === this.#attempt.localTag;
  }

  /** Answers a NOTIFY that it owns. */
  notified(incoming: IncomingRequest): void {
    const { request } = incoming;
    const subscription = readSubscriptionState(request.headers.get('Subscription-State'));
    if (subscription === undefined) return incoming.respond(400, { reason: 'Bad Subscription-State' });
    if (!this.#accept(incoming)) return incoming.respond(481);
    const read = request.body.length === 0 ? undefined : parsePresenceDocument(mediaTypeOf(request), request.body);
    if (read?.ok === false) return incoming.respond(415, { headers: [['Accept', presenceDocumentTypes]] });
    incoming.respond(200);
    this.#document = read?.value;
    this.#feed({ type: 'notified', subscription });
  }

  /** Nobody wants it any more: it is ended at the notifier too. */
  stop(): void {
    this.#feed({ type: 'stop' });
  }

  /** Ends here alone, without a word to the notifier. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
  }

  #newAttempt(before?: string): Attempt {
    const { token, newCallId } = this.#setup;
    return { callId: newCallId(before), localTag: token(tagBits), dialog: undefined, peer: undefined };
  }

  #feed(event: Event): void {
    if (this.#isClosed) return;
    const next = step(this.#state, event, this.#setup.fraction());
    this.#state = next.state;
    for (const effect of next.effects) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'subscribe':
        this.#attempt = this.#newAttempt(this.callId);
        void this.#subscribe(this.#attempt, effect.expires);
        return;
      case 'refresh':
        void this.#refresh(this.#attempt, effect.expires);
        return;
      case 'stop-timer':
        this.#timer?.cancel();
        return;
      case 'start-timer':
        this.#timer?.cancel();
        this.#timer = this.#setup.clock.after(effect.seconds * 1000, () => this.#feed({ type: 'timer' }));
        return;
      case 'tell':
        this.#tell(effect);
    }
  }

  /** An active subscription without a document says that somebody may be there, and no more. */
  #tell(effect: Extract<Effect, { do: 'tell' }>): void {
    const { onNews } = this.#setup;
    if (effect.what === 'refused') onNews({ what: 'refused', reason: effect.reason });
    else if (effect.what !== 'active') onNews({ what: effect.what });
    else if (this.#document !== undefined) onNews({ what: 'active', document: this.#document });
  }

  async #subscribe(attempt: Attempt, expires: number): Promise<void> {
    const outcome = await this.#send(subscribeRequest(this.#ends, attempt), expires);
    attempt.peer = outcome?.peer;
    // A NOTIFY that came first has made the dialog.
    attempt.dialog ??= dialogOf(outcome);
    if (attempt !== this.#attempt) return;
    this.#feed(answerOf(outcome, true));
    if (outcome?.ok === true) this.#takePiggybacked(attempt, outcome.response);
  }

  /** A 2xx may bring the first NOTIFY with it, in the place of its number in the dialog. One that cannot be read is none. */
  #takePiggybacked(attempt: Attempt, response: SipResponse): void {
    const piggybacked = readPiggybackedNotify(response);
    const { dialog } = attempt;
    if (piggybacked === undefined || dialog === undefined) return;
    // Of a fork that came second, nobody listens.
    if (dialog.remoteTag !== (tagOf(response.headers.get('To')) ?? '')) return;
    // What a NOTIFY said meanwhile is newer.
    if (dialog.remoteCSeq !== undefined && dialog.remoteCSeq >= piggybacked.cSeq) return;
    attempt.dialog = { ...dialog, remoteCSeq: piggybacked.cSeq };
    this.#document = piggybacked.document;
    this.#feed({ type: 'notified', subscription: piggybacked.subscription });
  }

  async #refresh(attempt: Attempt, expires: number): Promise<void> {
    if (attempt.dialog === undefined) return;
    const next = nextRequest(attempt.dialog, 'SUBSCRIBE');
    attempt.dialog = next.dialog;
    const outcome = await this.#send(next.request, expires, attempt.peer);
    if (attempt === this.#attempt) this.#feed(answerOf(outcome, false));
  }

  /** Undefined: there is no way to the notifier. */
  async #send(request: OutgoingRequest, expires: number, peer?: Destination): Promise<FinalResponse | undefined> {
    const destination = peer ?? this.#setup.destination(this.#ends.presentityAor);
    const contact = destination && (await this.#setup.contact(this.#ends.watcherAor, destination));
    if (destination === undefined || contact?.ok !== true) return undefined;
    const headers = request.headers
      .with('Contact', contact.value)
      .with('Event', presenceEvent)
      .with('Accept', presenceDocumentTypes)
      .with('Expires', String(expires));
    return this.#setup.endpoint.request({ ...request, headers }, destination);
  }

  /** The first dialog counts; a fork that made another one is told that nobody listens [RFC 6665 §4.1.2.3]. */
  #accept(incoming: IncomingRequest): boolean {
    const { request } = incoming;
    const dialog = this.#attempt.dialog ?? fromFirstNotify(incoming, this.#attempt.localTag);
    if (dialog?.remoteTag !== (tagOf(request.headers.get('From')) ?? '')) return false;
    const received = receiveInDialog(dialog, request);
    if (received.ok) this.#attempt.dialog = received.value;
    return received.ok;
  }
}

function dialogOf(outcome: FinalResponse | undefined): Dialog | undefined {
  if (outcome?.ok !== true || outcome.response.status >= 300) return undefined;
  const dialog = dialogFromResponse(outcome.response);
  return dialog.ok ? dialog.value : undefined;
}

/** A NOTIFY may come before the 2xx, and makes the dialog then [RFC 6665 §4.1.2.4]. */
function fromFirstNotify({ request }: IncomingRequest, localTag: string): Dialog | undefined {
  const dialog = dialogFromRequest(request, localTag);
  return dialog.ok ? { ...dialog.value, localCSeq: firstCSeq, remoteCSeq: undefined } : undefined;
}

function subscribeRequest({ watcherAor, presentityAor }: SubscriberEnds, attempt: Attempt): OutgoingRequest {
  const headers = Headers.of([
    ['From', `<${watcherAor}>;tag=${attempt.localTag}`],
    ['To', `<${presentityAor}>`],
    ['Call-ID', attempt.callId],
    ['CSeq', `${firstCSeq} SUBSCRIBE`],
  ]);
  return { method: 'SUBSCRIBE', requestUri: presentityAor, headers };
}

function answerOf(outcome: FinalResponse | undefined, isFirst: boolean): Event {
  if (outcome?.ok !== true) return { type: 'unanswered' };
  const { status, headers } = outcome.response;
  return {
    type: 'answered',
    status,
    isFirst,
    expires: secondsIn(headers.get('Expires')),
    minExpires: secondsIn(headers.get('Min-Expires')),
    retryAfter: secondsIn(headers.get('Retry-After')),
  };
}
