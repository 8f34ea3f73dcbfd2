/** Streams that carry stanzas both ways, on the wire, XEP-0288: the feature, and the request that has no answer. */
import { namespaces } from './namespaces.ts';
import { printStreamLimits, type StreamLimits } from './stream-limits.ts';
import { type Element, element, is } from './xml/element.ts';

export const bidiFeature: Element = element('bidi', namespaces.bidiFeature);

/** @param limits - What we take: the other side has no stream features of ours to read them from [XEP-0478 §3]. */
export const printBidiRequest = (limits: StreamLimits): Element =>
  element('bidi', namespaces.bidi, {}, ...printStreamLimits(limits));

export const isBidiRequest = (candidate: Element): boolean => is(candidate, 'bidi', namespaces.bidi);

/** COMPAT(ejabberd up to 26.06): the feature's namespace on the request. It asks for nothing, and is no reason to break off. */
export const isMistakenBidi = (candidate: Element): boolean => is(candidate, 'bidi', namespaces.bidiFeature);
