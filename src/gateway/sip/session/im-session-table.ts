/**
 * The IM sessions of all users: which request belongs to which, which one a message takes, and how many there may be. The
 * newest session of a pair is the one that its messages take, since that is the window its user opened last.
 */
import { allowMethods } from '../allowed-methods.ts';
import { dialogFromRequest } from '../dialog.ts';
import type { HeaderField } from '../headers.ts';
import { ownContact } from '../home/own-contact.ts';
import type { IncomingRequest } from '../incoming-request.ts';
import { imFarewellMs, maxImSessions, maxImSessionsPerUser } from '../limits.ts';
import { tagOf } from '../name-addr.ts';
import type { Asked } from './asked-session.ts';
import { firstMessageIn } from './first-message.ts';
import type { SessionIdentity } from './im-invitation.ts';
import { type ImOffer, printImAnswer, readImOffer, sdpContent } from './im-offer.ts';
import { ImSession, type ImSessionSummary } from './im-session.ts';
import type { AnswerableRequest } from './in-session-requests.ts';
import { contactAddress } from './own-address.ts';
import type { ImSessionSetup, SessionContent, SessionEnds, Verdict } from './session-setup.ts';
import { type Agreement, offeredInterval, sessionTimerFields } from './session-timer.ts';

export type Invited = Pick<IncomingRequest, 'request' | 'source' | 'localTag' | 'cancelled' | 'respond'>;

/** Bits of a tag and of a Call-ID. Source: RFC 3261 §19.3 asks for 32 at least. */
const tagBits = 64;
const callIdBits = 128;

export class ImSessionTable {
  readonly #setup: ImSessionSetup;
  /** By Call-ID and our tag. */
  readonly #byDialog = new Map<string, ImSession>();
  /** Newest last. */
  readonly #byPair = new Map<string, readonly ImSession[]>();
  readonly #perUser = new Map<string, number>();
  #closing: Promise<void> | undefined;

  constructor(setup: ImSessionSetup) {
    this.#setup = setup;
  }

  get size(): number {
    return this.#byDialog.size;
  }

