/** Performs the effects of im-session-machine.ts for one session: its dialog, its timer, what it sends and receives. */
import type { Timer } from '../../../primitives/clock.ts';
import { refuse } from '../../../primitives/result.ts';
import { ownContact } from '../home/own-contact.ts';
import type { FinalResponse } from '../outgoing-request.ts';
import type { Speaker } from '../speaker.ts';
import { isSuccess } from '../status.ts';
import type { Destination } from '../transport.ts';
import type { Asked } from './asked-session.ts';
import { asIfSent, type FirstMessage } from './first-message.ts';
import { type InviteAttempt, invitation, nextAttempt, type SessionIdentity } from './im-invitation.ts';
import { takesIm } from './im-offer.ts';
import {
  type Answer,
  type Effect,
  type Event,
  type ImSessionState,
  type Item,
  type Step,
  startAnswered,
  startInviting,
  step,
} from './im-session-machine.ts';
import { type AnswerableRequest, answerInSession } from './in-session-requests.ts';
import { SessionDialog, unreachable } from './session-dialog.ts';
import { type SessionProgress, SessionRecord } from './session-record.ts';
import { SessionRefreshes } from './session-refreshes.ts';
import type { ImSessionSetup, SessionContent, SessionEnds, Verdict } from './session-setup.ts';
import { agreedInterval } from './session-timer.ts';

export interface ImSessionSummary extends SessionProgress {
  readonly phase: ImSessionState['phase'];
  /** Where its requests go; nothing while there is no next hop. */
  readonly destination: Destination | undefined;
}

interface Submitted {
  readonly content: SessionContent;
  settle(verdict: Verdict): void;
}

export class ImSession {
  readonly ends: SessionEnds;
  readonly identity: SessionIdentity;
  readonly #setup: ImSessionSetup;
  readonly #accepted: Asked['accepted'];
  readonly #onEnded: () => void;
  readonly #submitted = new Map<number, Submitted>();
  readonly #cancelled = new AbortController();
  readonly #record: SessionRecord;
  readonly #speaker: Speaker | undefined;
  #state: ImSessionState;
  readonly #dialog: SessionDialog;
  #contact = '';
  #timer: Timer | undefined;
  readonly #refreshes: SessionRefreshes;
  #lastId = 0;
  #inviting: Promise<unknown> = Promise.resolve();
  #farewell: Promise<unknown> = Promise.resolve();

