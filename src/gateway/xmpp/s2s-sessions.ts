/** Streams by domain pair: the one door of the gateway to its XMPP partners. */
import type { ListenerAddress } from '../../primitives/listener-address.ts';
import type { StreamSummary } from './s2s-event.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StanzaErrorCondition, StanzaErrorType } from './stanza-error.ts';
import type { AuthenticationMethod } from './stream-security.ts';
import type { Element } from './xml/element.ts';

/** What became of a stanza. */
export type Delivery =
  | { readonly ok: true; readonly peerAddress: string; readonly method: AuthenticationMethod }
  | {
      readonly ok: false;
      readonly error: { readonly type: StanzaErrorType; readonly condition: StanzaErrorCondition };
      /** For the administrator: the step that failed and its cause. */
      readonly reason: string;
    };

export interface S2sListenOptions {
  /** Default: all interfaces. */
  readonly address?: string;
  /** 0: any free port. */
  readonly port: number;
  /** Direct TLS [XEP-0368]; absent: off. */
  readonly directTlsPort?: number;
}

export interface S2s {
  /** Replaces the listeners there were. @throws CodedError ListenerInUse, ListenerDenied, ListenerFailed. */
  listen(options: S2sListenOptions): Promise<readonly ListenerAddress[]>;
  /** Resolves when an authenticated stream took the stanza, or with the error to return to its sender within `deliveryMs`. */
  send(stanza: Element): Promise<Delivery>;
  sessions(): readonly StreamSummary[];
  /** The policy changed: closes the streams of domains that are no longer allowed or whose requirements changed. */
  reconsider(): void;
  disconnect(domain: string, reason: string): void;
  /** Ends every stream with its closing tag, waits `closeMs` at most, and frees the ports. */
  close(): Promise<void>;
}

export declare function createS2s(options: S2sOptions): S2s;
