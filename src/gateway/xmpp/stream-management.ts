/** Stream management on the wire, XEP-0198 1.6: counting stanzas and acknowledging them. Resumption is neither asked for nor given. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { namespaces } from './namespaces.ts';
import type { StanzaErrorCondition } from './stanza-error.ts';
import type { StreamError } from './stream-error.ts';
import { type Element, element, is } from './xml/element.ts';

/** The counter goes back to zero there [XEP-0198 §4]. */
const modulus = 2 ** 32;

const namespace = namespaces.streamManagement;

export const isStreamManagement = (candidate: Element): boolean => candidate.namespace === namespace;
export const isManagement = (candidate: Element, name: 'enable' | 'enabled' | 'failed' | 'r' | 'a'): boolean =>
  is(candidate, name, namespace);

export const smFeature: Element = element('sm', namespace);
export const enable: Element = element('enable', namespace);
export const enabled: Element = element('enabled', namespace);
export const requestAcknowledgement: Element = element('r', namespace);

/** @param handled - All stanzas handled so far; the wire shows it modulo 2^32. */
export const printAcknowledgement = (handled: number): Element =>
  element('a', namespace, { h: String(handled % modulus) });

export const printFailed = (condition: StanzaErrorCondition): Element =>
  element('failed', namespace, {}, element(condition, namespaces.stanzaErrors));

/**
 * How many stanzas an `<a/>` acknowledges beyond those that were before.
 *
 * @param sent - Stanzas sent since stream management was enabled, not wrapped.
 * @param acknowledged - Those that the peer acknowledged already, not wrapped.
 * @returns A number from 0 to `sent - acknowledged`; more is a lie that ends the stream [XEP-0198 §4].
 */
export function newlyAcknowledged(answer: Element, sent: number, acknowledged: number): Result<number, StreamError> {
  const { h = '' } = answer.attributes;
  if (!/^\d{1,10}$/.test(h) || Number(h) >= modulus)
    return refuse({ condition: 'bad-format', text: 'An acknowledgement has no count.' });
  const more = (Number(h) - (acknowledged % modulus) + modulus) % modulus;
  if (more <= sent - acknowledged) return ok(more);
  return refuse({
    condition: 'undefined-condition',
    text: `You acknowledged ${h} stanzas, and I sent ${sent % modulus}.`,
  });
}
