/** The typing notice of SIP, application/im-iscomposing+xml [RFC 3994]. */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { childText, parseXmlBody } from './xml-body.ts';

export const isComposingType = 'application/im-iscomposing+xml';

const namespace = 'urn:ietf:params:xml:ns:im-iscomposing';

/** Seconds after which a receiver goes back to idle when the notice names no interval. Source: RFC 3994 §3.3. */
const defaultRefreshSeconds = 120;

/** Seconds. A longer interval keeps "is typing" on the screen of somebody whose peer is long gone. Source: own choice. */
const maxRefreshSeconds = 3600;

export interface IsComposing {
  readonly state: 'active' | 'idle';
  /** Seconds after which `active` ends without a further notice; 1 to 3600. */
  readonly refreshSeconds: number;
}

/**
 * Reads a notice. A state other than `active` is idle, as the RFC asks of receivers that know no extension [§3.5]; a missing
 * or senseless interval is 120 s.
 *
 * @returns A refusal when the body is not XML or not an isComposing document.
 */
export function parseIsComposing(body: Uint8Array): Result<IsComposing, string> {
  const document = parseXmlBody(body);
  if (!document.ok) return document;
  const { name, namespace: found } = document.value;
  if (name !== 'isComposing' || found !== namespace) return refuse('not an isComposing document');
  return ok({
    state: childText(document.value, 'state', namespace) === 'active' ? 'active' : 'idle',
    refreshSeconds: refreshOf(childText(document.value, 'refresh', namespace)),
  });
}

function refreshOf(text: string | undefined): number {
  if (text === undefined || !/^\+?[0-9]{1,9}$/.test(text) || Number(text) === 0) return defaultRefreshSeconds;
  return Math.min(Number(text), maxRefreshSeconds);
}

/**
 * Writes a notice about a text message. The interval is written for `active` only; no refreshes follow an idle [§3.2].
 *
 * @param notice - `refreshSeconds` SHOULD be no shorter than 60 [§3.2].
 */
export function printIsComposing(notice: IsComposing): string {
  const refresh = notice.state === 'active' ? `<refresh>${notice.refreshSeconds}</refresh>` : '';
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\r\n<isComposing xmlns="${namespace}">` +
    `<state>${notice.state}</state><contenttype>text/plain</contenttype>${refresh}</isComposing>`
  );
}
