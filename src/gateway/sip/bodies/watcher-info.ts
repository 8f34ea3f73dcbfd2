/** Watcher information, application/watcherinfo+xml [RFC 3858]: who watches a resource, or asks to. Data and writer. */
import { escapeXml } from './xml-body.ts';

export const watcherInfoType = 'application/watcherinfo+xml';

/** Octets of one document, so that it still fits in a datagram: about 200 watchers. Source: own choice. */
export const maxWatcherInfoOctets = 48_000;

const namespace = 'urn:ietf:params:xml:ns:watcherinfo';

/** What led to the status [RFC 3857 §4.7.1]. */
export const watcherEvents = [
  'subscribe',
  'approved',
  'deactivated',
  'probation',
  'rejected',
  'timeout',
  'giveup',
  'noresource',
] as const;
export type WatcherEvent = (typeof watcherEvents)[number];

export interface Watcher {
  /** Tells this subscription from all others, for as long as it lives; a token of RFC 3261 §25.1. */
  readonly id: string;
  readonly uri: string;
  readonly displayName?: string | undefined;
  /** `waiting`: nobody has decided, and the subscription does not live at present. */
  readonly status: 'pending' | 'waiting' | 'active' | 'terminated';
  readonly event: WatcherEvent;
  /** Seconds until it ends, for one that does. */
  readonly expiration?: number | undefined;
  /** Seconds since it began. */
  readonly duration?: number | undefined;
}

export interface WatcherList {
  /** URI of whom they watch. */
  readonly resource: string;
  readonly watchers: readonly Watcher[];
}

/**
 * The full state of the watchers of presence: as many of them as there is room for, in their order.
 *
 * @param version - 0 for the first document of a subscription, one more for each that follows.
 */
export function printWatcherInfo({ resource, watchers }: WatcherList, version: number): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\r\n',
    `<watcherinfo xmlns="${namespace}" version="${version}" state="full">`,
    `<watcher-list resource="${escapeXml(resource)}" package="presence">`,
    ...thoseWithRoom(watchers.map(printWatcher)),
    '</watcher-list></watcherinfo>',
  ].join('');
}

function thoseWithRoom(printed: readonly string[]): readonly string[] {
  let octets = 0;
  const first = printed.findIndex((watcher) => {
    octets += Buffer.byteLength(watcher);
    return octets > maxWatcherInfoOctets;
  });
  return first < 0 ? printed : printed.slice(0, first);
}

function printWatcher({ uri, id, status, event, displayName, expiration, duration }: Watcher): string {
  const attributes = [
    ['id', id],
    ['status', status],
    ['event', event],
    ['display-name', displayName],
    ['expiration', expiration],
    ['duration-subscribed', duration],
  ] as const;
  const printed = attributes.map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(`${value}`)}"`));
  return `<watcher${printed.join('')}>${escapeXml(uri)}</watcher>`;
}
