/**
 * What a change of the partner, of a policy or of the user's own mind means for the subscriptions that exist: the decision,
 * pure, and its performance.
 */
import type { FederatedPartner } from '../config/federated-partner.ts';
import type { Result } from '../primitives/result.ts';
import type { ContactRefused } from './policy/contacts.ts';
import type { Gate } from './policy/partners.ts';
import { type PresenceActs, rejected } from './presence-acts.ts';
import { type LinkState, seenByUs, seesUs, waitsForUs } from './presence-link-machine.ts';
import type { PresenceLink } from './presence-link-table.ts';

/**
 * `rest`: nothing crosses for now, and everything is kept. `forget`: the domain is nobody's, so there is nobody to tell.
 * `end`: both ends are told. `revoke`: the contact loses the sight of our user. `approve`: its request is let through.
 * `show-again`: what it may see of our user is another thing now. `wake`: after a rest, both see each other again.
 */
export type Review = 'keep' | 'rest' | 'wake' | 'forget' | 'end' | 'revoke' | 'approve' | 'show-again';

export interface ReviewedLink {
  readonly state: LinkState;
  readonly resting?: boolean | undefined;
  /** Whether notes crossed when presence was sent last; unknown when that was before a restart. */
  readonly noteShown?: boolean | undefined;
}

export interface Verdicts {
  /** May they have to do with each other at all? */
  readonly ends: Result<FederatedPartner, ContactRefused>;
  /** May the contact see our user's presence? */
  readonly presence: boolean;
  readonly note: boolean;
}

/** The gates that are closed for a time, and for everybody of a domain. */
const passing: readonly Gate[] = ['partner-suspended', 'federation-off'];

function reviewLink(link: ReviewedLink, { ends, presence, note }: Verdicts): Review {
  if (!ends.ok) return afterRefusal(ends.error, link.resting === true);
  if (waitsForUs(link.state) && presence) return 'approve';
  if (seesUs(link.state) && !presence) return 'revoke';
  if (link.resting === true) return 'wake';
  return seesUs(link.state) && (link.noteShown ?? true) !== note ? 'show-again' : 'keep';
}

function afterRefusal({ gate, partner }: ContactRefused, resting: boolean): Review {
  if (passing.includes(gate)) return resting ? 'keep' : 'rest';
  return partner === undefined ? 'forget' : 'end';
}

/** Brings one link into line with the rules in force. */
export function reviewAgain(acts: PresenceActs, link: PresenceLink): void {
  const { ends, presence, note } = acts.admissions(link);
  const review = reviewLink(link, { ends, presence: presence.ok, note: note.ok });
  if (review === 'keep') return;
  acts.outlet.begin();
  if (!presence.ok) acts.outlet.refused(link, presence.error);
  perform(acts, link, review);
  acts.rest(link, review === 'rest');
}

function perform(acts: PresenceActs, link: PresenceLink, review: Exclude<Review, 'keep'>): void {
  switch (review) {
    case 'rest':
      acts.forgetPresence(link);
      return acts.outlet.watchers(link, { state: 'terminated', reason: 'probation' });
    case 'forget':
      acts.outlet.watchers(link, rejected);
      acts.become(link, 'none', 'rejected');
      return acts.links.remove(link);
    case 'end':
      acts.revoke(link);
      acts.stopWatching(link);
      return acts.links.remove(link);
    case 'revoke':
      acts.revoke(link);
      return acts.links.removeIfIdle(link);
    case 'approve':
      return acts.approve(link);
    case 'wake':
      if (seenByUs(link.state)) void acts.probe(link);
      return void acts.showPresence(link);
    case 'show-again':
      return void acts.showPresence(link);
  }
}
