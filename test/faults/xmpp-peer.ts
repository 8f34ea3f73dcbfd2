/** What a round knows of the XMPP server of its contacts, be it Prosody or scripted. */

export interface PeerEvents {
  /** A contact has the message. */
  onMessage(received: PeerMessage): void;
  /** A contact's message came back to him. */
  onError(id: string): void;
  /** The gateway has acknowledged it, or answered what was sent behind it. */
  onTaken(id: string): void;
  /** The server sends it a second time. */
  onResent(id: string): void;
  /** Nobody will ever know whether the gateway had it. */
  onExcused(id: string, why: string): void;
  /** For the log of the round. */
  onNote(text: string): void;
}

export interface PeerMessage {
  readonly id: string;
  /** Bare JIDs. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** It has the time of an earlier attempt [XEP-0203]. */
  readonly isDelayed: boolean;
}

export interface XmppPeer {
  /** A contact writes to a SIP user: at once, or when there is a stream again. */
  send(from: string, to: string, id: string): void;
  /** It goes away for a while. @param isHard - Without a word. */
  stop(isHard: boolean): Promise<void>;
  start(): Promise<void>;
  /** The streams with the gateway have just broken, or will flow no more: what nobody acknowledged is in nobody's books. */
  streamsBroke(): void;
  /** All that it says from now on is nobody's business. */
  close(): Promise<void>;
}

export const domain = 'fabrikam.example';
export const gatewayDomain = 'contoso.example';
