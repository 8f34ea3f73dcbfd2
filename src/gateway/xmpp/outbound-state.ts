/** The initiating server's stream as data: what it is for, what may happen to it, what it asks for. */
import type { PeerRefusal, PeerVerdict } from '../../certificates/peer-validation.ts';
import type { DomainName } from '../../primitives/domain-name.ts';
import type { DialbackOutcome, DomainPair } from './dialback.ts';
import type { DialStep } from './s2s-event.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';
import type { StreamError, StreamErrorCondition } from './stream-error.ts';
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
    | 'ended';
  readonly pair: DomainPair;
  readonly purpose: OutboundPurpose;
  readonly encrypted: boolean;
  /** The id that the peer gave the stream; a dialback key is made for it. */
  readonly streamId: string;
  readonly saslDone: boolean;
  readonly method?: AuthenticationMethod;
  /** Why EXTERNAL was refused, when dialback is tried in its place. */
  readonly refusal?: Pick<DialFailure, 'code' | 'reason'>;
  /** What was required when the stream was authenticated. */
  readonly security?: StreamSecurity;
  /** Absent where the peer acknowledges nothing. */
  readonly acknowledgements?: Acknowledgements;
  /** Bytes of one stanza that the peer takes [XEP-0478]. */
  readonly maxBytes?: number;
  /** The stream error with which the peer ended the stream. */
  readonly brokenOff?: StreamErrorCondition;
}

/** Counts since stream management was enabled, not wrapped [XEP-0198 §4]. */
export interface Acknowledgements {
  readonly sent: number;
  readonly acknowledged: number;
  /** `sent` when the last request went out. */
  readonly asked: number;
  /** A request has no answer yet. */
  readonly waiting: boolean;
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
  | { readonly do: 'send'; readonly element: Element }
  | { readonly do: 'start-tls' }
  | { readonly do: 'restart' }
  | { readonly do: 'established'; readonly method: AuthenticationMethod }
  /** The peer handled so many more stanzas, in the order in which they were sent. */
  | { readonly do: 'acknowledged'; readonly stanzas: number }
  /** What to wait for now: an answer within `acknowledgementMs`, the time to ask again, or nothing. */
  | { readonly do: 'expect'; readonly what: 'acknowledgement' | 'handling' | 'nothing' }
  | { readonly do: 'verified'; readonly outcome: DialbackOutcome }
  /** A stanza error that the peer returned on the stream it did not open. */
  | { readonly do: 'deliver'; readonly stanza: Element }
  | { readonly do: 'failed'; readonly failure: DialFailure }
  | { readonly do: 'report-ignored'; readonly reason: string }
  | { readonly do: 'close'; readonly error?: StreamError; readonly reason: string };

export interface OutboundContext {
  securityFor(remote: DomainName): StreamSecurity | undefined;
  /** Whether the certificate that the peer showed speaks for `remote`, as of now. */
  verdictFor(remote: DomainName, security: StreamSecurity): PeerVerdict;
  hasCertificate(local: DomainName): boolean;
  dialbackKey(pair: DomainPair, streamId: string): string;
}

export interface OutboundStep {
  readonly state: OutboundState;
  readonly effects: readonly OutboundEffect[];
}

/** Direct TLS begins with the handshake [XEP-0368]; everything else begins in clear. */
export const initialOutbound = (pair: DomainPair, purpose: OutboundPurpose, directTls: boolean): OutboundState => ({
  name: directTls ? 'awaiting-tls' : 'awaiting-header',
  pair,
  purpose,
  encrypted: directTls,
  streamId: '',
  saslDone: false,
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
