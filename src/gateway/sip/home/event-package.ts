/** Event packages [RFC 6665 §5.4]: what tells one from another, and how requests name them. */
import type { IncomingRequest } from '../incoming-request.ts';
import type { SipRequest } from '../message.ts';

export interface EventPackage<State> {
  /** The token of the Event header. */
  readonly event: string;
  /** The types of its bodies; the first is what every watcher of the package reads [RFC 6665 §5.4.5]. */
  readonly contentTypes: readonly [string, ...string[]];
  /** Subscriptions that one watcher may have. */
  readonly maxPerWatcher: number;
  /**
   * For one subscription: makes the bodies of its NOTIFYs in their order, so that a package can number them.
   *
   * @param contentType - One of the package.
   */
  writer(contentType: string): BodyWriter<State>;
}

/** Empty: no body. @param now - Wall-clock time. */
export type BodyWriter<State> = (state: State, now: Date) => string;

/** The token of the Event header in lower case, without parameters. */
const eventOf = (request: SipRequest): string =>
  (request.headers.get('Event') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** Whether the Event header names this package, with or without parameters. `presence.winfo` is not `presence`. */
export const isOfEvent = (request: SipRequest, event: string): boolean => eventOf(request) === event;

/** Who serves the package that a SUBSCRIBE names; without one it has been answered [RFC 6665 §4.2.1.1]. */
export function servedBy<Server extends Pick<EventPackage<never>, 'event'>>(
  incoming: IncomingRequest,
  servers: readonly Server[],
): Server | undefined {
  const server = servers.find(({ event }) => isOfEvent(incoming.request, event));
  if (server === undefined) {
    incoming.respond(489, { headers: [['Allow-Events', servers.map(({ event }) => event).join(', ')]] });
  }
  return server;
}

/** The type of the body in lower case, without parameters. */
export const mediaTypeOf = ({ headers }: Pick<SipRequest, 'headers'>): string =>
  (headers.get('Content-Type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/** The value our NOTIFYs repeat: the subscriber tells its subscriptions apart by the `id` [RFC 6665 §8.2.1]. */
export function eventValue(request: SipRequest, event: string): string {
  const id = /;\s*id\s*=\s*([A-Za-z0-9\-.!%*_+`'~]+)/i.exec(request.headers.get('Event') ?? '')?.[1];
  return id === undefined ? event : `${event};id=${id}`;
}
