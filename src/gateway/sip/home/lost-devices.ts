/**
 * Devices that left without de-registering. A device that registered over a connection is reached by it; when that is gone, it
 * may still listen at its Contact (baresip does), and else it has left (linphone, libpurple, everybody behind NAT). A TLS client has no
 * certificate that would prove an address of its own: it is reached by its connection alone.
 */
import type { SipEndpoint } from '../sip-endpoint.ts';
import type { Binding, Location } from './location.ts';

export interface LostDevice {
  readonly aor: string;
  readonly contact: string;
  /** One clause. */
  readonly reason: string;
}

export interface LostDevicesOptions {
  readonly endpoint: Pick<SipEndpoint, 'localAddress'>;
  readonly location: Location;
  onLost(device: LostDevice): void;
}

export interface LostDevices {
  /** Ends what was registered on it, unless the device takes a new connection; resolves when that is known. Never rejects. */
  connectionClosed(connectionId: string): Promise<void>;
  /** The device took no connection for a request. */
  onUnreachable(aor: string, binding: Binding): void;
}

export function lostDevices({ endpoint, location, onLost }: LostDevicesOptions): LostDevices {
  function end(aor: string, binding: Binding, reason: string): void {
    const bindings = location.of(aor);
    // It may have registered again in the meantime, on another connection.
    if (!bindings.includes(binding)) return;
    location.replace(
      aor,
      bindings.filter((other) => other !== binding),
    );
    onLost({ aor, contact: binding.contact.uri, reason });
  }

  async function look(aor: string, binding: Binding): Promise<void> {
    const { transport, host, port } = binding.destination;
    const way = transport === 'tls' ? undefined : await endpoint.localAddress({ transport, host, port });
    if (way?.ok === true) return;
    end(aor, binding, `its connection has ended${way === undefined ? '' : `, and another one failed: ${way.error}`}`);
  }

  return {
    async connectionClosed(connectionId) {
      const looks = location.usersOn(connectionId).flatMap((aor) =>
        location
          .of(aor)
          .filter(({ destination }) => destination.connectionId === connectionId)
          .map((binding) => look(aor, binding)),
      );
      await Promise.all(looks);
    },
    onUnreachable(aor, binding) {
      if (binding.destination.transport !== 'udp') end(aor, binding, 'it took no connection');
    },
  };
}
