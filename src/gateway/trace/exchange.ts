/** What joins the steps of one exchange: the id and the two ends of a stanza, the Call-ID and CSeq of a SIP transaction. */
import type { Headers } from '../sip/headers.ts';
import type { Element } from '../xmpp/xml/element.ts';

/** Stanzas without id, which nobody answers: each is an exchange by itself, as long as it is the same object. */
const nameless = new WeakMap<Element, string>();
let namelessSoFar = 0;

/** The stanza and the answers to it have the same. */
export function exchangeOfStanza(stanza: Element): string {
  const { id, from = '', to = '' } = stanza.attributes as { id?: string; from?: string; to?: string };
  if (id === undefined) return nameOf(stanza);
  const ends = from < to ? `${from} ${to}` : `${to} ${from}`;
  return `${stanza.name} ${id} ${ends}`;
}

function nameOf(stanza: Element): string {
  const known = nameless.get(stanza);
  if (known !== undefined) return known;
  namelessSoFar += 1;
  const name = `stanza ${namelessSoFar}`;
  nameless.set(stanza, name);
  return name;
}

/** The request and its responses have the same. */
export const exchangeOfSip = (headers: Headers): string =>
  `${headers.get('Call-ID') ?? ''} ${headers.get('CSeq') ?? ''}`;
