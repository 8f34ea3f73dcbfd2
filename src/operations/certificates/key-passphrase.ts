/**
 * Where the service finds the passphrase of its private keys, with nobody there to type it: the file that
 * XGW_KEY_PASSPHRASE_FILE names, else the credential `xgw-key-pass` that systemd gives it (LoadCredential=,
 * LoadCredentialEncrypted=). Never the environment itself, which other processes of the user can read.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import { checkedSecret, refuseExposedSecret } from '../given-secret.ts';

export const passphraseVariable = 'XGW_KEY_PASSPHRASE_FILE';
export const passphraseCredential = 'xgw-key-pass';

/** Bytes. */
const maxFile = 4096;

/**
 * @returns undefined where neither is set.
 * @throws CodedError `FileNotFound`; `KeyFileExposed` for a file that others can read; `InvalidValue` for what is no passphrase
 */
export function serviceKeyPassphrase(env: NodeJS.ProcessEnv = process.env): Secret | undefined {
  const named = env[passphraseVariable];
  if (named !== undefined && named !== '') {
    const text = readPassphrase(named);
    refuseExposedSecret(named);
    return checkedSecret(text);
  }
  const credentials = env['CREDENTIALS_DIRECTORY'];
  const file = credentials === undefined ? undefined : path.join(credentials, passphraseCredential);
  // systemd guards its folder by an access list, which makes the mode of the file look open.
  return file !== undefined && exists(file) ? checkedSecret(readPassphrase(file)) : undefined;
}

const exists = (file: string): boolean => statSync(file, { throwIfNoEntry: false }) !== undefined;

/** Exactly one line ending at the end is not part of it. */
function readPassphrase(file: string): string {
  try {
    if (statSync(file).size <= maxFile) return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new CodedError('FileNotFound', `The passphrase of the private keys cannot be read from ${file}.`, {
      reason: systemErrorCode(error) === 'ENOENT' ? 'there is no such file' : (systemErrorCode(error) ?? 'unknown'),
      fix: `ls -l ${shellWord(file)}`,
      target: file,
      cause: error,
    });
  }
  throw new CodedError('InvalidValue', `${file} is longer than ${maxFile} bytes.`, {
    reason: 'it should hold a passphrase and nothing else',
    target: file,
  });
}
