/** Where a configuration says that the gateway listens. */
import type { Configuration } from '../config/configuration.ts';
import type { ListenerAddress } from '../primitives/listener-address.ts';

/** Opened elsewhere in this process, on loopback only. */
export const metricsListener = ({ gateway: { metricsPort } }: Configuration): readonly ListenerAddress[] =>
  metricsPort === 0 ? [] : [{ protocol: 'metrics', address: '127.0.0.1', port: metricsPort }];

/** Settings whose change needs new listeners. */
export const xmppListening = ({ gateway }: Configuration) => ({
  ...(gateway.xmppListenAddress === undefined ? {} : { address: gateway.xmppListenAddress }),
  port: gateway.xmppPort,
  ...(gateway.xmppDirectTlsPort === 0 ? {} : { directTlsPort: gateway.xmppDirectTlsPort }),
});

export const sipListening = ({ gateway }: Configuration): unknown => [
  gateway.sipListenAddress,
  gateway.sipPort,
  gateway.sipTlsPort,
];
