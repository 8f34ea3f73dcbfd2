/** A stream that takes our stanzas of a domain pair: one that we opened for it, or one that the peer opened and lets us use [XEP-0288]. */
import type { DomainPair } from './dialback.ts';
import type { StreamError } from './stream-error.ts';
import type { StreamRecord } from './stream-record.ts';
import type { AuthenticationMethod } from './stream-security.ts';
import type { StanzaProgress } from './unacknowledged-stanzas.ts';
import type { Element } from './xml/element.ts';

export interface StanzaCarrier {
  readonly record: StreamRecord;
  /** How it is authenticated; absent until it is. */
  readonly method: AuthenticationMethod | undefined;
  /** Whether it takes one more stanza before the peer acknowledges others. */
  readonly hasRoom: boolean;
  /** Bytes of one stanza that the peer takes [XEP-0478]. */
  readonly maxBytes: number;
  /** Whether the peer may have left unread what was written last: it went without a word, or broke off over what it read. */
  readonly leavesDoubt: boolean;
  /** Whether stanzas of the pair may be sent on it now. */
  sendsFor(pair: DomainPair): boolean;
  sendStanza(stanza: Element, progress: StanzaProgress): void;
  close(reason: string, error?: StreamError): void;
}
