/** Stream errors, RFC 6120 §4.9: unrecoverable, the stream ends with them. */

import { namespaces } from './namespaces.ts';
import { maxErrorText } from './s2s-limits.ts';
import { childElements, type Element, element, is, textOf } from './xml/element.ts';

const streamErrorConditions = [
  'bad-format',
  'bad-namespace-prefix',
  'conflict',
  'connection-timeout',
  'host-gone',
  'host-unknown',
  'improper-addressing',
  'internal-server-error',
  'invalid-from',
  'invalid-namespace',
  'invalid-xml',
  'not-authorized',
  'not-well-formed',
  'policy-violation',
  'remote-connection-failed',
  'reset',
  'resource-constraint',
  'restricted-xml',
  'see-other-host',
  'system-shutdown',
  'undefined-condition',
  'unsupported-encoding',
  'unsupported-feature',
  'unsupported-stanza-type',
  'unsupported-version',
] as const;

export type StreamErrorCondition = (typeof streamErrorConditions)[number];

/** What a server says that goes, or that has heard nothing for long: it has read what came before. */
const farewells: readonly StreamErrorCondition[] = ['connection-timeout', 'host-gone', 'reset', 'system-shutdown'];

export const isFarewell = (condition: StreamErrorCondition): boolean => farewells.includes(condition);

export interface StreamError {
  readonly condition: StreamErrorCondition;
  /** One sentence for the peer's administrator. */
  readonly text?: string;
}

export function printStreamError({ condition, text }: StreamError): Element {
  const texts =
    text === undefined
      ? []
      : [element('text', namespaces.streamErrors, { 'xml:lang': 'en' }, text.slice(0, maxErrorText))];
  return element('error', namespaces.streams, {}, element(condition, namespaces.streamErrors), ...texts);
}

export const isStreamError = (candidate: Element): boolean => is(candidate, 'error', namespaces.streams);

/** Reads the peer's stream error. A condition we do not know is `undefined-condition` [RFC 6120 §4.9.3.21]. */
export function readStreamError(error: Element): StreamError {
  const inside = childElements(error).filter((child) => child.namespace === namespaces.streamErrors);
  const condition = streamErrorConditions.find((known) => inside.some((child) => child.name === known));
  const text = textOf(inside.find((child) => child.name === 'text')).slice(0, maxErrorText);
  return { condition: condition ?? 'undefined-condition', ...(text === '' ? {} : { text }) };
}
