/** What outlives the process of a presence link: its two ends, its state [RFC 6121 Appendix A], and what our user has said. */
import { createHash } from 'node:crypto';

import type { LinkEnds } from './link-ends.ts';
import type { ContactStanding } from './policy/contacts.ts';
import { isLinkState, type LinkState } from './presence-link-machine.ts';

export interface LinkRecord extends LinkEnds, ContactStanding {
  readonly state: LinkState;
  /** When the state became what it is, milliseconds since 1970; absent while it never changed. */
  readonly since?: number;
}

/** Of fixed length, since addresses may be longer than a key. */
export const linkRecordKey = ({ userAor, contact }: Pick<LinkEnds, 'userAor' | 'contact'>): string =>
  createHash('sha256').update(`${userAor} ${contact}`, 'utf8').digest('base64url');

/** @returns Nothing for what is no such record. */
export function readLinkRecord(value: unknown): LinkRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { userAor, userJid, contactAor, contact, state, since, listed, blocked } = value as Record<string, unknown>;
  const [user, userAddress, contactUri, contactAddress] = [userAor, userJid, contactAor, contact].map(text);
  if (user === undefined || userAddress === undefined || contactUri === undefined) return undefined;
  if (contactAddress === undefined || !isLinkState(state)) return undefined;
  return {
    userAor: user,
    userJid: userAddress,
    contactAor: contactUri,
    contact: contactAddress,
    state,
    ...(typeof since === 'number' && Number.isFinite(since) ? { since } : {}),
    listed: listed === true,
    blocked: blocked === true,
  };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
