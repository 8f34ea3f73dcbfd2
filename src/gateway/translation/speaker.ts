/** The client that has sent a stanza, as the SIP side knows it again, and the nickname it gives its user [XEP-0172 §4.4]. */
import { createHash } from 'node:crypto';

import { memoized } from '../../primitives/memoized.ts';
import { maxNameLength, type Speaker } from '../sip/speaker.ts';
import { childOf, type Element, textOf } from '../xmpp/xml/element.ts';
import { escapeHeaderText } from './header-text.ts';

export const nickNamespace = 'http://jabber.org/protocol/nick';

/** Characters of an epid, as Microsoft's clients write them. */
const epidLength = 12;

/** A resource names a device and sometimes its place: what crosses is a hash of it. */
export function speakerOf(stanza: Element): Speaker {
  const { from = '' } = stanza.attributes;
  const nick = childOf(stanza, 'nick', nickNamespace);
  const name = nick === undefined ? '' : escapeHeaderText(textOf(nick)).slice(0, maxNameLength).trim();
  const epid = from.includes('/') ? epidOf(from) : undefined;
  return { ...(epid !== undefined && { epid }), ...(name !== '' && { name }) };
}

const epidOf = memoized((from) => createHash('sha256').update(from).digest('hex').slice(0, epidLength));
