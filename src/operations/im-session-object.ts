/** The IM sessions of SIP users with XMPP contacts, as they are now: found by either end, shown as objects. Never what is said. */
import { visibleText } from '../primitives/visible-text.ts';
import { hostPort } from './service/service-object.ts';
import type { ImSessionNow } from './sip-control.ts';
import { wildcard } from './wildcard.ts';

export interface ImSessionSelection {
  /** A user or a pattern of users, with `sip:` or without. */
  readonly user?: string | undefined;
  /** An XMPP address or a pattern of these. */
  readonly contact?: string | undefined;
}

export function selectImSessions(
  sessions: readonly ImSessionNow[],
  { user = '*', contact = '*' }: ImSessionSelection,
): readonly ImSessionNow[] {
  const [fitsUser, fitsContact] = [wildcard(bare(user)), wildcard(bare(contact))];
  return sessions.filter(({ ends }) => fitsUser(bare(ends.userAor)) && fitsContact(bare(ends.contactAor)));
}

const bare = (address: string): string => address.replace(/^sips?:/i, '');

const states: Readonly<Record<ImSessionNow['phase'], string>> = {
  inviting: 'Inviting',
  established: 'Established',
  cancelling: 'Cancelling',
  ended: 'Ended',
};

/** The object that cmdlets emit. */
export const imSessionObject = (session: ImSessionNow) => ({
  User: session.ends.userAor,
  Contact: bare(session.ends.contactAor),
  OpenedBy: session.openedBy === 'user' ? 'User' : 'Contact',
  State: states[session.phase],
  SessionMode: session.mode,
  Since: session.since,
  LastActivity: session.lastActivity,
  Messages: session.messages,
  Hop: session.destination === undefined ? null : hopOf(session.destination),
  CallId: visibleText(session.callId),
});

const hopOf = ({ transport, host, port }: NonNullable<ImSessionNow['destination']>): string =>
  `${transport} ${hostPort(host, port)}`;
