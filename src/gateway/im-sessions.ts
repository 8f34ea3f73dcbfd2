/**
 * IM sessions between SIP users and XMPP contacts [RFC 7573 §4, §5, with Microsoft's dialect in the place of MSRP]. A session
 * that a user opens is taken whatever SipSessionMode says, and what the contact answers goes into it; whether one is opened
 * for a contact's message is for SipSessionMode: Pager and Session are strict, Auto takes the way that the user knows.
 */
import type { SipSessionMode } from '../config/gateway-configuration.ts';
import type { OnLogEvent } from '../primitives/log-event.ts';
import type { Result } from '../primitives/result.ts';
import type { SipDelivery, SipOutcome } from './crossing.ts';
import type { InvitationRefused, RequestFromUser } from './from-sip.ts';
import { MessageWays, refusesPages, refusesSessions } from './message-ways.ts';
import { sessionEvent, wayChanged } from './session-log.ts';
import { onlyInSessions } from './sip/allowed-methods.ts';
import { keyboardActivityType, printKeyboardActivity } from './sip/bodies/keyboard-activity.ts';
import { correlationName } from './sip/correlation-field.ts';
import { tagOf } from './sip/name-addr.ts';
import type { ImSessionSummary } from './sip/session/im-session.ts';
import { ImSessionTable, type Invited } from './sip/session/im-session-table.ts';
import type { ImSessionSetup, SessionContent, Verdict } from './sip/session/session-setup.ts';
import { parseSipUri } from './sip/sip-uri.ts';
import { trailFieldsIn } from './sip/trail.ts';
import type { SipEnds } from './sip-presence.ts';
import { jidToAor, sipUriToJid } from './translation/address.ts';
import { chatStateToKeyboard } from './translation/typing.ts';

export interface ImSessionsOptions extends Omit<ImSessionSetup, 'onRequest' | 'onReport'> {
  mode(userAor: string): SipSessionMode;
  /** Whether the user may talk to whom the INVITE names. */
  admit(invited: Pick<RequestFromUser, 'aor' | 'request'>): Result<SipEnds, InvitationRefused>;
  onOutgoing(request: RequestFromUser): void;
  readonly onEvent: OnLogEvent;
}

/** A session as it is now. Never what is said in it. */
export interface OpenImSession extends ImSessionSummary {
  /** What counts for its user now: who opened it need not have asked that. */
  readonly mode: SipSessionMode;
}

export interface ImSessions {
  /** Takes INVITEs, and what is inside the dialogs of sessions. @returns False: the request is none of these. */
  receive(incoming: Invited, userAor: string): boolean;
  /**
   * Resolves within 128 s.
   *
   * @param page - The way outside of sessions, taken at once when there is none that could take it, nor shall be.
   */
  deliver(delivery: SipDelivery, page: () => Promise<SipOutcome>): Promise<SipOutcome>;
  ackMissing(callId: string, localTag: string): void;
  /** Oldest first. */
  list(): readonly OpenImSession[];
  /** Says BYE in every session. Resolves within a second. */
  close(): Promise<void>;
}

export function imSessions(options: ImSessionsOptions): ImSessions {
  const ways = new MessageWays(options.clock);
  const table = new ImSessionTable({
    ...options,
    onRequest: (request) => options.onOutgoing(request),
    onReport(report) {
      options.onEvent(sessionEvent(report, options.mode(report.ends.userAor)));
      if (report.what === 'opened') ways.sessionTaken(report.ends.userAor);
    },
  });
  return {
    receive(incoming, userAor) {
      const { request } = incoming;
      const isInDialog = request.headers.read('To', tagOf) !== undefined;
      if (isInDialog && table.receive(incoming, spelling(userAor))) return true;
      if (onlyInSessions.has(request.method)) incoming.respond(481);
      if (isInDialog || request.method !== 'INVITE') return onlyInSessions.has(request.method);
      const ends = options.admit({ aor: userAor, request });
      if (ends.ok) void table.accept(incoming, ends.value);
      else incoming.respond(ends.error.status, ends.error.more);
      return true;
    },
    deliver: (delivery, page) => deliver({ options, table, ways }, delivery, page),
    ackMissing: (callId, localTag) => table.ackMissing({ callId, localTag }),
    list: () => table.summaries().map((summary) => ({ ...summary, mode: options.mode(summary.ends.userAor) })),
    close: () => table.close(),
  };
}

