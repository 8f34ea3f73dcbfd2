/**
 * How many stanzas one contact may send: one bucket for each remote bare JID. A stanza beyond it goes back to its sender, who
 * may try again later; presence that is only told and answers to answers are dropped, so that no flood makes another.
 */
import { RateTable } from '../../primitives/rate-table.ts';
import { domainpartOf, parseJid, printBareJid } from './jid.ts';
import { maxRatedJids, stanzaBurstSeconds } from './s2s-limits.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { Element } from './xml/element.ts';

export interface TooFast {
  /** The bare JID. */
  readonly sender: string;
  readonly perSecond: number;
}

type RateOptions = Pick<S2sOptions, 'clock' | 'limits' | 'securityFor'>;

export class StanzaRates {
  readonly #options: RateOptions;
  readonly #senders = new RateTable(maxRatedJids);

  constructor(options: RateOptions) {
    this.#options = options;
  }

  /** Counts the stanza; its addresses parse. @returns Who sends more than it may, where that is so. */
  excess(stanza: Element): TooFast | undefined {
    const { from = '' } = stanza.attributes as { from?: string };
    const { clock, limits } = this.#options;
    const domain = domainpartOf(from);
    const perSecond = (domain && this.#options.securityFor(domain)?.stanzasPerSecond) ?? limits.stanzasPerSecond;
    const jid = perSecond === 0 ? undefined : parseJid(from);
    if (jid?.ok !== true) return undefined;
    const sender = printBareJid(jid.value);
    const rate = { perSecond, burst: perSecond * stanzaBurstSeconds };
    return this.#senders.take(sender, rate, clock.now()) ? undefined : { sender, perSecond };
  }
}

/** Whether the sender hears that its stanza came too fast. State that is only told comes again by itself. */
export const hearsOfExcess = ({ name, attributes }: Element): boolean =>
  name !== 'presence' || attributes['type'] === 'subscribe';
