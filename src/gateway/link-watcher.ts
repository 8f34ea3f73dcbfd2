/** A contact as a watcher of our user: what watcher information says of one presence link [RFC 3857 §4.7.1]. */
import { linkRecordKey } from './link-record.ts';
import { seesUs, waitsForUs } from './presence-link-machine.ts';
import type { PresenceLink } from './presence-link-table.ts';
import type { Watcher, WatcherEvent } from './sip/bodies/watcher-info.ts';

/**
 * Nothing for a contact that does not watch, and for one that the user has blocked: he has said no. A request has no end of
 * its own in XMPP; it only waits while its partner is suspended.
 */
export function watcherOf(link: PresenceLink, now: Date): Watcher | undefined {
  if (link.standing.blocked || !(seesUs(link.state) || waitsForUs(link.state))) return undefined;
  const watcher = { id: linkRecordKey(link), uri: link.contactAor, displayName: link.contact };
  const duration = link.since === undefined ? undefined : Math.max(Math.floor((now.getTime() - link.since) / 1000), 0);
  if (seesUs(link.state)) return { ...watcher, status: 'active', event: 'approved', duration };
  return link.resting === true
    ? { ...watcher, status: 'waiting', event: 'timeout', duration }
    : { ...watcher, status: 'pending', event: 'subscribe', duration };
}

export const withEnd = ({ id, uri, displayName }: Watcher, event: WatcherEvent): Watcher => ({
  id,
  uri,
  displayName,
  status: 'terminated',
  event,
});
