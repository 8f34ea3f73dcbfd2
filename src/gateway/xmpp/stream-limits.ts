/** What an end of a stream takes, XEP-0478: told in the stream features, before authentication and again after it. */
import { namespaces } from './namespaces.ts';
import { elementLimits, elementLimitsBeforeAuthentication, leastMaxBytes, type S2sLimits } from './s2s-limits.ts';
import { childOf, type Element, element, textOf } from './xml/element.ts';

export interface StreamLimits {
  /** Bytes of one first-level element. */
  readonly maxBytes?: number;
  /** Seconds without traffic after which the stream may be ended. */
  readonly idleSeconds?: number;
}

/** What we take. Strangers have the time of the establishment, white space or not. */
export const advertisedLimits = (authenticated: boolean, limits: S2sLimits): StreamLimits => ({
  maxBytes: (authenticated ? elementLimits : elementLimitsBeforeAuthentication).maxBytes,
  idleSeconds: Math.ceil((authenticated ? limits.inactivityMs : limits.establishmentMs) / 1000),
});

/** The limit as one for stanzas. Every server must take `leastMaxBytes`: before authentication, less is one for strangers. */
export const stanzaLimit = ({ maxBytes }: StreamLimits, authenticated: boolean): { readonly maxBytes?: number } =>
  maxBytes !== undefined && (authenticated || maxBytes >= leastMaxBytes) ? { maxBytes } : {};

/** Nothing where there is nothing to tell. */
export function printStreamLimits({ maxBytes, idleSeconds }: StreamLimits): readonly Element[] {
  const values = [
    ...(maxBytes === undefined ? [] : [element('max-bytes', namespaces.streamLimits, {}, String(maxBytes))]),
    ...(idleSeconds === undefined ? [] : [element('idle-seconds', namespaces.streamLimits, {}, String(idleSeconds))]),
  ];
  return values.length === 0 ? [] : [element('limits', namespaces.streamLimits, {}, ...values)];
}

/** The limits inside stream features, or inside the request for both directions. What is not a positive whole number was not told. */
export function readStreamLimits(parent: Element): StreamLimits {
  const limits = childOf(parent, 'limits', namespaces.streamLimits);
  if (limits === undefined) return {};
  const maxBytes = positive(textOf(childOf(limits, 'max-bytes', namespaces.streamLimits)));
  const idleSeconds = positive(textOf(childOf(limits, 'idle-seconds', namespaces.streamLimits)));
  return { ...(maxBytes && { maxBytes }), ...(idleSeconds && { idleSeconds }) };
}

function positive(text: string): number | undefined {
  const digits = text.trim();
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined;
}
