/** The links by user and contact, bounded for each contact domain: a partner cannot fill the gateway with requests. */
import { type LinkState } from './presence-link-machine.ts';
import type { ResourcePresence } from './translation/presence.ts';

export interface LinkEnds {
  /** `sip:user@domain` and the same as a bare JID. */
  readonly userAor: string;
  readonly userJid: string;
  readonly contactAor: string;
  readonly contact: string;
}

export interface PresenceLink extends LinkEnds {
  state: LinkState;
  /** What the contact's resources last said, by resource; empty when it is offline or not seen. */
  readonly resources: Map<string, ResourcePresence>;
}

/** Links to the contacts of one domain. Source: own choice, 50 contacts of 1000 users. */
const maxLinksPerDomain = 50_000;

export class PresenceLinkTable {
  readonly #links = new Map<string, PresenceLink>();
  readonly #perDomain = new Map<string, number>();

  find(ends: LinkEnds): PresenceLink | undefined {
    return this.#links.get(keyOf(ends));
  }

  /** @returns Nothing when the contact's domain has as many links as it may have. */
  add({ userAor, userJid, contactAor, contact }: LinkEnds): PresenceLink | undefined {
    const domain = domainOf(contact);
    const count = this.#perDomain.get(domain) ?? 0;
    if (count >= maxLinksPerDomain) return undefined;
    const link: PresenceLink = { userAor, userJid, contactAor, contact, state: 'none', resources: new Map() };
    this.#links.set(keyOf(link), link);
    this.#perDomain.set(domain, count + 1);
    return link;
  }

  remove(link: PresenceLink): void {
    if (!this.#links.delete(keyOf(link))) return;
    const domain = domainOf(link.contact);
    this.#perDomain.set(domain, (this.#perDomain.get(domain) ?? 1) - 1);
  }

  removeIfIdle(link: PresenceLink): void {
    if (link.state === 'none') this.remove(link);
  }

  all(): readonly PresenceLink[] {
    return [...this.#links.values()];
  }

  ofUser(userAor: string): readonly PresenceLink[] {
    return this.all().filter((link) => link.userAor === userAor);
  }
}

const keyOf = ({ userAor, contact }: LinkEnds): string => `${userAor} ${contact}`;
const domainOf = (jid: string): string => jid.slice(jid.indexOf('@') + 1);
