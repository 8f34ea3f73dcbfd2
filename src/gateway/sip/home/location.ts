/**
 * The location service [RFC 3261 §10]: where each registered user can be reached now. What a REGISTER may change is decided by
 * registrar.ts; its outcome replaces all bindings of the user at once, so that it is applied whole or not at all.
 */
import type { Clock } from '../../../primitives/clock.ts';
import type { NameAddr } from '../name-addr.ts';
import type { Destination } from '../transport.ts';
import { createExpiringTable, type Expiring, type ExpiringTable } from './expiring-table.ts';

/** One device of a user. */
export interface Binding extends Expiring {
  /** The registered Contact: its URI is the Request-URI of what is delivered; its parameters are the client's. */
  readonly contact: NameAddr;
  /** Where the device answers: the address its REGISTER came from, which NAT cannot hide. */
  readonly destination: Destination;
  readonly callId: string;
  readonly cSeq: number;
}

/** By address of record. */
export type Location = ExpiringTable<Binding>;

/** @param onChange Called when a user has registered his first device, and when his last one is gone. */
export function createLocation(clock: Clock, onChange: (aor: string, isRegistered: boolean) => void): Location {
  return createExpiringTable(clock, (aor, before, after) => {
    const isRegistered = after.length > 0;
    if (before.length > 0 !== isRegistered) onChange(aor, isRegistered);
  });
}
