/** The secret that dialback keys are made from, set by an administrator so that several gateways of one domain share it. */
import { createHash } from 'node:crypto';

import { randomIds } from '../primitives/ids.ts';
import type { Secret } from '../primitives/secret.ts';
import { openKeyStore } from '../store/key-store.ts';

/**
 * Keeps the passphrase as the 256 bits that the key store reads: the same passphrase makes the same secret on every gateway.
 *
 * @source XEP-0185 §3: the secret may be any text; its hash is what keys the HMAC.
 */
export function saveDialbackPassphrase(storeFolder: string, passphrase: Secret): void {
  const digest = createHash('sha256').update(passphrase.reveal(), 'utf8').digest('hex');
  openKeyStore(storeFolder).saveDialbackSecret(digest);
}

export const generateDialbackPassphrase = (storeFolder: string): void =>
  openKeyStore(storeFolder).saveDialbackSecret(randomIds.token(256));
