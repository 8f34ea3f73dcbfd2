/** The private key in a key file: as it is, or under the passphrase of the store, which is asked for when it is needed first. */
import { type KeyPair, readPrivateKey } from '../certificates/key-pair.ts';
import { encryptedKeyLabel, holdsEncryptedKey } from '../certificates/pkcs8.ts';
import { CodedError } from '../primitives/errors.ts';
import { Secret } from '../primitives/secret.ts';
import { damagedKeyFile } from './key-files.ts';

/** @returns The passphrase of encrypted keys, or undefined where nobody gave one. */
export type Unlock = () => Secret | undefined;

export const isEncryptedKey = (text: string): boolean => text.includes(`-----BEGIN ${encryptedKeyLabel}-----`);

/** @throws CodedError `KeyFileDamaged` */
export function plainKeyOf(file: string, text: string): KeyPair {
  const key = readPrivateKey(new Secret(text));
  if (!key.ok) throw damagedKeyFile(file, key.error);
  return key.value;
}

/** Reads keys, and remembers those that took a decryption as long as their file stays as it is. */
export function unlockedKeys(unlock: Unlock): (file: string, text: string) => KeyPair {
  const known = new Map<string, { readonly text: string; readonly key: KeyPair }>();
  return (file, text) => {
    if (!isEncryptedKey(text)) return plainKeyOf(file, text);
    const before = known.get(file);
    if (before?.text === text) return before.key;
    const key = unlocked(file, text, unlock());
    known.set(file, { text, key });
    return key;
  };
}

function unlocked(file: string, text: string, passphrase: Secret | undefined): KeyPair {
  if (passphrase === undefined)
    throw new CodedError('PasswordMissing', `The private key in ${file} is encrypted.`, {
      reason: 'neither XGW_KEY_PASSPHRASE_FILE nor the systemd credential xgw-key-pass gives its passphrase',
      fix: ['XGW_KEY_PASSPHRASE_FILE=/etc/xgw/key-pass xgw start-service', 'xgw get-help PasswordMissing'],
      target: file,
    });
  const key = readPrivateKey(new Secret(text), passphrase);
  if (key.ok) return key.value;
  // One wrong passphrase in 256 leaves a padding that could be, and then nothing that is a key.
  if (!holdsEncryptedKey(text) || key.error.includes('cannot be used')) throw damagedKeyFile(file, key.error);
  throw new CodedError('PasswordWrong', `The passphrase does not open the private key in ${file}.`, {
    reason: 'it was encrypted with another one',
    fix: ['xgw get-help PasswordWrong', 'xgw get-certificate'],
    target: file,
  });
}
