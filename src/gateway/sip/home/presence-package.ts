/** The event package `presence` [RFC 3856]: its state is a presence document, which tells everything each time. */
import { pidfType } from '../bodies/pidf.ts';
import type { EventPackage } from './event-package.ts';

export const presenceEvent = 'presence';

export const presencePackage: EventPackage<string> = {
  event: presenceEvent,
  contentType: pidfType,
  // Several devices with a long contact list each. Source: own choice.
  maxPerWatcher: 2000,
  writer: () => (document) => document,
};
