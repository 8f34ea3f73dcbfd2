/**
 * The links by user and contact, bounded for each contact domain: a partner cannot fill the gateway with requests. What
 * matters of each is in the run-time state, and there again after a restart.
 */
import { type StateStore, volatileState } from '../primitives/state-store.ts';
import { domainOf, type LinkEnds } from './link-ends.ts';
import { type LinkRecord, linkRecordKey, readLinkRecord } from './link-record.ts';
import { type ContactStanding, stranger } from './policy/contacts.ts';
import { type LinkState } from './presence-link-machine.ts';
import type { ResourcePresence } from './translation/presence.ts';

export interface PresenceLink extends LinkEnds {
  state: LinkState;
  /** When the state became what it is, milliseconds since 1970. */
  since?: number | undefined;
  standing: ContactStanding;
  /** Nothing crosses for now: the partner is suspended. */
  resting?: boolean | undefined;
  /** Whether notes crossed when presence was sent last; absent until then. */
  noteShown?: boolean | undefined;
  /** Whether the contact's server has said anything since the link is what it is, we started, and its streams broke. */
  heard?: boolean | undefined;
  /** When the contact's server said something last, or was asked to; milliseconds on the monotonic clock. */
  freshAt?: number | undefined;
  /** What the contact's resources last said, by resource; absent or empty when it is offline or not seen. */
  resources?: Map<string, ResourcePresence> | undefined;
}

/** Links to the contacts of one domain. Source: own choice, 50 contacts of 1000 users. */
const maxLinksPerDomain = 50_000;

export class PresenceLinkTable {
  /** By user, then by contact. */
  readonly #ofUsers = new Map<string, Map<string, PresenceLink>>();
  readonly #ofDomains = new Map<string, Set<PresenceLink>>();
  readonly #state: StateStore;

  constructor(state: StateStore = volatileState) {
    this.#state = state;
  }

  /** Takes over what an earlier process has written. @returns How many records could not be used. */
  restore(): number {
    let unusable = 0;
    for (const { value } of this.#state.entries('presence-link')) {
      const record = readLinkRecord(value);
      const link = record && this.add(record);
      if (record === undefined || link === undefined) unusable += 1;
      else restore(link, record);
    }
    return unusable;
  }

  /** The link's state or standing is another one: written, so that it survives. */
  changed(link: PresenceLink): void {
    if (this.find(link) === link) this.#state.write('presence-link', linkRecordKey(link), recordOf(link));
  }

  find({ userAor, contact }: LinkEnds): PresenceLink | undefined {
    return this.#ofUsers.get(userAor)?.get(contact);
  }

  /** @returns Nothing when the contact's domain has as many links as it may have. */
  add({ userAor, userJid, contactAor, contact }: LinkEnds): PresenceLink | undefined {
    const domain = domainOf(contact);
    const ofDomain = this.#ofDomains.get(domain) ?? new Set();
    if (ofDomain.size >= maxLinksPerDomain) return undefined;
    const link: PresenceLink = { userAor, userJid, contactAor, contact, ...blank };
    const ofUser = this.#ofUsers.get(userAor) ?? new Map<string, PresenceLink>();
    this.#ofUsers.set(userAor, ofUser.set(contact, link));
    this.#ofDomains.set(domain, ofDomain.add(link));
    return link;
  }

  remove(link: PresenceLink): void {
    const { userAor, contact } = link;
    const [ofUser, ofDomain] = [this.#ofUsers.get(userAor), this.#ofDomains.get(domainOf(contact))];
    if (this.find(link) !== link) return;
    this.#state.write('presence-link', linkRecordKey(link), undefined);
    ofUser?.delete(contact);
    ofDomain?.delete(link);
    if (ofUser?.size === 0) this.#ofUsers.delete(userAor);
    if (ofDomain?.size === 0) this.#ofDomains.delete(domainOf(contact));
  }

  removeIfIdle(link: PresenceLink): void {
    if (isIdle(link)) this.remove(link);
  }

  all(): readonly PresenceLink[] {
    return [...this.#ofUsers.values()].flatMap((links) => [...links.values()]);
  }

  /** Those who have links. */
  users(): readonly string[] {
    return [...this.#ofUsers.keys()];
  }

  ofUser(userAor: string): readonly PresenceLink[] {
    return [...(this.#ofUsers.get(userAor)?.values() ?? [])];
  }

  /** @param domain - A-labels. */
  ofDomain(domain: string): ReadonlySet<PresenceLink> {
    return this.#ofDomains.get(domain) ?? none;
  }
}

/** With everything that a link may come to have: objects that never change their shape are a third of the size. */
const blank = {
  state: 'none',
  since: undefined,
  standing: stranger,
  resting: undefined,
  noteShown: undefined,
  heard: undefined,
  freshAt: undefined,
  resources: undefined,
} as const;

const isIdle = ({ state, standing }: PresenceLink): boolean =>
  state === 'none' && !standing.listed && !standing.blocked;

/** Nothing for a link that says nothing: it need not be found again. */
function recordOf(link: PresenceLink): LinkRecord | undefined {
  if (isIdle(link)) return undefined;
  const { userAor, userJid, contactAor, contact, state, since, standing } = link;
  return { userAor, userJid, contactAor, contact, state, ...(since === undefined ? {} : { since }), ...standing };
}

function restore(link: PresenceLink, { state, since, listed, blocked }: LinkRecord): void {
  link.state = state;
  link.since = since;
  link.standing = standings.find((each) => each.listed === listed && each.blocked === blocked) ?? stranger;
}

/** All that there are, to be shared. */
const standings: readonly ContactStanding[] = [true, false].flatMap((listed) =>
  [true, false].map((blocked) => ({ listed, blocked })),
);

const none: ReadonlySet<PresenceLink> = new Set();
