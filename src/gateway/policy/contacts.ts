/**
 * May this contact do this to our user, or our user to this contact? Every gate in one answer: the domain, the user, and the
 * table of partner types. Each refusal names its gate and the command that opens it.
 */

import type { Configuration } from '../../config/configuration.ts';
import {
  type ContactAction,
  type ContactDirection,
  type ContactRefusal,
  contactRefusals,
  contactRule,
  decideContact,
} from '../../config/contact-rules.ts';
import type { FederatedPartner } from '../../config/federated-partner.ts';
import { userDomain } from '../../config/user-identity.ts';
import { type Result, refuse } from '../../primitives/result.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import { admitDomain, admitUser, type Refusal } from './partners.ts';

export interface ContactAct {
  readonly action: ContactAction;
  readonly direction: ContactDirection;
  /** `sip:user@domain`. */
  readonly userAor: string;
  /** `sip:contact@partner`, the domain as A-labels in lower case. */
  readonly contactAor: string;
  /** What our user has said of the contact. */
  readonly standing: ContactStanding;
}

export interface ContactStanding {
  /** Has added it. */
  readonly listed: boolean;
  readonly blocked: boolean;
}

export const stranger: ContactStanding = { listed: false, blocked: false };

export interface ContactRefused extends Refusal {
  /** Absent while the domain is no partner's. */
  readonly partner?: FederatedPartner;
}

/** Whether the two may have to do with each other at all, whatever they are to each other. */
export function admitEnds(
  configuration: Configuration,
  { userAor, contactAor }: Pick<ContactAct, 'userAor' | 'contactAor'>,
  now: Date,
): Result<FederatedPartner, ContactRefused> {
  const partner = admitDomain(configuration, userDomain(contactAor), now);
  if (!partner.ok) return partner;
  const user = admitUser(configuration, userAor);
  return user.ok ? partner : refuse({ ...user.error, partner: partner.value });
}

export function admitContact(
  configuration: Configuration,
  act: ContactAct,
  now: Date,
): Result<FederatedPartner, ContactRefused> {
  return admitAct(admitEnds(configuration, act, now), act);
}

/** The rest of `admitContact`, for several acts of the same two. */
export function admitAct(
  partner: Result<FederatedPartner, ContactRefused>,
  act: ContactAct,
): Result<FederatedPartner, ContactRefused> {
  if (!partner.ok) return partner;
  const { action, direction, standing } = act;
  const { partnerType } = partner.value;
  const { listed, blocked } = standing;
  const decision = decideContact({ action, direction, partnerType, listed, blocked, access: open });
  if (decision.allowed) return partner;
  return refuse({ ...refusalOf(decision.refusal, act, partner.value), partner: partner.value });
}

/** The user has been admitted by then. */
const open = { allowed: true } as const;

function refusalOf(gate: ContactRefusal, act: ContactAct, { identity, partnerType }: FederatedPartner): Refusal {
  const { action, direction, userAor, contactAor } = act;
  const pair = `${shellWord(userAor)} ${shellWord(contactAor)}`;
  if (gate === 'blocked-by-user') {
    const reason = `${userAor} has blocked ${contactAor}`;
    return { gate, reason, fix: `xgw set-contact ${pair} -Blocked false` };
  }
  const reason = `${contactRefusals[gate]} ${contactRule(action, direction, partnerType)}`;
  const fix =
    gate === 'not-listed'
      ? `xgw new-contact ${pair}`
      : `xgw set-xmppfederatedpartner ${identity} -PartnerType Federated`;
  return { gate, reason, fix };
}
