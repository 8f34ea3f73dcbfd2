/** The initiating server's stream as data: what it is for, what may happen to it, what it asks for. */
import type { PeerRefusal, PeerVerdict } from '../../certificates/peer-validation.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import type { DialbackOutcome, DomainPair } from './dialback.ts';
import type { Handling, ReceivingEffect } from './received-stanzas.ts';
import type { RefusalCode } from './refusal-code.ts';
import type { DialStep } from './s2s-event.ts';
import type { Acknowledgements, SendingEffect } from './sent-stanzas.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';
import type { StreamError, StreamErrorCondition } from './stream-error.ts';
import type { StreamLimits } from './stream-limits.ts';
import type { AuthenticationMethod, StreamSecurity } from './stream-security.ts';
import type { Element } from './xml/element.ts';

/** A stream is opened to send stanzas, or, before any authentication of our own, to have a stranger's dialback key verified. */
export type OutboundPurpose =
  | { readonly type: 'stanzas' }
  | { readonly type: 'verify'; readonly id: string; readonly key: string };

export interface OutboundState {
  readonly name:
    | 'awaiting-header'
    | 'awaiting-features'
    | 'awaiting-proceed'
    | 'awaiting-tls'
    | 'awaiting-sasl'
    | 'awaiting-result'
    | 'awaiting-verification'
    | 'awaiting-enabled'
    | 'established'
    /** We said goodbye on a stream for both directions, and still take what the peer had on its way [RFC 6120 §4.4]. */
    | 'closing'
    | 'ended';
  readonly pair: DomainPair;
  readonly purpose: OutboundPurpose;
  readonly encrypted: boolean;
  /** The id that the peer gave the stream; a dialback key is made for it. */
  readonly streamId: string;
  readonly saslDone: boolean;
  /** We asked the peer to send here as well [XEP-0288]. */
  readonly bidi: boolean;
  readonly method?: AuthenticationMethod;
  /** Why EXTERNAL was refused, when dialback is tried in its place. */
  readonly refusal?: Pick<DialFailure, 'code' | 'reason'>;
  /** What was required when the stream was authenticated. */
  readonly security?: StreamSecurity;
  /** Absent where the peer acknowledges nothing. */
  readonly acknowledgements?: Acknowledgements;
  /** Of the peer's stanzas; absent on streams for one direction. */
  readonly handling?: Handling;
  /** Bytes of one stanza that the peer takes [XEP-0478]. */
  readonly maxBytes?: number;
  /** The stream error with which the peer ended the stream. */
  readonly brokenOff?: StreamErrorCondition;
}

export type OutboundEvent =
  | { readonly type: 'connected' }
  | { readonly type: 'header'; readonly root: Element; readonly contentNamespace: string }
  | { readonly type: 'element'; readonly element: Element }
  | { readonly type: 'tls-established' }
  | { readonly type: 'fault'; readonly fault: StreamError }
  | { readonly type: 'stream-ended' }
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'stanza-sent' }
  /** The consumer of the stanza with this number is done with it. */
  | { readonly type: 'handled'; readonly number: number }
  /** It is time to ask for an acknowledgement, or to see whether the peer is still there. */
  | { readonly type: 'acknowledgement-due' }
  | { readonly type: 'acknowledgement-overdue' }
  | { readonly type: 'inactive' }
  | { readonly type: 'policy-changed' }
  | { readonly type: 'close'; readonly error?: StreamError; readonly reason: string };

/** Causes with a name of their own. Stable: people and scripts look them up. What the peer's certificate lacks keeps its name. */
export type DialCode =
  | 'not-allowed'
  | 'no-server'
  | 'dns-temporary'
  | 'address-refused'
  | 'private-address-refused'
  | 'port-refused'
  | 'unreachable'
  | 'no-own-certificate'
  | 'peer-rejects-certificate'
  | 'external-not-offered'
  | 'tls-not-offered'
  | 'dialback-key-refused'
  | 'redirected'
  | 'redirect-refused'
  | PeerRefusal;

