/** A file with certificates and keys, opened for an administrator: its password asked for where that helps, its refusal explained. */
import { type CertificateBundle, readCertificateBundle } from '../../certificates/certificate-bundle.ts';
import type { FileRefusal } from '../../certificates/file-refusal.ts';
import { CodedError } from '../../primitives/errors.ts';
import { Secret } from '../../primitives/secret.ts';
import { shellWord } from '../../primitives/shell-word.ts';
import { readFilePassword, type SecretInput } from '../given-secret.ts';

/** What opening needs of the one who asks: `CmdletContext` is one. */
export interface FileInput extends SecretInput {
  readonly interactive: boolean;
  askSecret(question: string, isNew: boolean): Promise<string>;
}

/**
 * @param file - A path, or `-` for standard input.
 * @param passwordFile - The same; undefined: the person is asked when the file needs a password.
 * @throws CodedError `FileNotFound`, `CertificateUnreadable`, `PasswordMissing`, `PasswordWrong`, `KeyFileExposed`
 */
export async function openCertificateFile(
  file: string,
  passwordFile: string | undefined,
  input: FileInput,
): Promise<CertificateBundle> {
  const password = passwordFile === undefined ? undefined : await readFilePassword(passwordFile, input);
  const bytes = await input.readInput(file);
  const first = await readCertificateBundle(bytes, { password, acceptsMissingMac: input.force });
  if (first.ok) return first.value;
  if (first.error.kind !== 'password-missing' || !input.interactive) throw refusalOf(first.error, file, passwordFile);
  const typed = new Secret(await input.askSecret(`Password of ${file}`, false));
  const second = await readCertificateBundle(bytes, { password: typed, acceptsMissingMac: input.force });
  if (second.ok) return second.value;
  throw refusalOf(second.error, file);
}

function refusalOf({ kind, text }: FileRefusal, file: string, passwordFile?: string): CodedError {
  const command = `xgw import-certificate ${shellWord(file)}`;
  switch (kind) {
    case 'password-missing':
      return new CodedError('PasswordMissing', `${file} cannot be opened.`, {
        reason: text,
        fix: `${command} -PasswordFile password.txt`,
        target: file,
      });
    case 'password-wrong':
      return new CodedError('PasswordWrong', `${file} cannot be opened.`, {
        reason: text,
        fix: `${command} -PasswordFile password.txt`,
        target: file,
      });
    case 'without-mac':
      return new CodedError('CertificateUnreadable', `${file} is not imported.`, {
        reason: text,
        fix: `${command}${passwordFile === undefined ? '' : ` -PasswordFile ${shellWord(passwordFile)}`} -Force`,
        target: file,
      });
    default:
      return new CodedError('CertificateUnreadable', `${file} cannot be imported.`, {
        reason: text,
        fix:
          kind === 'request'
            ? [`xgw show-certificaterequest -Path ${shellWord(file)}`, 'xgw get-certificaterequest']
            : `openssl x509 -in ${shellWord(file)} -noout -text`,
        target: file,
      });
  }
}
