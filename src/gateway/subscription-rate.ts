/**
 * How many new contacts of one domain may ask for our users' presence: more come from somebody who tries addresses. Contacts
 * that are known are not counted, so a partner that starts anew may ask again for everything it had. A partner without a limit
 * on its stanzas has none here.
 */

import { partnerOf } from '../config/partner-lookup.ts';
import { RateTable } from '../primitives/rate-table.ts';
import { RepeatedReports } from '../primitives/repeated-reports.ts';
import type { Crossing } from './crossing.ts';
import { limitEvent } from './limit-event.ts';

/** New subscriptions a minute from one domain, and as many at once. Source: own choice; people add a few contacts a day. */
export const subscriptionsPerMinute = 30;
/** Domains whose rate is remembered. */
const maxRatedDomains = 1_000;

const rate = { perSecond: subscriptionsPerMinute / 60, burst: subscriptionsPerMinute };

export class SubscriptionRate {
  readonly #crossing: Crossing;
  readonly #domains = new RateTable(maxRatedDomains);
  readonly #reports: RepeatedReports;

  constructor(crossing: Crossing) {
    this.#crossing = crossing;
    this.#reports = new RepeatedReports(crossing.clock);
  }

  /** Counts one more. @returns Whether the domain may; the administrator hears when it may not. */
  admits(domain: string): boolean {
    if (this.#isUnlimited(domain) || this.#domains.take(domain, rate, this.#crossing.clock.now())) return true;
    const times = this.#reports.count(domain);
    if (times === undefined) return false;
    const reason = `more than ${subscriptionsPerMinute} new contacts a minute ask for presence`;
    const met = { limit: 'subscriptionsPerMinute', subject: domain, times, reason };
    this.#crossing.onEvent(limitEvent(met, 'policy'));
    return false;
  }

  #isUnlimited(domain: string): boolean {
    const configuration = this.#crossing.configuration();
    const own = partnerOf(configuration, domain)?.maximumStanzasPerSecond;
    return (own ?? configuration.gateway.maximumStanzasPerSecond) === 0;
  }
}
