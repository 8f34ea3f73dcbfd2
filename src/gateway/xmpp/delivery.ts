/** What became of a stanza that was to be sent. */
import type { DialFailure } from './outbound-state.ts';
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
      /** What stands in the way may be gone in a while, without anybody changing a setting: worth another attempt. */
      readonly isPassing?: true;
    };

export const undelivered = (condition: StanzaErrorCondition, reason: string, isPassing = false): Delivery => ({
  ok: false,
  error: stanzaError(condition),
  reason,
  ...(isPassing && { isPassing }),
});

/** Nothing was wrong with what either side shows: the server was away, or DNS was. */
export const isPassingFailure = ({ step, code }: DialFailure): boolean =>
  code === 'dns-temporary' || code === 'unreachable' || (step === 'stream' && code === undefined);

export const deliveredBy = ({ record, method }: StanzaCarrier, acknowledged: boolean): Delivery => ({
  ok: true,
  peerAddress: record.summary().peerAddress,
  method: method ?? 'TCP Dialback',
  acknowledged,
});

/** Whether a server that comes back may take it after all: whatever else stands in the way, time does not change it. */
export const mayPass = ({ error }: Extract<Delivery, { ok: false }>): boolean =>
  ['remote-server-timeout', 'remote-server-not-found', 'resource-constraint'].includes(error.condition);
