/** A key under a passphrase: whatever a wrong one makes of it, the administrator is told that the passphrase is wrong. */
import { describe, expect, it } from '@jest/globals';

import { newKeyPair } from '../../src/certificates/key-pair.ts';
import { printEncryptedPrivateKey } from '../../src/certificates/pkcs8.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { unlockedKeys } from '../../src/store/stored-key.ts';

const right = new Secret('geheim');
const encrypted = async (): Promise<string> =>
  (await printEncryptedPrivateKey(await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 }), right, 1)).reveal();

function answer(text: string, passphrase: Secret): string {
  try {
    return unlockedKeys(() => passphrase)('edge.key.pem', text).description;
  } catch (error) {
    return (error as { readonly id: string }).id;
  }
}

describe('an encrypted key', () => {
  // Of 256 wrong passphrases one leaves octets that end like a padding.
  it('is opened by its passphrase, and by no other of three thousand', async () => {
    const text = await encrypted();
    expect(answer(text, right)).toBe('ECDSA_P256');
    const wrong = Array.from({ length: 3000 }, (_, number) => answer(text, new Secret(`wrong ${number}`)));
    expect(new Set(wrong)).toEqual(new Set(['PasswordWrong']));
  });

  it('is damaged when it is no longer one whole encrypted key', async () => {
    const text = await encrypted();
    const lines = text.split('\n');
    const cut = lines.toSpliced(2, 1).join('\n');
    const noBase64 = text.replace(/^M/m, '*');
    for (const damaged of [cut, noBase64]) expect(answer(damaged, right)).toBe('KeyFileDamaged');
  });
});
