/**
 * IM sessions between SIP users and XMPP contacts [RFC 7573 §4, §5, with Microsoft's dialect in the place of MSRP]. A session
 * that a user opens is taken whatever SipSessionMode says, and what the contact answers goes into it; whether one is opened
 * for a contact's message is for SipSessionMode.
 */
import type { SipSessionMode } from '../config/gateway-configuration.ts';
import type { Result } from '../primitives/result.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import type { InvitationRefused, RequestFromUser } from './from-sip.ts';
import { keyboardActivityType, printKeyboardActivity } from './sip/bodies/keyboard-activity.ts';
import { tagOf } from './sip/name-addr.ts';
import { ImSessionTable, type Invited } from './sip/session/im-session-table.ts';
import type { ImSessionSetup, SessionContent } from './sip/session/session-setup.ts';
import { parseSipUri } from './sip/sip-uri.ts';
import type { SipEnds } from './sip-presence.ts';
import { jidToAor, sipUriToJid } from './translation/address.ts';
import { chatStateToKeyboard } from './translation/typing.ts';

export interface ImSessionsOptions extends Omit<ImSessionSetup, 'onRequest'> {
  mode(): SipSessionMode;
  /** Whether the user may talk to whom the INVITE names. */
  admit(invited: Pick<RequestFromUser, 'aor' | 'request'>): Result<SipEnds, InvitationRefused>;
  onOutgoing(request: RequestFromUser): void;
}

export interface ImSessions {
  /** Takes INVITEs, and what is inside the dialogs of sessions. @returns False: the request is none of these. */
  receive(incoming: Invited, userAor: string): boolean;
  /**
   * Resolves within 96 s.
   *
   * @param page - The way outside of sessions, taken at once when there is none that could take it, nor shall be.
   */
  deliver(delivery: SipDelivery, page: () => Promise<SipOutcome>): Promise<SipOutcome>;
  ackMissing(callId: string, localTag: string): void;
  /** Says BYE in every session. Resolves within a second. */
  close(): Promise<void>;
}

export function imSessions(options: ImSessionsOptions): ImSessions {
  const table = new ImSessionTable({ ...options, onRequest: (request) => options.onOutgoing(request) });
  return {
    receive(incoming, userAor) {
      const { request } = incoming;
      const isInDialog = tagOf(request.headers.get('To')) !== undefined;
      if (isInDialog && table.receive(incoming, spelling(userAor))) return true;
      if (onlyInSessions.has(request.method)) incoming.respond(481);
      if (isInDialog || request.method !== 'INVITE') return onlyInSessions.has(request.method);
      const ends = options.admit({ aor: userAor, request });
      if (ends.ok) void table.accept(incoming, ends.value);
      else incoming.respond(ends.error.status, ends.error.more);
      return true;
    },
    deliver: (delivery, page) => deliver(table, delivery, { mode: options.mode(), page }),
    ackMissing: (callId, localTag) => table.ackMissing({ callId, localTag }),
    close: () => table.close(),
  };
}

/** What means nothing to anybody outside of a session. */
const onlyInSessions: ReadonlySet<string> = new Set(['ACK', 'BYE', 'INFO', 'PRACK', 'UPDATE']);

interface Ways {
  readonly mode: SipSessionMode;
  page(): Promise<SipOutcome>;
}

async function deliver(table: ImSessionTable, delivery: SipDelivery, { mode, page }: Ways): Promise<SipOutcome> {
  const ends = { userAor: delivery.to, contactAor: delivery.from };
  const content = contentOf(delivery);
  const inSession = table.submit(ends, content);
  const verdict = inSession && (await inSession);
  if (verdict?.isLost === false) return verdict;
  // Without a session nobody waits for a typing notice; a page says it where pages are what is wanted.
  if (content.kind !== 'message') return mode === 'Session' || verdict !== undefined ? unheard : page();
  if (mode === 'Pager') return page();
  return table.submit(ends, content) ?? table.open(ends, content);
}

const unheard: SipOutcome = { status: 202, reason: 'Accepted' };

function contentOf({ chatState, headers, body }: SipDelivery): SessionContent {
  if (chatState === undefined) return { kind: 'message', headers, body };
  if (chatState === 'gone') return { kind: 'leave', headers: [], body: Buffer.alloc(0) };
  const document = printKeyboardActivity(chatStateToKeyboard(chatState));
  return { kind: 'typing', headers: [['Content-Type', keyboardActivityType]], body: Buffer.from(document, 'utf8') };
}

/** The spelling of an address after it was a JID, as `admit` gives it and as deliveries have it. */
function spelling(aor: string): string {
  const uri = parseSipUri(aor);
  const jid = uri.ok ? sipUriToJid(uri.value) : uri;
  const spelled = jid.ok ? jidToAor(jid.value) : jid;
  return spelled.ok ? spelled.value : aor;
}
