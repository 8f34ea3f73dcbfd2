/** What systemd is told of the running gateway, in words that `systemctl status` shows. */
import type { GatewayStatus } from '../../gateway/gateway-status.ts';
import { serviceManager, throughSystemdNotify } from '../../gateway/service/systemd-notify.ts';
import type { Clock } from '../../primitives/clock.ts';
import type { OnLogEvent } from '../../primitives/log-event.ts';
import { listenerNames } from './service-object.ts';

export interface GatewayManager {
  ready(): void;
  /** The same work, announced and concluded whatever comes of it. */
  reloading<T>(work: () => Promise<T>): () => Promise<T>;
  stopping(): void;
  close(): Promise<void>;
}

interface ManagerPorts {
  readonly clock: Clock;
  readonly onEvent: OnLogEvent;
  status(): GatewayStatus;
}

export function gatewayManager({ clock, onEvent, status }: ManagerPorts): GatewayManager {
  const manager = serviceManager(process.env, {
    clock,
    send: throughSystemdNotify,
    monotonicUs: () => process.hrtime.bigint() / 1000n,
    onUnheard: (reason) =>
      onEvent({
        id: 'ServiceManagerNotTold',
        level: 'warn',
        component: 'service',
        message: `the service manager was not told how the gateway is: ${reason}`,
      }),
  });
  let isStopping = false;
  return {
    ready: () => manager.ready(runs(status())),
    reloading: (work) => async () => {
      if (isStopping) return await work();
      manager.reloading();
      try {
        return await work();
      } finally {
        if (!isStopping) manager.ready(runs(status()));
      }
    },
    stopping() {
      isStopping = true;
      manager.stopping('finishing what is under way');
    },
    close: () => manager.close(),
  };
}

const runs = ({ loadedRevision, listeners }: GatewayStatus): string =>
  `revision ${loadedRevision}, ${listenerNames(listeners).join(', ')}`;