interface Parts {
  readonly options: ImSessionsOptions;
  readonly table: ImSessionTable;
  readonly ways: MessageWays;
}

interface Carriage {
  readonly ends: SipEnds;
  readonly content: SessionContent;
  readonly page: () => Promise<SipOutcome>;
}

async function deliver(parts: Parts, delivery: SipDelivery, page: Carriage['page']): Promise<SipOutcome> {
  const { options, table, ways } = parts;
  const carriage = { ends: { userAor: delivery.to, contactAor: delivery.from }, content: contentOf(delivery), page };
  const inSession = table.submit(carriage.ends, carriage.content);
  const verdict = inSession && (await inSession);
  if (verdict !== undefined && verdict.about !== 'session') return orPage(parts, carriage, verdict);
  const mode = options.mode(delivery.to);
  const way = mode === 'Auto' ? ways.wayTo(delivery.to) : mode;
  // Without a session nobody waits for a typing notice; a page says it where pages are what is wanted.
  if (carriage.content.kind !== 'message') return way === 'Session' || verdict !== undefined ? unheard : page();
  if (way === 'Session') return inNewSession(parts, carriage, verdict !== undefined);
  const paged = await page();
  return mode === 'Auto' && refusesPages(paged.status) ? open(parts, carriage) : paged;
}

const open = ({ table }: Parts, { ends, content }: Carriage): Promise<Verdict> =>
  table.submit(ends, content) ?? table.open(ends, content);

/** @param isSecond - It was lost with a session before. */
async function inNewSession(parts: Parts, carriage: Carriage, isSecond: boolean): Promise<SipOutcome> {
  const opened = await open(parts, carriage);
  // Taken, and ended before the message was there: once more, as after any other session that is gone.
  const isGone = !isSecond && opened.about === 'session' && opened.status === 481;
  return orPage(parts, carriage, isGone ? await open(parts, carriage) : opened);
}

/** In Auto mode who knows no sessions gets the same message as a page, and its sender notices nothing. */
async function orPage({ options, ways }: Parts, carriage: Carriage, verdict: Verdict): Promise<SipOutcome> {
  const {
    ends: { userAor },
    content,
    page,
  } = carriage;
  const { about, status, reason } = verdict;
  const isUnknown = content.kind === 'message' && about === 'invitation' && refusesSessions(status);
  if (!isUnknown || options.mode(userAor) !== 'Auto') return verdict;
  const isNews = ways.wayTo(userAor) === 'Session';
  const whose = ways.sessionRefused(userAor, status);
  if (isNews) options.onEvent(wayChanged(whose, status, reason));
  return page();
}

const unheard: SipOutcome = { status: 202, reason: 'Accepted' };

function contentOf({ chatState, headers, body, speaker }: SipDelivery): SessionContent {
  if (chatState === undefined) return { kind: 'message', headers, body, speaker };
  if (chatState === 'gone') return { kind: 'leave', headers: [], body: Buffer.alloc(0) };
  const document = printKeyboardActivity(chatStateToKeyboard(chatState));
  const kept = [...trailFieldsIn(headers), ...headers.filter(([name]) => name === correlationName)];
  return {
    kind: 'typing',
    headers: [['Content-Type', keyboardActivityType], ...kept],
    body: Buffer.from(document, 'utf8'),
  };
}

/** The spelling of an address after it was a JID, as `admit` gives it and as deliveries have it. */
function spelling(aor: string): string {
  const uri = parseSipUri(aor);
  const jid = uri.ok ? sipUriToJid(uri.value) : uri;
  const spelled = jid.ok ? jidToAor(jid.value) : jid;
  return spelled.ok ? spelled.value : aor;
}
