import type { Result } from '../../primitives/result.ts';
import type { SipMessage, SipRequest } from './message.ts';

export interface ParseFailure {
  /** The status that answers it: 400, 413, 505 ... */
  readonly status: number;
  readonly reason: string;
  /** What can be answered: a request whose Via, From, To, Call-ID and CSeq are there. */
  readonly request?: SipRequest | undefined;
}

export declare function parseMessage(bytes: Buffer): Result<SipMessage, ParseFailure>;
