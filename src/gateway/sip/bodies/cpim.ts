/**
 * message/cpim [RFC 3862]: an envelope with header fields of its own around one MIME entity. Only the entity is taken: who
 * the sender is says the SIP layer, which has proved it, and a disposition notification that the envelope asks for
 * [RFC 5438 §7.1.1] is optional to send.
 */
import { type Result, refuse } from '../../../primitives/result.ts';
import { type BodyPart, parseEntity, splitHead } from './body-part.ts';

export const cpimType = 'message/cpim';

/** @returns A refusal when it cannot be read, and when it requires an extension: we know none [§4.7]. */
export function parseCpim(bytes: Buffer): Result<BodyPart, string> {
  const envelope = splitHead(bytes);
  if (!envelope.ok) return envelope;
  if (envelope.value.headers.has('Require')) return refuse('the envelope requires an extension');
  return parseEntity(envelope.value.rest);
}
