/** The presence of one of our users as a contact gets it: from the user's one resource, with what it can do. */
import { userCapabilities } from './iq/entity-capabilities.ts';
import { userResource } from './iq/user-resource.ts';
import type { LinkEnds } from './link-ends.ts';
import type { Pidf } from './sip/bodies/pidf.ts';
import { pidfToPresence } from './translation/presence.ts';
import type { Element } from './xmpp/xml/element.ts';

/** @param note - Whether the status note is shown. */
export function userPresence({ userJid, contact }: LinkEnds, state: Pidf, note: boolean): Element {
  const presence = pidfToPresence(state, { from: userJid, to: contact }, { note });
  const isAvailable = presence.attributes['type'] === undefined;
  // Capabilities belong to presence that is available [XEP-0115 §3].
  const children = isAvailable ? [...presence.children, userCapabilities] : presence.children;
  return { ...presence, attributes: { ...presence.attributes, from: `${userJid}/${userResource}` }, children };
}
