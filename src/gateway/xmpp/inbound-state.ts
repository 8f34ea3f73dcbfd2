/** The receiving server's stream as data: what it knows, what may happen to it, what it asks for. */
import type { PeerVerdict } from '../../certificates/peer-validation.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import type { DialbackElement, DialbackOutcome, DomainPair } from './dialback.ts';
import type { DialbackClaim } from './dialback-key.ts';
import type { Handling, ReceivingEffect } from './received-stanzas.ts';
import type { RefusalCode } from './refusal-code.ts';
import type { Acknowledgements, SendingEffect } from './sent-stanzas.ts';
import type { StreamError, StreamErrorCondition } from './stream-error.ts';
import type { StreamLimits } from './stream-limits.ts';
import type { StreamRefusal } from './stream-refusal.ts';
import type { AuthenticationMethod, StreamSecurity } from './stream-security.ts';
import type { Element } from './xml/element.ts';

export interface AuthenticatedPair extends DomainPair {
  readonly method: AuthenticationMethod;
  /** What was required when it was authenticated. */
  readonly security: StreamSecurity;
}

export interface InboundState {
  /** `closing`: we sent the closing tag without an error, and still take what the peer had on its way [RFC 6120 §4.4]. */
  readonly name: 'awaiting-header' | 'open' | 'awaiting-tls' | 'closing' | 'ended';
  readonly encrypted: boolean;
  /** The id of the stream as it is now; each restart gives another. */
  readonly streamId: string;
  /** From the first header on, and never another [RFC 6120 §4.7]. */
  readonly local?: DomainName;
  /** What the header claims, or nothing; dialback may name the sender later. */
  readonly remote?: DomainName;
  readonly sasl: 'none' | 'challenged' | 'done';
  readonly saslFailures: number;
  readonly pairs: readonly AuthenticatedPair[];
  /** Requests whose key is with the authoritative server now. */
  readonly verifying: readonly DialbackElement[];
  /** Absent until the peer asked for acknowledgements [XEP-0198]. */
  readonly handling?: Handling;
  /** `requested`: the peer takes our stanzas on this stream [XEP-0288]. */
  readonly bidi: 'none' | 'offered' | 'requested';
  /** Of ours; absent until the peer asked for acknowledgements on a stream for both directions. */
  readonly acknowledgements?: Acknowledgements;
  /** Bytes of one stanza that the peer takes [XEP-0478]. */
  readonly maxBytes?: number;
  /** The stream error with which the peer ended the stream. */
  readonly brokenOff?: StreamErrorCondition;
}

export type InboundEvent =
  | { readonly type: 'header'; readonly root: Element; readonly contentNamespace: string }
  | { readonly type: 'element'; readonly element: Element }
  | { readonly type: 'tls-established' }
  | { readonly type: 'key-verified'; readonly request: DialbackElement; readonly outcome: DialbackOutcome }
  /** The consumer of the stanza with this number is done with it. */
  | { readonly type: 'handled'; readonly number: number }
  | { readonly type: 'stanza-sent' }
  /** It is time to ask for an acknowledgement, or to see whether the peer is still there. */
  | { readonly type: 'acknowledgement-due' }
  | { readonly type: 'acknowledgement-overdue' }
  | { readonly type: 'fault'; readonly fault: StreamError }
  | { readonly type: 'stream-ended' }
  | { readonly type: 'establishment-timed-out' }
  | { readonly type: 'inactive' }
  | { readonly type: 'policy-changed' }
  | { readonly type: 'close'; readonly error?: StreamError; readonly reason: string };

export type InboundEffect =
  | { readonly do: 'send-header'; readonly id: string; readonly from?: DomainName; readonly to?: DomainName }
  /** Send `<proceed/>` and then speak TLS. Nothing that was received before counts any more [RFC 6120 §5.4.3.3]. */
  | { readonly do: 'start-tls'; readonly local: DomainName }
  /** Expect a new header [RFC 6120 §6.4.6]. */
  | { readonly do: 'restart' }
  | { readonly do: 'verify-key'; readonly request: DialbackElement; readonly streamId: string }
  | { readonly do: 'authenticated'; readonly pair: AuthenticatedPair }
  | ReceivingEffect
  | SendingEffect
  | {
      readonly do: 'report-refusal';
      readonly code: RefusalCode;
      readonly condition: string;
      readonly reason: string;
    }
  /** Send the error, if there is one, and the closing tag; then wait for the peer's. */
  | { readonly do: 'close'; readonly error?: StreamError; readonly reason: string };

/** What the machine asks while it steps. Answers may change between steps: policy and certificates follow the configuration. */
export interface InboundContext {
  newStreamId(): string;
  isLocalDomain(domain: DomainName): boolean;
  securityFor(remote: DomainName): StreamSecurity | undefined;
  /** Whether the certificate that the peer showed speaks for `remote`, as of now. */
  verdictFor(remote: DomainName, security: StreamSecurity): PeerVerdict;
  hasCertificate(local: DomainName): boolean;
  isGenuineKey(claim: DialbackClaim, key: string): boolean;
  /** What we take, of strangers and of authenticated peers [XEP-0478]. */
  advertisedLimits(authenticated: boolean): StreamLimits;
  /** Whether the partner may have one more authenticated stream, or this stream one more pair. */
  hasRoomFor(pair: AuthenticatedPair): boolean;
}

export interface InboundStep {
  readonly state: InboundState;
  readonly effects: readonly InboundEffect[];
}

/** Whether it takes no more stanzas of ours. */
export const isOver = ({ name }: InboundState): boolean => name === 'closing' || name === 'ended';

/** Direct TLS begins encrypted [XEP-0368]; everything else begins in clear. */
export const initialInbound = (encrypted: boolean): InboundState => ({
  name: 'awaiting-header',
  encrypted,
  streamId: '',
  sasl: 'none',
  saslFailures: 0,
  pairs: [],
  verifying: [],
  bidi: 'none',
});

export const stay = (state: InboundState, ...effects: readonly InboundEffect[]): InboundStep => ({ state, effects });

/** Ends the stream with an error that the peer and the administrator read. */
export function refuseStream(state: InboundState, { code, ...error }: StreamRefusal): InboundStep {
  const reason = error.text ?? '';
  return {
    state: { ...state, name: 'ended' },
    effects: [
      { do: 'report-refusal', code, condition: error.condition, reason },
      { do: 'close', error, reason: `${error.condition}: ${reason}` },
    ],
  };
}

export const ignore = (state: InboundState, reason: string): InboundStep =>
  stay(state, { do: 'report-ignored', reason });

/** Adds a pair to those that may send, unless the partner, the pair or the address has all the streams it may have. */
export function authenticate(
  state: InboundState,
  pair: AuthenticatedPair,
  context: InboundContext,
): InboundStep | undefined {
  if (!context.hasRoomFor(pair)) return undefined;
  return { state: { ...state, pairs: [...state.pairs, pair] }, effects: [{ do: 'authenticated', pair }] };
}
