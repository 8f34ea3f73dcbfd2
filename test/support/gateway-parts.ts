/** What both doors of a gateway share, over a scripted crossing. */
import type { Crossing } from '../../src/gateway/crossing.ts';
import { messageKeeping } from '../../src/gateway/message-keeping.ts';
import { OrderedDeliveries } from '../../src/gateway/ordered-deliveries.ts';
import { Secret } from '../../src/primitives/secret.ts';
import type { StateStore } from '../../src/primitives/state-store.ts';

export function gatewayParts(crossing: Crossing, deliveries = new OrderedDeliveries(), state?: StateStore) {
  const ports = { dialbackSecret: () => new Secret('secret'), ...(state && { state }) };
  return { deliveries, ...messageKeeping(crossing, ports, deliveries, () => undefined) };
}
