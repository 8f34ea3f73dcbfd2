/**
 * The event package `presence` [RFC 3856]: its state is a presence document, which tells everything each time. The state is
 * the document's PIDF text, so that equal ones are no news; watchers of Lync get it as categories.
 */
import { msrtcCategoriesType } from '../bodies/msrtc-categories.ts';
import { printMsrtcCategories } from '../bodies/msrtc-categories-writer.ts';
import { pidfType } from '../bodies/pidf.ts';
import { parsePidf } from '../bodies/pidf-reader.ts';
import type { EventPackage } from './event-package.ts';

export const presenceEvent = 'presence';

export const presencePackage: EventPackage<string> = {
  event: presenceEvent,
  contentTypes: [pidfType, msrtcCategoriesType],
  // Several devices with a long contact list each. Source: own choice.
  maxPerWatcher: 2000,
  writer: (contentType) => (contentType === msrtcCategoriesType ? asCategories : (pidf) => pidf),
};

/** Nothing, when the text is longer than any body we read: dozens of devices, each with a long note. */
function asCategories(pidf: string, now: Date): string {
  const document = parsePidf(Buffer.from(pidf));
  return document.ok ? printMsrtcCategories(document.value, now) : '';
}
