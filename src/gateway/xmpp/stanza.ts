/** Stanzas of a server-to-server stream, RFC 6120 §8: message, presence and iq, always with both addresses. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { type Jid, parseJid } from './jid.ts';
import { namespaces } from './namespaces.ts';
import { type Element, element } from './xml/element.ts';

const stanzaNames = ['message', 'presence', 'iq'] as const;
export type StanzaName = (typeof stanzaNames)[number];

export interface StanzaAddresses {
  readonly from: Jid;
  readonly to: Jid;
}

export const isStanza = (candidate: Element): boolean =>
  candidate.namespace === namespaces.server && stanzaNames.some((name) => name === candidate.name);

/** To a question, an iq of type get or set. [RFC 6120 §8.2.3] */
export const isAnswer = ({ name, attributes: { type } }: Element): boolean =>
  name === 'iq' && (type === 'result' || type === 'error');

/** Both addresses of a stanza, parsed. */
export function stanzaAddresses(stanza: Element): Result<StanzaAddresses, string> {
  const from = parseJid(stanza.attributes['from'] ?? '');
  if (!from.ok) return refuse(`from: ${from.error}`);
  const to = parseJid(stanza.attributes['to'] ?? '');
  if (!to.ok) return refuse(`to: ${to.error}`);
  return ok({ from: from.value, to: to.value });
}

/** Builds a stanza in the content namespace of a server-to-server stream. */
export const stanza = (
  name: StanzaName,
  attributes: Readonly<Record<string, string | undefined>>,
  ...children: readonly (Element | string)[]
): Element => element(name, namespaces.server, attributes, ...children);

/**
 * What the consumer of a stanza returns: done at once, or when the promise settles. `unanswered`: it has come to nothing, and
 * its sender could not be told; whoever keeps it shall go on keeping it.
 */
export type Handled = Promise<void | 'unanswered'> | void;
