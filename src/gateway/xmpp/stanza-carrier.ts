/** A stream that takes our stanzas of a domain pair: one that we opened for it, or one that the peer opened and lets us use [XEP-0288]. */
import type { DomainPair } from './dialback.ts';
import type { StreamError } from './stream-error.ts';
import type { StreamRecord } from './stream-record.ts';
import type { AuthenticationMethod } from './stream-security.ts';
import type { StanzaProgress } from './unacknowledged-stanzas.ts';
import type { Element } from './xml/element.ts';

/**
 * `lost`: the peer went without a word, or broke off over what it read. `unread`: it said goodbye first, and may have done so
 * before it read what was on its way; or we did, and the connection ended before it answered. `none`: we did, and it answered,
 * behind everything we wrote.
 */
export type Doubt = 'none' | 'unread' | 'lost';

export interface StanzaCarrier {
  readonly record: StreamRecord;
  /** How it is authenticated; absent until it is. */
  readonly method: AuthenticationMethod | undefined;
  /** Whether it takes one more stanza before the peer acknowledges others. */
  readonly hasRoom: boolean;
  /** Bytes of one stanza that the peer takes [XEP-0478]. */
  readonly maxBytes: number;
  /** After its end: whether the peer may have left unread what was written last. */
  readonly doubt: Doubt;
  /** Whether stanzas of the pair may be sent on it now. */
  sendsFor(pair: DomainPair): boolean;
  sendStanza(stanza: Element, progress: StanzaProgress): void;
  close(reason: string, error?: StreamError): void;
}
