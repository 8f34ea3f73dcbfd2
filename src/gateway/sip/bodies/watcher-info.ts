/** Watcher information, application/watcherinfo+xml [RFC 3858]: who watches a resource, or asks to. Data and writer. */
import { escapeXml } from './xml-body.ts';

export const watcherInfoType = 'application/watcherinfo+xml';

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
 * The full state of the watchers of presence.
 *
 * @param version - 0 for the first document of a subscription, one more for each that follows.
 */
export function printWatcherInfo({ resource, watchers }: WatcherList, version: number): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\r\n',
    `<watcherinfo xmlns="${namespace}" version="${version}" state="full">`,
    `<watcher-list resource="${escapeXml(resource)}" package="presence">`,
    ...watchers.map(printWatcher),
    '</watcher-list></watcherinfo>',
  ].join('');
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
