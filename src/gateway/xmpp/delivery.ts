/** What became of a stanza that was to be sent. */
import type { StanzaCarrier } from './stanza-carrier.ts';
import { type StanzaErrorCondition, type StanzaErrorType, stanzaError } from './stanza-error.ts';
import type { AuthenticationMethod } from './stream-security.ts';

export type Delivery =
  | {
      readonly ok: true;
      readonly peerAddress: string;
      readonly method: AuthenticationMethod;
      /** The peer said that it handled the stanza [XEP-0198]; otherwise the stanza is with the kernel, and nothing more is known. */
      readonly acknowledged: boolean;
    }
  | {
      readonly ok: false;
      /** For the stanza's sender. It carries no text: that could name hosts and causes which are not the sender's business. */
      readonly error: { readonly type: StanzaErrorType; readonly condition: StanzaErrorCondition };
      /** For the administrator: the step that failed and its cause. */
      readonly reason: string;
    };

export const undelivered = (condition: StanzaErrorCondition, reason: string): Delivery => ({
  ok: false,
  error: stanzaError(condition),
  reason,
});

export const deliveredBy = ({ record, method }: StanzaCarrier, acknowledged: boolean): Delivery => ({
  ok: true,
  peerAddress: record.summary().peerAddress,
  method: method ?? 'TCP Dialback',
  acknowledged,
});
