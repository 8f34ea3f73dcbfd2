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
  /** When it was first registered; refreshes do not move it. */
  readonly since: Date;
  /** What it calls itself, cut. */
  readonly userAgent: string | undefined;
  /** It registered from one of the TrustedSipPeers, without a digest. */
  readonly isTrusted: boolean;
}

/** By address of record. */
export interface Location extends ExpiringTable<Binding> {
  /** The users with a device that has registered on this connection. */
  usersOn(connectionId: string): readonly string[];
  /** Whether some device has registered from this address. */
  isAt(address: string): boolean;
}

/** @param onChange Called when a user has registered his first device, and when his last one is gone. */
export function createLocation(clock: Clock, onChange: (aor: string, isRegistered: boolean) => void): Location {
  const byConnection = new Index();
  const byAddress = new Index();
  const table = createExpiringTable<Binding>(clock, (aor, before, after) => {
    byConnection.change(aor, before.map(connectionOf), after.map(connectionOf));
    byAddress.change(aor, before.map(addressOf), after.map(addressOf));
    const isRegistered = after.length > 0;
    if (before.length > 0 !== isRegistered) onChange(aor, isRegistered);
  });
  return {
    ...table,
    usersOn: (connectionId) => byConnection.of(connectionId),
    isAt: (address) => byAddress.of(address).length > 0,
  };
}

const connectionOf = ({ destination }: Binding): string | undefined => destination.connectionId;
const addressOf = ({ destination }: Binding): string => destination.host;

/** Users by what their devices have in common. */
class Index {
  readonly #users = new Map<string, Set<string>>();

  of(key: string): readonly string[] {
    return [...(this.#users.get(key) ?? [])];
  }

  change(aor: string, before: readonly (string | undefined)[], after: readonly (string | undefined)[]): void {
    for (const key of before) this.#remove(key, aor);
    for (const key of after) if (key !== undefined) this.#users.set(key, (this.#users.get(key) ?? new Set()).add(aor));
  }

  #remove(key: string | undefined, aor: string): void {
    const users = key === undefined ? undefined : this.#users.get(key);
    users?.delete(aor);
    if (key !== undefined && users?.size === 0) this.#users.delete(key);
  }
}
