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
  /** When it was first registered. */
  readonly since: Date;
  /** As the device says it: hostile text. */
  readonly userAgent?: string | undefined;
  /** It registered from one of the TrustedSipPeers, without a digest. */
  readonly isTrusted: boolean;
}

export const registeredDevices = (location: Location, clock: Pick<Clock, 'now'>): readonly RegisteredDevice[] =>
  location.keys().flatMap((aor) =>
    location.of(aor).map(({ contact, destination, expiresAt, since, userAgent, isTrusted }) => ({
      aor,
      contact: contact.uri,
      transport: destination.transport,
      address: destination.host,
      port: destination.port,
      expiresIn: Math.ceil((expiresAt - clock.now()) / 1000),
      since,
      userAgent,
      isTrusted,
    })),
  );

/** As if the device had de-registered. It may register again. @returns Whether it was there. */
export function removeDevice(location: Location, { aor, contact }: Pick<RegisteredDevice, 'aor' | 'contact'>): boolean {
  const bindings = location.of(aor);
  const others = bindings.filter((binding) => binding.contact.uri !== contact);
  if (others.length === bindings.length) return false;
  location.replace(aor, others);
  return true;
}