  /** Oldest first. */
  summaries(): readonly ImSessionSummary[] {
    return [...this.#byDialog.values()].map(({ summary }) => summary);
  }

  /** Answers an INVITE outside of dialogs: 200 for an IM session. Whether these two may talk is decided before. */
  async accept(incoming: Invited, ends: SessionEnds): Promise<void> {
    const { request, localTag, source } = incoming;
    const offer = readImOffer(request);
    if (!offer.ok) return incoming.respond(offer.error.status, offer.error.more);
    const interval = offeredInterval(request);
    if (!interval.ok) return incoming.respond(interval.error.status, interval.error.more);
    const dialog = dialogFromRequest(request, localTag);
    if (!dialog.ok) return incoming.respond(400, { reason: dialog.error });
    const destination = this.#setup.destination(ends.userAor, source);
    const contact = destination && (await ownContact(this.#setup.endpoint, destination, ends.contactAor));
    if (destination === undefined || contact?.ok !== true) return incoming.respond(500, { reason: 'No Way Back' });
    if (incoming.cancelled.aborted) return;
    const reason = this.#whyNone(ends.userAor);
    if (reason !== undefined) return incoming.respond(480, { reason });
    const identity = { callId: request.headers.get('Call-ID') ?? '', localTag };
    const accepted = {
      dialog: dialog.value,
      source,
      contact: contact.value,
      first: firstMessageIn(request),
      agreed: interval.value,
    };
    this.#add(ends, identity, { accepted });
    incoming.respond(200, acceptance({ offer: offer.value, agreed: interval.value, contact: contact.value, ends }));
  }

  /** Answers a request inside one of the user's sessions. @returns False when there is no such session. */
  receive(incoming: AnswerableRequest, userAor: string): boolean {
    const { headers } = incoming.request;
    const session = this.#byDialog.get(dialogOf(headers.get('Call-ID') ?? '', headers.read('To', tagOf) ?? ''));
    if (session?.ends.userAor !== userAor) return false;
    session.receive(incoming);
    return true;
  }

  /** Into the session of the pair. Nothing when there is none. */
  submit(ends: SessionEnds, content: SessionContent): Promise<Verdict> | undefined {
    return this.#byPair.get(pairOf(ends))?.at(-1)?.submit(content);
  }

  /** Invites the user to a new session, for this message. */
  open(ends: SessionEnds, content: SessionContent): Promise<Verdict> {
    const reason = this.#whyNone(ends.userAor);
    if (reason !== undefined) return Promise.resolve({ status: 480, reason, about: 'message' });
    const { token } = this.#setup;
    const identity = { callId: token(callIdBits), localTag: token(tagBits) };
    return this.#add(ends, identity, { speaker: content.speaker }).submit(content);
  }

  /** The 2xx that made this session was never acknowledged. */
  ackMissing({ callId, localTag }: SessionIdentity): void {
    this.#byDialog.get(dialogOf(callId, localTag))?.ackMissing();
  }

  /** Ends every session, at the peers too. Resolves within a second; there are no new ones any more. */
  close(): Promise<void> {
    this.#closing ??= this.#endAll();
    return this.#closing;
  }

  async #endAll(): Promise<void> {
    const farewells = Promise.all([...this.#byDialog.values()].map((session) => session.close()));
    let timer: { cancel(): void } | undefined;
    const late = new Promise<void>((resolve) => {
      timer = this.#setup.clock.after(imFarewellMs, resolve);
    });
    await Promise.race([farewells, late]);
    timer?.cancel();
  }

  /** Why there can be no new session of this user. */
  #whyNone(userAor: string): string | undefined {
    if (this.#closing !== undefined) return 'Gateway Is Stopping';
    const isFull = this.size >= maxImSessions || (this.#perUser.get(userAor) ?? 0) >= maxImSessionsPerUser;
    return isFull ? 'Too Many Sessions' : undefined;
  }

  #add(ends: SessionEnds, identity: SessionIdentity, asked: Asked): ImSession {
    const session: ImSession = new ImSession(this.#setup, { ends, identity }, () => this.#remove(session), asked);
    this.#byDialog.set(dialogOf(identity.callId, identity.localTag), session);
    this.#byPair.set(pairOf(ends), [...(this.#byPair.get(pairOf(ends)) ?? []), session]);
    this.#count(ends.userAor, 1);
    return session;
  }

  #remove({ ends, identity: { callId, localTag } }: ImSession): void {
    const session = this.#byDialog.get(dialogOf(callId, localTag));
    if (!this.#byDialog.delete(dialogOf(callId, localTag))) return;
    const others = (this.#byPair.get(pairOf(ends)) ?? []).filter((other) => other !== session);
    if (others.length === 0) this.#byPair.delete(pairOf(ends));
    else this.#byPair.set(pairOf(ends), others);
    this.#count(ends.userAor, -1);
  }

  #count(userAor: string, change: 1 | -1): void {
    const count = (this.#perUser.get(userAor) ?? 0) + change;
    if (count === 0) this.#perUser.delete(userAor);
    else this.#perUser.set(userAor, count);
  }
}

const pairOf = ({ userAor, contactAor }: SessionEnds): string => `${userAor} ${contactAor}`;
const dialogOf = (callId: string, localTag: string): string => `${callId}\n${localTag}`;

interface Acceptance {
  readonly offer: ImOffer;
  readonly agreed: Agreement | undefined;
  readonly contact: string;
  readonly ends: SessionEnds;
}

function acceptance({ offer, agreed, contact, ends }: Acceptance) {
  const headers: HeaderField[] = [['Contact', contact], allowMethods, ...sessionTimerFields(agreed), sdpContent];
  return { headers, body: printImAnswer(offer, contactAddress(contact), ends.contactAor) };
}
