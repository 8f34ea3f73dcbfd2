/**
 * message/cpim [RFC 3862]: an envelope with header fields of its own around one MIME entity. Who the sender is says the SIP
 * layer, which has proved it, and not the envelope.
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import type { Headers } from '../headers.ts';
import { type BodyPart, parseEntity, splitHead } from './body-part.ts';

export const cpimType = 'message/cpim';

export interface CpimMessage {
  readonly envelope: Headers;
  readonly entity: BodyPart;
}

/** @returns A refusal when it cannot be read, and when it requires an extension: we know none [§4.7]. */
export function parseCpim(bytes: Buffer): Result<CpimMessage, string> {
  const envelope = splitHead(bytes);
  if (!envelope.ok) return envelope;
  if (envelope.value.headers.has('Require')) return refuse('the envelope requires an extension');
  const entity = parseEntity(envelope.value.rest);
  return entity.ok ? ok({ envelope: envelope.value.headers, entity: entity.value }) : entity;
}
