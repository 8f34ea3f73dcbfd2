/**
 * The event package `presence.winfo` [RFC 3857]. Each document is the full state; a watcher that has ended is in the next
 * one of each subscription that knew of it, once [RFC 3858 §4].
 */
import { printWatcherInfo, type WatcherList, watcherInfoType } from '../bodies/watcher-info.ts';
import type { EventPackage } from './event-package.ts';

/** Those who watch when a NOTIFY leaves, and those who have ended lately. */
export type WatchersNow = () => WatcherList;

export const watcherInfoPackage: EventPackage<WatchersNow> = {
  event: 'presence.winfo',
  contentTypes: [watcherInfoType],
  // Nobody but the user himself: his devices, and some that he has lost. Source: own choice.
  maxPerWatcher: 20,
  writer() {
    let version = 0;
    let known: ReadonlySet<string> = new Set();
    return (now) => {
      const { resource, watchers } = now();
      const news = watchers.filter(({ id, status }) => status !== 'terminated' || known.has(id));
      known = new Set(news.filter(({ status }) => status !== 'terminated').map(({ id }) => id));
      version += 1;
      return printWatcherInfo({ resource, watchers: news }, version - 1);
    };
  },
};
