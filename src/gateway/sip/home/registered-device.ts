/** The devices of the home server, as an administrator sees them. */
import type { Clock } from '../../../primitives/clock.ts';
import type { TransportName } from '../transport.ts';
import type { Location } from './location.ts';

export interface RegisteredDevice {
  readonly aor: string;
  readonly contact: string;
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  /** Seconds. */
  readonly expiresIn: number;
}

export const registeredDevices = (location: Location, clock: Pick<Clock, 'now'>): readonly RegisteredDevice[] =>
  location.keys().flatMap((aor) =>
    location.of(aor).map(({ contact, destination, expiresAt }) => ({
      aor,
      contact: contact.uri,
      transport: destination.transport,
      address: destination.host,
      port: destination.port,
      expiresIn: Math.ceil((expiresAt - clock.now()) / 1000),
    })),
  );
