/** One stanza on its way out, and what is known of it until it is done. */
import type { Timer } from '../../primitives/clock.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import type { Delivery } from './delivery.ts';
import { delayed, fateOf } from './lost-stanzas.ts';
import type { Element } from './xml/element.ts';
import { printElement } from './xml/xml-writer.ts';

export interface QueuedStanza {
  stanza: Element;
  bytes: number;
  readonly sent: Date;
  /** Also of a resend: what is in doubt is sent again within `deliveryMs` or not at all, so never after minutes. */
  readonly deadline: Timer;
  readonly settle: (delivery: Delivery) => void;
  /** Written, and the kernel took it. */
  accepted: boolean;
  /** Streams that broke before the stanza was done. */
  broken: number;
}

/** As it goes over the wire. */
export const bytesOf = (stanza: Element): number => Buffer.byteLength(printElement(stanza));

/** A stanza is written again after one broken stream; a second one returns it. */
export const maxBroken = 1;

/**
 * Its stream ended before it was done: made ready for the next one, where that is its fate.
 *
 * @param later - What was sent or waits behind it.
 * @param local - The domain that says when it was meant to be sent.
 * @returns Why it goes back to its sender instead, if it does.
 */
export function afterLoss(entry: QueuedStanza, later: readonly Element[], local: DomainName): string | undefined {
  entry.broken += 1;
  const fate = entry.accepted ? fateOf(entry.stanza, later) : 'resend';
  if (fate === 'drop') return 'The stream broke, and it means nothing later.';
  if (fate === 'return' || entry.broken > maxBroken) return 'The stream broke before the stanza was delivered.';
  if (!entry.accepted) return undefined;
  entry.accepted = false;
  entry.stanza = delayed(entry.stanza, local, entry.sent);
  entry.bytes = bytesOf(entry.stanza);
  return undefined;
}