/** Where a server says that its domain is served. */
export interface OtherHost {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port?: number;
}

/** Why a dial came to nothing: the step, what to tell the stanza's sender, what to tell the administrator. */
export interface DialFailure {
  readonly step: DialStep;
  readonly condition: StanzaErrorCondition;
  /** Absent: nothing more is known than the step. */
  readonly code?: DialCode;
  readonly reason: string;
  /** The name that was asked for, or the server that was dialled. */
  readonly target?: string;
  /** Where the dial may go on. */
  readonly otherHost?: OtherHost;
}

export type OutboundEffect =
  | { readonly do: 'send-header' }
  | { readonly do: 'start-tls' }
  | { readonly do: 'restart' }
  | { readonly do: 'established'; readonly method: AuthenticationMethod }
  | { readonly do: 'verified'; readonly outcome: DialbackOutcome }
  /** Delivers what the peer may send here, or a stanza error that it returned on the stream it did not open. */
  | ReceivingEffect
  | SendingEffect
  | { readonly do: 'failed'; readonly failure: DialFailure }
  | {
      readonly do: 'report-refusal';
      readonly code: RefusalCode;
      readonly condition: string;
      readonly reason: string;
    }
  | { readonly do: 'close'; readonly error?: StreamError; readonly reason: string };

export interface OutboundContext {
  securityFor(remote: DomainName): StreamSecurity | undefined;
  /** Whether the certificate that the peer showed speaks for `remote`, as of now. */
  verdictFor(remote: DomainName, security: StreamSecurity): PeerVerdict;
  hasCertificate(local: DomainName): boolean;
  isLocalDomain(domain: DomainName): boolean;
  /** Whether anybody here wants stanzas of this stream. */
  readonly takesStanzas: boolean;
  /** What we take of an authenticated peer [XEP-0478]. */
  advertisedLimits(): StreamLimits;
  dialbackKey(pair: DomainPair, streamId: string): string;
}

export interface OutboundStep {
  readonly state: OutboundState;
  readonly effects: readonly OutboundEffect[];
}

/** Whether it takes no more stanzas of ours. */
export const isOver = ({ name }: OutboundState): boolean => name === 'closing' || name === 'ended';

/** Direct TLS begins with the handshake [XEP-0368]; everything else begins in clear. */
export const initialOutbound = (pair: DomainPair, purpose: OutboundPurpose, directTls: boolean): OutboundState => ({
  name: directTls ? 'awaiting-tls' : 'awaiting-header',
  pair,
  purpose,
  encrypted: directTls,
  streamId: '',
  saslDone: false,
  bidi: false,
});

export const stay = (state: OutboundState, ...effects: readonly OutboundEffect[]): OutboundStep => ({ state, effects });

export const goTo = (
  state: OutboundState,
  name: OutboundState['name'],
  ...effects: readonly OutboundEffect[]
): OutboundStep => ({ state: { ...state, name }, effects });

/** The dial ends here. Everything that is not the peer's clear answer may be different in a minute. */
export function failDial(
  state: OutboundState,
  step: DialStep,
  reason: string,
  { condition = 'remote-server-timeout', ...more }: Partial<Pick<DialFailure, 'condition' | 'code' | 'otherHost'>> = {},
): OutboundStep {
  const failure = withRefusal(state, { step, condition, reason, ...more });
  return goTo(state, 'ended', { do: 'failed', failure }, { do: 'close', reason: failure.reason });
}

/** The refusal of EXTERNAL stays the cause, whatever dialback came to after it. */
export const withRefusal = ({ refusal }: OutboundState, failure: DialFailure): DialFailure =>
  refusal === undefined
    ? failure
    : {
        ...failure,
        ...(refusal.code && { code: refusal.code }),
        reason: `${refusal.reason} Dialback in its place: ${failure.reason}`,
      };
