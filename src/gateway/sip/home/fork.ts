/** Sends one request to every device of a user and finds the one answer that goes back [RFC 3261 §16.6, §16.7; RFC 5393 §5.3]. */
import type { Clock, Timer } from '../../../primitives/clock.ts';
import type { Headers } from '../headers.ts';
import { breadthOf, withShare } from '../max-breadth.ts';
import type { SipResponse } from '../message.ts';
import type { FinalResponse, SipEndpoint } from '../sip-endpoint.ts';
import { isSuccess, reasonPhrase } from '../status.ts';
import type { Binding } from './location.ts';

/** A request for a local user, complete but for what the endpoint adds; its Request-URI becomes each device's Contact. */
export interface LocalRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly body?: Buffer | undefined;
}

export interface Delivery {
  /** 200 to 699; 408 when no device answered in time, 440 for more devices than Max-Breadth allows, 480 when none could be reached, 404 for an unknown user. */
  readonly status: number;
  readonly reason: string;
  /** The device's answer; absent when the status is our own. */
  readonly response?: SipResponse | undefined;
}

/** Milliseconds. The sender gives up after 32 s (timer F), and an answer must be back by then. Source: own choice. */
export const deliveryTimeoutMs = 25_000;

export const ownDelivery = (status: number): Delivery => ({ status, reason: reasonPhrase(status) });

export interface ForkSurroundings {
  readonly clock: Clock;
  readonly endpoint: Pick<SipEndpoint, 'request'>;
  /** The device took no connection. */
  onUnreachable?(binding: Binding): void;
}

/** Resolves with the first 2xx, or with the best refusal when every device has answered or the time is over. */
export async function fork(
  { clock, endpoint, onUnreachable }: ForkSurroundings,
  bindings: readonly Binding[],
  request: LocalRequest,
): Promise<Delivery> {
  if (bindings.length > breadthOf(request.headers)) return ownDelivery(440);
  const answers: Delivery[] = [];
  let timer: Timer | undefined;
  const overdue = new Promise<Delivery>((resolve) => {
    timer = clock.after(deliveryTimeoutMs, () => resolve(best([...answers, ownDelivery(408)])));
  });
  const branches = bindings.map(async (binding, index) => {
    const requestUri = binding.contact.uri;
    const branch = { ...request, headers: withShare(request.headers, bindings.length, index), requestUri };
    const outcome = await endpoint.request(branch, binding.destination);
    if (isUnreachable(outcome)) onUnreachable?.(binding);
    const delivery = deliveryOf(outcome);
    answers.push(delivery);
    if (!isSuccess(delivery.status)) throw new BranchRefused();
    return delivery;
  });
  const answered = Promise.any(branches).catch(() => best(answers));
  const delivery = await Promise.race([answered, overdue]);
  timer?.cancel();
  return delivery;
}

/** Makes `Promise.any` wait for the other branches; never seen outside. */
class BranchRefused extends Error {}

const isUnreachable = (outcome: FinalResponse): boolean =>
  !outcome.ok && outcome.why === 'transport' && outcome.isUnsent === true && outcome.isOurs !== true;

function deliveryOf(outcome: FinalResponse): Delivery {
  if (!outcome.ok && outcome.isTooLong === true) return { status: 513, reason: 'Too Long For A Datagram' };
  if (!outcome.ok) return ownDelivery(outcome.why === 'timeout' ? 408 : 480);
  const { response } = outcome;
  // A device that asks for credentials asks the wrong one, and a 503 would make the sender avoid this server [§16.7 item 6].
  const isOurs = [401, 407, 503].includes(response.status);
  return isOurs ? ownDelivery(480) : { status: response.status, reason: response.reason, response };
}

/** A 6xx, else the lowest class; of one class what says more about the request than "not there" [§16.7 item 6]. */
function best(refusals: readonly Delivery[]): Delivery {
  const rank = ({ status }: Delivery): number => {
    if (status >= 600) return 0;
    return Math.floor(status / 100) * 10 + ([408, 480].includes(status) ? 1 : 0);
  };
  return refusals.reduce((one, other) => (rank(other) < rank(one) ? other : one), refusals[0] ?? ownDelivery(480));
}
