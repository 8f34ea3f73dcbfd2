/** The contacts of our users as an administrator sees and changes them: the same links, the same rules. */
import type { ContactSide } from '../config/contact-rules.ts';
import { ok, type Result, refuse } from '../primitives/result.ts';
import { endsOf, type LinkEnds } from './link-ends.ts';
import type { ContactRefused, ContactStanding } from './policy/contacts.ts';
import type { PresenceActs } from './presence-acts.ts';
import type { LinkState } from './presence-link-machine.ts';
import type { PresenceLink } from './presence-link-table.ts';
import { reviewAgain } from './presence-review.ts';

/** One link, as plain data: it crosses the control channel. */
export interface ContactView {
  /** `sip:user@domain` and `sip:contact@partner`. */
  readonly user: string;
  readonly contact: string;
  readonly state: LinkState;
  readonly standing: ContactStanding;
  /** When the state became what it is: ISO 8601, UTC. Absent while it never changed. */
  readonly since?: string;
}

export interface ContactPair {
  readonly user: string;
  readonly contact: string;
}

/** Addresses whose contacts are asked for. */
export interface ContactTests {
  isUser(aor: string): boolean;
  isContact(aor: string): boolean;
}

export interface ContactBook {
  list(wanted?: ContactTests): readonly ContactView[];
  find(pair: ContactPair): ContactView | undefined;
  /** The user adds the contact, and asks to see it. */
  add(pair: ContactPair): Result<ContactView, ContactRefused>;
  /** @returns Whether there was something to end. */
  remove(pair: ContactPair, side: ContactSide): boolean;
  /** What the contact may do ends at once, whatever the type of its partner; or begins again. */
  block(pair: ContactPair, blocked: boolean): Result<ContactView, ContactRefused>;
}

export function contactBook(acts: PresenceActs): ContactBook {
  const { links, outlet } = acts;
  const open = (ends: LinkEnds): Result<PresenceLink, ContactRefused> => {
    const link = links.find(ends) ?? links.add(ends);
    return link === undefined ? refuse(tooMany(ends.contactAor)) : ok(link);
  };

  return {
    list({ isUser, isContact } = everybody) {
      const ofThem = links.users().filter(isUser);
      return ofThem.flatMap((user) =>
        links
          .ofUser(user)
          .filter(({ contactAor }) => isContact(contactAor))
          .map(viewOf),
      );
    },
    find({ user, contact }) {
      const ends = endsOf(user, contact);
      const link = ends && links.find(ends);
      return link && viewOf(link);
    },
    add({ user, contact }) {
      const ends = endsOf(user, contact);
      if (ends === undefined) return refuse(noAddress(contact));
      const admitted = acts.admit(ends, 'AddContact', 'FromUser');
      if (!admitted.ok) return admitted;
      const link = open(ends);
      if (!link.ok) return link;
      outlet.begin();
      acts.addContact(link.value);
      acts.tellWatchers(link.value);
      return ok(viewOf(link.value));
    },
    remove({ user, contact }, side) {
      const ends = endsOf(user, contact);
      const link = ends === undefined ? undefined : links.find(ends);
      if (link === undefined) return false;
      outlet.begin();
      if (side !== 'From') {
        acts.regard(link, { listed: false });
        acts.stopWatching(link);
        // Who saw our user because the user had added them sees nothing now.
        reviewAgain(acts, link);
      }
      if (side !== 'To') acts.revoke(link);
      links.removeIfIdle(link);
      return true;
    },
    block({ user, contact }, blocked) {
      const ends = endsOf(user, contact);
      const link = ends === undefined ? refuse(noAddress(contact)) : open(ends);
      if (!link.ok) return link;
      acts.regard(link.value, { blocked });
      reviewAgain(acts, link.value);
      links.removeIfIdle(link.value);
      return ok(viewOf(link.value));
    },
  };
}

const everybody: ContactTests = { isUser: () => true, isContact: () => true };

const viewOf = ({ userAor, contactAor, state, standing, since }: PresenceLink): ContactView => ({
  user: userAor,
  contact: contactAor,
  state,
  standing,
  ...(since === undefined ? {} : { since: new Date(since).toISOString() }),
});

const noAddress = (contact: string): ContactRefused => ({
  gate: 'unknown-domain',
  reason: `${contact} has no XMPP form`,
  fix: 'xgw get-xmppfederatedpartner',
});

const tooMany = (contact: string): ContactRefused => ({
  gate: 'too-many',
  reason: `the domain of ${contact} has as many contacts as it may have`,
  fix: 'xgw get-presencesubscription',
});
