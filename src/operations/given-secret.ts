/** A secret that an administrator hands over: from a file that only they can read, from standard input, or typed unseen. */
import { statSync } from 'node:fs';

import { CodedError } from '../primitives/errors.ts';
import { Secret } from '../primitives/secret.ts';
import { shellWord } from '../primitives/shell-word.ts';

/** Characters. More is a wrong file, not a password. */
const maxLength = 1024;

/** What reading needs of the one who asks: `CmdletContext` is one. */
export interface SecretInput {
  readonly force: boolean;
  readInput(path: string): Promise<Buffer>;
}

/**
 * @param path A file, or `-` for standard input. Exactly one line ending at its end is not part of the secret.
 * @throws CodedError `FileNotFound`; `KeyFileExposed` unless forced; `InvalidValue` for what is empty, long or several lines
 */
export async function readGivenSecret(path: string, input: SecretInput): Promise<Secret> {
  return checkedSecret(await readUnchecked(path, input));
}

/** The password of a file that exists: somebody else chose it, so it may be empty, and hold anything. */
export const readFilePassword = async (path: string, input: SecretInput): Promise<Secret> =>
  new Secret(await readUnchecked(path, input));

async function readUnchecked(path: string, input: SecretInput): Promise<string> {
  const bytes = await input.readInput(path);
  if (path !== '-' && !input.force) refuseExposedSecret(path);
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

/** @throws CodedError `InvalidValue` for what is empty, long or holds control characters; the text is in no message */
export function checkedSecret(text: string): Secret {
  if (text === '') throw new CodedError('InvalidValue', 'the secret is empty.');
  if (text.length > maxLength)
    throw new CodedError('InvalidValue', `the secret has more than ${maxLength} characters.`);
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    throw new CodedError('InvalidValue', 'the secret holds a control character or a second line.');
  }
  return new Secret(text);
}

const isExposed = (path: string): boolean => process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0;

/** @throws CodedError `KeyFileExposed` */
export function refuseExposedSecret(path: string): void {
  if (!isExposed(path)) return;
  throw new CodedError('KeyFileExposed', `${path} can be read by other users of this machine.`, {
    reason: 'a secret that others can read is not secret',
    fix: `chmod 600 ${shellWord(path)}`,
    target: path,
  });
}
