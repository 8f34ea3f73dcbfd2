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
  since?: number;
  standing: ContactStanding;
  /** Nothing crosses for now: the partner is suspended. */
  resting?: boolean;
  /** Whether notes crossed when presence was sent last; absent until then. */
  noteShown?: boolean;
  /** Whether the contact's server has said anything since the link is what it is, we started, and its streams broke. */
  heard?: boolean;
  /** When the contact's server said something last, or was asked to; milliseconds on the monotonic clock. */
  freshAt?: number;
  /** What the contact's resources last said, by resource; empty when it is offline or not seen. */
  readonly resources: Map<string, ResourcePresence>;
}

/** Links to the contacts of one domain. Source: own choice, 50 contacts of 1000 users. */
const maxLinksPerDomain = 50_000;

export class PresenceLinkTable {
  readonly #links = new Map<string, PresenceLink>();
  readonly #perDomain = new Map<string, number>();
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
      else Object.assign(link, restored(record));
    }
    return unusable;
  }

  /** The link's state or standing is another one: written, so that it survives. */
  changed(link: PresenceLink): void {
    if (this.find(link) === link) this.#state.write('presence-link', linkRecordKey(link), recordOf(link));
  }

  find(ends: LinkEnds): PresenceLink | undefined {
    return this.#links.get(keyOf(ends));
  }

  /** @returns Nothing when the contact's domain has as many links as it may have. */
  add({ userAor, userJid, contactAor, contact }: LinkEnds): PresenceLink | undefined {
    const domain = domainOf(contact);
    const count = this.#perDomain.get(domain) ?? 0;
    if (count >= maxLinksPerDomain) return undefined;
    const ends = { userAor, userJid, contactAor, contact };
    const link: PresenceLink = { ...ends, state: 'none', standing: stranger, resources: new Map() };
    this.#links.set(keyOf(link), link);
    this.#perDomain.set(domain, count + 1);
    return link;
  }

  remove(link: PresenceLink): void {
    if (!this.#links.delete(keyOf(link))) return;
    this.#state.write('presence-link', linkRecordKey(link), undefined);
    const domain = domainOf(link.contact);
    this.#perDomain.set(domain, (this.#perDomain.get(domain) ?? 1) - 1);
  }

  removeIfIdle(link: PresenceLink): void {
    if (isIdle(link)) this.remove(link);
  }

  all(): readonly PresenceLink[] {
    return [...this.#links.values()];
  }

  ofUser(userAor: string): readonly PresenceLink[] {
    return this.all().filter((link) => link.userAor === userAor);
  }
}

const isIdle = ({ state, standing }: PresenceLink): boolean =>
  state === 'none' && !standing.listed && !standing.blocked;

/** Nothing for a link that says nothing: it need not be found again. */
function recordOf(link: PresenceLink): LinkRecord | undefined {
  if (isIdle(link)) return undefined;
  const { userAor, userJid, contactAor, contact, state, since, standing } = link;
  return { userAor, userJid, contactAor, contact, state, ...(since === undefined ? {} : { since }), ...standing };
}

const restored = ({ state, since, listed, blocked }: LinkRecord): Partial<PresenceLink> => ({
  state,
  ...(since === undefined ? {} : { since }),
  standing: { listed, blocked },
});

const keyOf = ({ userAor, contact }: LinkEnds): string => `${userAor} ${contact}`;
