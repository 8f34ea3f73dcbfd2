/** What streams report: one summary a stream, and one event for everything an administrator may have to explain. */
import type { DomainName } from '../../primitives/domain-name.ts';
import type { RefusalCode } from './refusal-code.ts';
import type { S2sLimits } from './s2s-limits.ts';
import type { AuthenticationMethod } from './stream-security.ts';
import type { Element } from './xml/element.ts';

export interface StreamSummary {
  /** Ours, for the log; not the stream id, which is a secret of the two ends under dialback. */
  readonly id: string;
  /** Who opened it. */
  readonly direction: 'inbound' | 'outbound';
  /** Stanzas go both ways on it, whoever opened it [XEP-0288]. */
  readonly bidirectional: boolean;
  /** Absent until the stream header told. */
  readonly localDomain?: DomainName;
  readonly remoteDomain?: DomainName;
  readonly partner?: string;
  readonly state: 'connecting' | 'negotiating' | 'established' | 'closing' | 'closed';
  readonly since: Date;
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly tls?: { readonly protocol: string; readonly cipher: string };
  /** How the first pair was authenticated. */
  readonly method?: AuthenticationMethod;
  /** What the peer's certificate proves: the matched identifier, or why it proves nothing. */
  readonly certificate?: string;
  /** The remote domains that may send on this stream. */
  readonly authenticated: readonly DomainName[];
  readonly stanzasIn: number;
  readonly stanzasOut: number;
  /** Stanzas that wait to be written. */
  readonly queued: number;
  /** Acknowledgements are agreed on, for stanzas of one side at least [XEP-0198]. */
  readonly streamManagement?: true;
  /** Stanzas that the peer has not acknowledged; absent where it acknowledges none. */
  readonly unacknowledged?: number;
  readonly lastActivity: Date;
}

export type StreamState = StreamSummary['state'];

/** The step of a dial that failed, in the order they are taken. */
export type DialStep =
  | 'policy'
  | 'dns'
  | 'tcp'
  | 'stream'
  | 'tls'
  | 'certificate'
  | 'sasl'
  | 'dialback'
  | 'established';

export type S2sEvent =
  | { readonly type: 'stream-opened'; readonly stream: StreamSummary }
  | { readonly type: 'tls-established'; readonly stream: StreamSummary }
  | {
      readonly type: 'authenticated';
      readonly stream: StreamSummary;
      readonly method: AuthenticationMethod;
      readonly remoteDomain: DomainName;
    }
  /** We said no. `condition` is what the peer was told; `code` and `reason` are for the administrator. */
  | {
      readonly type: 'refused';
      readonly stream: StreamSummary;
      readonly code: RefusalCode;
      readonly condition: string;
      readonly reason: string;
    }
  /** Something was ignored without an answer, as the protocol wants it: unsolicited dialback answers and their like. */
  | { readonly type: 'ignored'; readonly stream: StreamSummary; readonly reason: string }
  /** `lost`: the peer was gone before either side said goodbye, or did not answer ours. */
  | { readonly type: 'closed'; readonly stream: StreamSummary; readonly reason: string; readonly lost: boolean }
  | { readonly type: 'stanza-sent'; readonly stream: StreamSummary; readonly stanza: Element }
  | { readonly type: 'stanza-received'; readonly stream: StreamSummary; readonly stanza: Element }
  /** A connection that the system could not give us, on a listener that goes on. */
  | { readonly type: 'not-accepted'; readonly where: string; readonly reason: string }
  /** Somebody ran into a limit. Told at once, and then once a minute while it goes on. */
  | {
      readonly type: 'limit-reached';
      readonly limit: keyof S2sLimits;
      /** Who: an address, a bare JID, a domain, a partner. */
      readonly subject: string;
      /** How often since it was told last, this time included. */
      readonly times: number;
      readonly reason: string;
    }
  | {
      readonly type: 'dial-failed';
      readonly localDomain: DomainName;
      readonly remoteDomain: DomainName;
      readonly step: DialStep;
      /** The cause by its stable name, or `<step>-failed`. */
      readonly code: string;
      readonly reason: string;
    };
