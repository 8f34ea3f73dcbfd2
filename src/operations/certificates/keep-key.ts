/** Puts a private key into the store: as it is, or encrypted under a passphrase that the service must find later. */
import type { KeyPair } from '../../certificates/key-pair.ts';
import { printEncryptedPrivateKey } from '../../certificates/pkcs8.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { KeyStore } from '../../store/key-store.ts';

/** Durable when it resolves. Encrypting takes 0.4 s, in another thread. @param request - DER; it is kept with the key or not at all. */
export async function keepKey(
  keys: KeyStore,
  key: KeyPair,
  passphrase: Secret | undefined,
  request?: Buffer,
): Promise<void> {
  keys.saveKey(key, passphrase === undefined ? undefined : await printEncryptedPrivateKey(key, passphrase), request);
}
