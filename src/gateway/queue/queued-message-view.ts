/** A queued message as an administrator sees it: everything but what it says. */
import type { QueuedMessage } from './queued-message.ts';

/** A message with what this process knows of it. */
export interface Kept {
  readonly message: QueuedMessage;
  readonly bytes: number;
  attempts: number;
  lastReason?: string;
}

export interface QueuedMessageView {
  readonly id: string;
  readonly correlationId: string;
  readonly partnerDomain: string;
  /** Bare JIDs. */
  readonly from: string;
  readonly to: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly until: string;
  readonly bytes: number;
  /** Since the start of this process. */
  readonly attempts: number;
  /** What the last of them came to. */
  readonly lastReason?: string;
  /** It is being sent, or written to the disk. */
  readonly isUnderWay: boolean;
}

export function viewOf({ message, bytes, attempts, lastReason }: Kept, isUnderWay: boolean): QueuedMessageView {
  const { id, correlationId, partnerDomain, from, to, since, until } = message;
  const times = { since: since.toISOString(), until: until.toISOString() };
  const reason = lastReason === undefined ? {} : { lastReason };
  return { id, correlationId, partnerDomain, from, to, ...times, bytes, attempts, ...reason, isUnderWay };
}
