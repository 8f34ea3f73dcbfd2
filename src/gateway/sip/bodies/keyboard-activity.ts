/**
 * Microsoft's typing notice: INFO inside an IM session with this small application/xml document, in no namespace
 * [MS-CONFIM; seen from pidgin-sipe 1.25].
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { childrenNamed, parseXmlBody } from './xml-body.ts';

export const keyboardActivityType = 'application/xml';

/** `type` while the user types, `idle` when he stops. */
export type KeyboardStatus = 'type' | 'idle';

/** Reads the status; one other than `type` is idle. Refuses a body that is not XML or not a KeyboardActivity document. */
export function parseKeyboardActivity(body: Uint8Array): Result<KeyboardStatus, string> {
  const document = parseXmlBody(body);
  if (!document.ok) return document;
  if (document.value.name !== 'KeyboardActivity') return refuse('not a KeyboardActivity document');
  const status = childrenNamed(document.value, 'status')[0]?.attributes.get('status');
  return ok(status === 'type' ? 'type' : 'idle');
}

export const printKeyboardActivity = (status: KeyboardStatus): string =>
  `<?xml version="1.0"?><KeyboardActivity> <status status="${status}" /></KeyboardActivity>`;
