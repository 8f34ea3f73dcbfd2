/** The first of several addresses that answers, RFC 8305: a dead one costs a quarter of a second, not a time-out. */
import { connect, type Socket } from 'node:net';

import type { Timer } from '../../primitives/clock.ts';
import { type AddressPolicy, addressProblem } from './address-policy.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { Endpoint } from './server-resolver.ts';

export interface Connected {
  readonly raw: Socket;
  readonly endpoint: Endpoint;
}

export type RaceOptions = Pick<S2sOptions, 'clock' | 'limits'> & AddressPolicy;

/**
 * Connects to the endpoints in their order, `attemptDelayMs` apart or as soon as the one before failed.
 *
 * @returns The connection that came up first, paused, or the reasons of all, in order. Aborting ends all attempts.
 */
export async function connectFirst(
  endpoints: readonly Endpoint[],
  options: RaceOptions,
  signal: AbortSignal,
): Promise<Connected | { readonly raw: undefined; readonly reasons: readonly string[] }> {
  return new Promise((resolve) => {
    const pending = new Set<Socket>();
    const reasons: string[] = [];
    let next = 0;
    let stagger: Timer | undefined;
    const finish = (raw?: Socket, endpoint?: Endpoint): void => {
      stagger?.cancel();
      signal.removeEventListener('abort', onAbort);
      for (const other of pending) if (other !== raw) other.destroy();
      pending.clear();
      resolve(raw === undefined || endpoint === undefined ? { raw: undefined, reasons } : { raw, endpoint });
    };
    const onAbort = (): void => finish();
    const attempt = (): void => {
      stagger?.cancel();
      const endpoint = endpoints[next];
      if (endpoint === undefined) {
        if (pending.size === 0) finish();
        return;
      }
      next += 1;
      // Looked at again: the rules or our own listeners may have changed since the name was resolved.
      const problem = addressProblem(endpoint, options);
      if (problem !== undefined) {
        reasons.push(problem);
        return attempt();
      }
      const socket = connectTo(endpoint, options, (reason) => {
        if (!pending.delete(socket)) return;
        reasons.push(`${endpoint.address} port ${endpoint.port}: ${reason}`);
        attempt();
      });
      pending.add(socket);
      socket.once('connect', () => {
        if (pending.has(socket)) finish(socket.pause(), endpoint);
      });
      stagger = options.clock.after(options.limits.attemptDelayMs, attempt);
    };
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) finish();
    else attempt();
  });
}

function connectTo(
  { address, port }: Endpoint,
  { clock, limits }: Pick<RaceOptions, 'clock' | 'limits'>,
  onFailed: (reason: string) => void,
): Socket {
  const socket = connect({ host: address, port });
  const timer = clock.after(limits.connectMs, () => socket.destroy(new Error('no answer')));
  const onError = (error: Error): void => onFailed(error.message);
  socket.once('error', onError);
  socket.once('close', () => timer.cancel());
  socket.once('connect', () => timer.cancel());
  return socket;
}
