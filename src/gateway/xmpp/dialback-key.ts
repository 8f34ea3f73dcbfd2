/** Dialback keys, XEP-0185: made from a secret and the stream, so that they are checked without being remembered. */
import { createHash, createHmac } from 'node:crypto';

import type { DomainName } from '../../primitives/domain-name.ts';
import { equalInConstantTime, type Secret } from '../../primitives/secret.ts';

export interface DialbackClaim {
  /** The server that was asked to believe. */
  readonly receiving: DomainName;
  /** The domain that wants to be believed. */
  readonly originating: DomainName;
  /** The id that the receiving server gave the stream. */
  readonly streamId: string;
}

export interface DialbackSecrets {
  /** Keys are made from it. */
  readonly dialbackSecret: Secret;
  /** The secret before, while keys made from it still count. */
  formerDialbackSecret?(): Secret | undefined;
}

/** HMAC-SHA256, hexadecimal. Its key is the hexadecimal text of the secret's SHA-256, as in the specification's vectors [XEP-0185 §3]. */
export function dialbackKey(secret: Secret, { receiving, originating, streamId }: DialbackClaim): string {
  const key = createHash('sha256').update(secret.reveal(), 'utf8').digest('hex');
  return createHmac('sha256', key).update(`${receiving} ${originating} ${streamId}`, 'utf8').digest('hex');
}

/** Whether the key was made from one of our secrets for exactly this claim. White space around the key is tolerated. */
export function isGenuineKey(secrets: DialbackSecrets, claim: DialbackClaim, key: string): boolean {
  // A space inside would make two claims look alike to the key [Wrong Number Attack, 2016]; ids we take part in have none.
  if (/\s/.test(claim.streamId)) return false;
  // Each is compared, whichever fits: the time tells nothing of the key.
  return [secrets.dialbackSecret, secrets.formerDialbackSecret?.()]
    .filter((secret) => secret !== undefined)
    .map((secret) => equalInConstantTime(dialbackKey(secret, claim), key.trim()))
    .includes(true);
}
