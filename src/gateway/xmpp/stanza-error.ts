/** Stanza errors, RFC 6120 §8.3: recoverable answers that return a stanza to its sender. */

import { namespaces } from './namespaces.ts';
import { attributesOf, childElements, childOf, type Element, element, textOf } from './xml/element.ts';

const stanzaErrorTypes = ['auth', 'cancel', 'continue', 'modify', 'wait'] as const;
/** What the sender may do: authenticate, give up, go on, change the stanza, or try again later [RFC 6120 §8.3.2]. */
export type StanzaErrorType = (typeof stanzaErrorTypes)[number];

/** The conditions of RFC 6120 §8.3.3 with the error type that each recommends. */
export const stanzaErrorConditions = {
  'bad-request': 'modify',
  conflict: 'cancel',
  'feature-not-implemented': 'cancel',
  forbidden: 'auth',
  gone: 'cancel',
  'internal-server-error': 'cancel',
  'item-not-found': 'cancel',
  'jid-malformed': 'modify',
  'not-acceptable': 'modify',
  'not-allowed': 'cancel',
  'not-authorized': 'auth',
  'policy-violation': 'modify',
  'recipient-unavailable': 'wait',
  redirect: 'modify',
  'registration-required': 'auth',
  'remote-server-not-found': 'cancel',
  'remote-server-timeout': 'wait',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
  'subscription-required': 'auth',
  'undefined-condition': 'cancel',
  'unexpected-request': 'wait',
} as const satisfies Readonly<Record<string, StanzaErrorType>>;

export type StanzaErrorCondition = keyof typeof stanzaErrorConditions;

export interface StanzaError {
  readonly type: StanzaErrorType;
  readonly condition: StanzaErrorCondition;
  /** For people. Goes to the other domain: no host names, no addresses of third parties. */
  readonly text?: string;
  /** Where to go instead, as a URI: of `gone` and `redirect` alone [RFC 6120 §8.3.3.5, §8.3.3.14]. */
  readonly address?: string;
}

/** The error with the type its condition recommends. */
export const stanzaError = (condition: StanzaErrorCondition, text?: string): StanzaError => ({
  type: stanzaErrorConditions[condition],
  condition,
  ...(text === undefined ? {} : { text }),
});

/**
 * The stanza that returns `stanza` to its sender, or undefined where answering is forbidden:
 * to an error, to an IQ result, and to a stanza that names no sender [RFC 6120 §8.3.1].
 */
export function errorReply(stanza: Element, error: StanzaError): Element | undefined {
  const { type, from, to, id } = stanza.attributes as Readonly<Record<string, string | undefined>>;
  if (type === 'error' || type === 'result' || from === undefined) return undefined;
  return element(
    stanza.name,
    stanza.namespace,
    { from: to, to: from, id, type: 'error' },
    printStanzaError(error, stanza.namespace),
  );
}

/** `<error type='...'><condition/><text/></error>`, as stanzas and dialback carry it. */
export function printStanzaError(error: StanzaError, namespace: string = namespaces.server): Element {
  const text =
    error.text === undefined ? [] : [element('text', namespaces.stanzaErrors, { 'xml:lang': 'en' }, error.text)];
  const address = error.address === undefined ? [] : [error.address];
  const condition = element(error.condition, namespaces.stanzaErrors, {}, ...address);
  return { name: 'error', namespace, attributes: attributesOf([['type', error.type]]), children: [condition, ...text] };
}

/** Reads the error inside a stanza of type `error`. What is missing or unknown becomes `undefined-condition` of type `cancel`. */
export function readStanzaError(stanza: Element): StanzaError {
  const found = childOf(stanza, 'error', stanza.namespace) ?? childOf(stanza, 'error', namespaces.server);
  const inside = (found === undefined ? [] : childElements(found)).filter(
    (child) => child.namespace === namespaces.stanzaErrors,
  );
  const condition = inside.map((child) => child.name).find(isStanzaErrorCondition) ?? 'undefined-condition';
  const type = stanzaErrorTypes.find((known) => known === found?.attributes['type']);
  const text = inside.find((child) => child.name === 'text');
  const address = addressIn(inside.find((child) => child.name === condition));
  return {
    type: type ?? stanzaErrorConditions[condition],
    condition,
    ...(text === undefined ? {} : { text: textOf(text) }),
    ...(address === undefined ? {} : { address }),
  };
}

function addressIn(condition: Element | undefined): string | undefined {
  const said = condition?.name === 'gone' || condition?.name === 'redirect' ? textOf(condition).trim() : '';
  return said === '' ? undefined : said;
}

const isStanzaErrorCondition = (name: string): name is StanzaErrorCondition =>
  Object.hasOwn(stanzaErrorConditions, name);