  /**
   * @param asked - An INVITE of the user, which is answered with 200 next; or who it is that invites the user, at once.
   * @param onEnded - It takes no more messages. Called once.
   */
  constructor(
    setup: ImSessionSetup,
    names: { readonly ends: SessionEnds; readonly identity: SessionIdentity },
    onEnded: () => void,
    asked: Asked,
  ) {
    const { accepted } = asked;
    this.ends = names.ends;
    this.identity = names.identity;
    this.#setup = setup;
    this.#onEnded = onEnded;
    this.#accepted = accepted;
    this.#refreshes = new SessionRefreshes(setup.clock, {
      contact: () => this.#contact,
      refresh: (method, headers, body) => this.#dialog.refresh(method, { headers, body }),
      unrefreshed: (why) => this.#feed({ type: why === 'missing' ? 'unrefreshed' : 'refresh-failed' }),
    });
    this.#refreshes.agreed(accepted?.agreed);
    this.#dialog = new SessionDialog(setup, names.ends.userAor, accepted);
    this.#contact = accepted?.contact ?? '';
    const first = accepted === undefined ? startInviting() : startAnswered(accepted.first !== undefined);
    this.#state = first.state;
    this.#speaker = accepted === undefined ? asked.speaker : undefined;
    const openedBy = accepted === undefined ? 'contact' : 'user';
    this.#record = new SessionRecord({ ends: this.ends, callId: this.identity.callId, openedBy }, setup);
    this.#take(first);
    if (accepted !== undefined) this.#record.opened();
  }

  get isOpen(): boolean {
    return this.#state.phase === 'inviting' || this.#state.phase === 'established';
  }

  get summary(): ImSessionSummary {
    return { ...this.#record.progress, phase: this.#state.phase, destination: this.#dialog.destination };
  }

  /** Resolves with the final answer of the user's side: at most 64 s later for each message before it. Never rejects. */
  submit(content: SessionContent): Promise<Verdict> {
    this.#lastId += 1;
    const item: Item = { id: this.#lastId, kind: content.kind };
    return new Promise((settle) => {
      this.#submitted.set(item.id, { content, settle });
      this.#feed({ type: 'submitted', item });
    });
  }

  /** Answers a request of the peer that names this session; an ACK has no answer. */
  receive(incoming: AnswerableRequest): void {
    const { request } = incoming;
    if (request.method === 'ACK') return;
    if (!this.isOpen) return incoming.respond(481);
    const received = this.#dialog.receive(request);
    if (!received.ok) return incoming.respond(received.error);
    const { ends } = this;
    const contact = this.#contact;
    const onRequest = this.#setup.onRequest.bind(this.#setup);
    const feed = (event: Event): void => this.#feed(event);
    const refreshes = this.#refreshes;
    answerInSession({ ends, contact, feed, refreshes, onRequest }, incoming);
  }

  /** Our 200 was never acknowledged. */
  ackMissing(): void {
    this.#feed({ type: 'ack-missing' });
  }

  /** Ends it at the peer too. Resolves when the BYE, or the INVITE that is cancelled, has been answered. */
  async close(): Promise<void> {
    this.#feed({ type: 'close' });
    await this.#farewell;
  }

  #feed(event: Event): void {
    const before = this.#state;
    const next = step(before, event);
    this.#take(next);
    this.#record.stepped(before, event, next);
  }

  #take({ state, effects }: Step): void {
    const wasOpen = this.isOpen;
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (!wasOpen || this.isOpen) return;
    this.#refreshes.stop();
    this.#onEnded();
  }

  #perform(effect: Effect): void {
    switch (effect.do) {
      case 'start-timer':
        return this.#startTimer(effect.ms);
      case 'stop-timer':
        return this.#timer?.cancel();
      case 'settle':
        this.#submitted.get(effect.item.id)?.settle({ ...effect.answer, about: effect.about });
        this.#submitted.delete(effect.item.id);
        return;
      case 'deliver-first':
        return this.#pass('MESSAGE', this.#accepted?.first);
      case 'tell-gone':
        return this.#pass('BYE');
      default:
        return this.#performAtPeer(effect);
    }
  }

  #performAtPeer(effect: Extract<Effect, { do: 'invite' | 'cancel' | 'bye' | 'send' }>): void {
    switch (effect.do) {
      case 'invite':
        this.#inviting = this.#invite();
        return;
      case 'cancel':
        this.#farewell = this.#inviting;
        return this.#cancelled.abort();
      case 'bye':
        this.#farewell = this.#dialog.request('BYE');
        return;
      case 'send':
        void this.#send(effect.item);
    }
  }

  #startTimer(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#setup.clock.after(ms, () => this.#feed({ type: 'timer' }));
  }

  async #invite(): Promise<void> {
    const { endpoint } = this.#setup;
    const { destination } = this.#dialog;
    // Always later than now: a session that ended before it was in the table would stay there.
    const contact = await (destination === undefined ? noHop : ownContact(endpoint, destination, this.ends.contactAor));
    if (destination === undefined || !contact.ok) {
      const detail = contact.ok ? '' : contact.error;
      return this.#feed({ type: 'invite-answered', answer: this.#setup.answerOf(unreachable(detail)) });
    }
    this.#contact = contact.value;
    const identity = { ...this.identity, speaker: this.#speaker };
    let attempt: InviteAttempt | undefined = { number: 1 };
    let final: FinalResponse;
    do {
      const invite = invitation(this.ends, identity, contact.value, attempt);
      final = await endpoint.request(invite, destination, {
        signal: this.#cancelled.signal,
        onFurtherSuccess: (response) => this.#dialog.furtherSuccess(response, destination),
      });
      attempt = this.isOpen ? nextAttempt(attempt, final) : undefined;
    } while (attempt !== undefined);
    const peer = final.peer ?? destination;
    this.#dialog.answeredBy(peer);
    this.#feed({ type: 'invite-answered', answer: this.#inviteAnswer(final, peer) });
  }

  #inviteAnswer(final: FinalResponse, peer: Destination): Answer {
    const answer = this.#setup.answerOf(final);
    if (!final.ok || !isSuccess(final.response.status)) return answer;
    if (!this.#dialog.taken(final.response, peer))
      return { status: 502, reason: 'Invitation Answered Without Contact' };
    if (takesIm(final.response)) {
      if (this.isOpen) this.#refreshes.agreed(agreedInterval(final.response));
      return answer;
    }
    void this.#dialog.request('BYE');
    return { status: 488, reason: 'Not Acceptable Here' };
  }

  async #send({ id, kind }: Item): Promise<void> {
    const content = this.#submitted.get(id)?.content;
    const final = await this.#dialog.request(kind === 'typing' ? 'INFO' : 'MESSAGE', content);
    this.#feed({ type: 'item-answered', answer: this.#setup.answerOf(final) });
  }

  /** As if the user had sent it by itself; nobody waits for the answer. */
  #pass(method: 'MESSAGE' | 'BYE', first?: FirstMessage): void {
    const request = asIfSent(method, { ...this.ends, callId: this.identity.callId }, first);
    this.#setup.onRequest({ aor: this.ends.userAor, request, respond: () => undefined });
  }
}

const noHop = refuse('there is no next hop');
