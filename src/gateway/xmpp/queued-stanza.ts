/** One stanza on its way out, and what is known of it until it is done. */
import type { Timer } from '../../primitives/clock.ts';
import type { Delivery } from './delivery.ts';
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
