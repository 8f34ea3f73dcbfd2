/** Passwords of the certificate cmdlets as parameters: of a file that comes or goes, and of the private keys in the store. */

import {
  passphraseCredential,
  passphraseVariable,
  serviceKeyPassphrase,
} from '../../operations/certificates/key-passphrase.ts';
import { checkedSecret, readGivenSecret } from '../../operations/given-secret.ts';
import { CodedError } from '../../primitives/errors.ts';
import { Secret } from '../../primitives/secret.ts';
import type { CmdletContext } from '../host/cmdlet.ts';
import { optional, path, switchType, text } from '../host/parameters.ts';

export const filePasswordParameters = {
  PasswordFile: optional(
    path,
    'File with the password of the certificate file or of the key in it; only you may read it.',
  ),
  PasswordStdin: optional(switchType, 'Read that password from standard input.'),
  Password: optional(text, 'Refused: every user of the machine could read it.', {
    refusedBecause: 'Use -PasswordFile <path> or -PasswordStdin.',
  }),
};

export interface GivenFilePassword {
  readonly PasswordFile: string | undefined;
  readonly PasswordStdin: boolean | undefined;
}

export const keyPassphraseFile = optional(
  path,
  'File with the passphrase that encrypts the private key in the store; - is standard input. The service needs it too, at every start.',
);

export const keyPassphraseParameters = {
  KeyPassphraseFile: keyPassphraseFile,
  EncryptKey: optional(
    switchType,
    `Encrypts the private key in the store: under the passphrase of -KeyPassphraseFile, else under the one that the service finds (${passphraseVariable}, or the systemd credential ${passphraseCredential}), else under one that is typed twice.`,
  ),
};

/** @param file - What is read or written beside the password. @returns Where the password is; `-` is standard input. */
export function passwordSource(
  { PasswordFile, PasswordStdin }: GivenFilePassword,
  file: string | undefined,
): string | undefined {
  const source = PasswordStdin === true ? '-' : PasswordFile;
  if (PasswordStdin === true && PasswordFile !== undefined) throw conflict('-PasswordFile and -PasswordStdin');
  if (source === '-' && file === '-') throw conflict('the file and its password, both from standard input,');
  return source;
}

const conflict = (what: string): CodedError =>
  new CodedError('ParameterConflict', `${what} exclude each other.`, { fix: 'xgw get-help import-certificate' });

/**
 * The new password of a file that is made.
 *
 * @returns undefined where none is given and none is needed.
 * @throws CodedError `PasswordMissing` where one is needed and nobody can be asked; `InvalidValue` for an empty one
 */
export async function newFilePassword(
  source: string | undefined,
  isNeeded: boolean,
  context: CmdletContext,
): Promise<Secret | undefined> {
  if (source !== undefined) return await readGivenSecret(source, context);
  if (!isNeeded) return undefined;
  if (context.interactive) return checkedSecret(await context.askSecret('Password of the PKCS#12 file', true));
  throw new CodedError('PasswordMissing', 'A PKCS#12 file needs a password.', {
    reason: 'neither -PasswordFile nor -PasswordStdin is given, and nobody can be asked',
    fix: 'xgw get-help export-certificate',
  });
}

export const givenKeyPassphrase = async (
  file: string | undefined,
  context: CmdletContext,
): Promise<Secret | undefined> => (file === undefined ? undefined : await readGivenSecret(file, context));

export interface GivenKeyPassphrase {
  readonly KeyPassphraseFile: string | undefined;
  readonly EncryptKey: boolean | undefined;
}

/**
 * The passphrase for a key that is about to be kept. With -WhatIf nobody is asked.
 *
 * @returns undefined where the key is to stay as it is.
 * @throws CodedError `PasswordMissing` where one is wanted and nobody can be asked; `InvalidValue` for an empty one
 */
export async function newKeyPassphrase(
  { KeyPassphraseFile, EncryptKey }: GivenKeyPassphrase,
  context: CmdletContext,
): Promise<Secret | undefined> {
  const given = await givenKeyPassphrase(KeyPassphraseFile, context);
  if (given !== undefined || EncryptKey !== true) return given;
  const found = serviceKeyPassphrase();
  if (found !== undefined) return found;
  if (!context.interactive)
    throw new CodedError('PasswordMissing', '-EncryptKey needs a passphrase.', {
      reason: `neither -KeyPassphraseFile nor ${passphraseVariable} nor the systemd credential ${passphraseCredential} gives it, and nobody can be asked`,
      fix: 'xgw get-help request-certificate -Parameter KeyPassphraseFile',
    });
  if (context.whatIf) return undefined;
  return checkedSecret(await context.askSecret('Passphrase of the private key in the store', true));
}

/** The passphrase of stored keys: as given, as the service finds it, or as somebody types it. */
export async function storedKeyPassphrase(
  file: string | undefined,
  context: CmdletContext,
): Promise<Secret | undefined> {
  const known = (await givenKeyPassphrase(file, context)) ?? serviceKeyPassphrase();
  if (known !== undefined || !context.interactive) return known;
  return new Secret(await context.askSecret('Passphrase of the private key in the store', false));
}

/** What the next start of the service will need. */
export const hintAboutPassphrase = (context: CmdletContext): void =>
  context.hint(
    `The service needs the passphrase at its start: ${passphraseVariable}=<file>, or LoadCredential=${passphraseCredential}:<file> in its systemd unit.`,
  );
