/** What a stream may be made of, RFC 6120 §4.3.2: STARTTLS, SASL mechanisms, dialback, both directions, acknowledgements, limits. Unknown features are ignored. */
import { bidiFeature } from './bidi.ts';
import { namespaces } from './namespaces.ts';
import { printStreamLimits, readStreamLimits, type StreamLimits } from './stream-limits.ts';
import { smFeature } from './stream-management.ts';
import { childOf, childrenOf, type Element, element, is, textOf } from './xml/element.ts';

export interface StreamFeatures {
  readonly startTls?: { readonly required: boolean };
  /** Names of SASL mechanisms. */
  readonly mechanisms: readonly string[];
  readonly dialback: boolean;
  /** Stanzas in both directions, XEP-0288; offered under TLS and before authentication only. */
  readonly bidi: boolean;
  /** Acknowledgements of stanzas, XEP-0198; offered to authenticated peers only. */
  readonly streamManagement: boolean;
  readonly limits: StreamLimits;
}

export function printStreamFeatures({
  startTls,
  mechanisms,
  dialback,
  bidi,
  streamManagement,
  limits,
}: StreamFeatures): Element {
  const features: Element[] = [];
  if (startTls !== undefined)
    features.push(
      element('starttls', namespaces.tls, {}, ...(startTls.required ? [element('required', namespaces.tls)] : [])),
    );
  if (mechanisms.length > 0) {
    const names = mechanisms.map((name) => element('mechanism', namespaces.sasl, {}, name));
    features.push(element('mechanisms', namespaces.sasl, {}, ...names));
  }
  // <errors/>: we understand dialback errors, so that a refused pair does not cost the stream [XEP-0220 §2.3].
  if (dialback)
    features.push(element('dialback', namespaces.dialbackFeature, {}, element('errors', namespaces.dialbackFeature)));
  if (bidi) features.push(bidiFeature);
  if (streamManagement) features.push(smFeature);
  return element('features', namespaces.streams, {}, ...features, ...printStreamLimits(limits));
}

export const isStreamFeatures = (candidate: Element): boolean => is(candidate, 'features', namespaces.streams);

export function readStreamFeatures(features: Element): StreamFeatures {
  const startTls = childOf(features, 'starttls', namespaces.tls);
  const mechanisms = childOf(features, 'mechanisms', namespaces.sasl);
  return {
    ...(startTls === undefined
      ? {}
      : { startTls: { required: childOf(startTls, 'required', namespaces.tls) !== undefined } }),
    mechanisms:
      mechanisms === undefined ? [] : childrenOf(mechanisms, 'mechanism', namespaces.sasl).map((name) => textOf(name)),
    dialback: childOf(features, 'dialback', namespaces.dialbackFeature) !== undefined,
    bidi: childOf(features, 'bidi', namespaces.bidiFeature) !== undefined,
    streamManagement: childOf(features, 'sm', namespaces.streamManagement) !== undefined,
    limits: readStreamLimits(features),
  };
}
