/**
 * The trail of a message while it is a stanza: SIP's header fields as XEP-0131 carries them, which RFC 7247 §8 names for the
 * purpose. Servers pass on what they do not know, and clients ignore it [RFC 6120 §8.4].
 */
import { parseTrail, printMarks, type Trail, trailNames } from '../sip/trail.ts';
import { childOf, childrenOf, type Element, element, textOf } from '../xmpp/xml/element.ts';

/** Stanza Headers and Internet Metadata [XEP-0131 §2]. */
export const shimNamespace = 'http://jabber.org/protocol/shim';

export function trailOfStanza(stanza: Element): Trail {
  const headers = childOf(stanza, 'headers', shimNamespace);
  const fields = headers === undefined ? [] : childrenOf(headers, 'header', shimNamespace);
  const valueOf = (name: string): string | undefined => {
    const field = fields.find(({ attributes }) => attributes['name']?.toLowerCase() === name.toLowerCase());
    return field === undefined ? undefined : textOf(field).trim();
  };
  return parseTrail(valueOf(trailNames.maxForwards), valueOf(trailNames.marks));
}

export function withTrail(stanza: Element, trail: Trail): Element {
  const field = (name: string, value: string): Element => element('header', shimNamespace, { name }, value);
  const headers = element(
    'headers',
    shimNamespace,
    {},
    field(trailNames.maxForwards, String(trail.maxForwards)),
    field(trailNames.marks, printMarks(trail)),
  );
  return { ...stanza, children: [...stanza.children, headers] };
}
