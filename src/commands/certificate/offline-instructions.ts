/** What an administrator does with a request file: for any authority, and word for word for Active Directory Certificate Services. */
import type { CertificateUsage } from '../../config/configuration.ts';
import { shellWord } from '../../primitives/shell-word.ts';

export interface RequestFileFacts {
  /** The file; `-` is standard output. */
  readonly output: string;
  /** Undefined: the authority is no Windows one, or its administrator chooses the template. */
  readonly template: string | undefined;
  readonly usages: readonly CertificateUsage[];
}

/** One line for each step. certreq runs on a Windows machine of the domain, so its lines are quoted as cmd and PowerShell read them. */
export function offlineInstructions({ output, template, usages }: RequestFileFacts): readonly string[] {
  const request = output === '-' ? 'edge.csr' : output;
  const type = `-Type ${usages.join(',')}`;
  const name = fileName(request).replace(/\.[^.]*$/, '');
  if (template === undefined)
    return [`Send the request to your authority, then: xgw import-certificate <what it returns> ${type}`];
  const [answer, chain] = [`${name}.cer`, `${name}.p7b`];
  const attribute = `-attrib "CertificateTemplate:${template}"`;
  return [
    `Copy ${fileName(request)} to a Windows machine of the domain, and there, as somebody who may enrol:`,
    `  certreq -submit ${attribute} "${fileName(request)}" "${answer}" "${chain}"`,
    'When it says "taken under submission", the CA has to issue it first; then, with the RequestId that it printed:',
    `  certreq -retrieve <RequestId> "${answer}" "${chain}"`,
    `Copy ${chain} back; it has the chain, ${answer} the certificate alone:`,
    `  xgw import-certificate ${shellWord(chain)} ${type}`,
  ];
}

/** Either kind of separator: the store may be on one system and the reader on another. */
const fileName = (path: string): string => path.split(/[/\\]/).at(-1) ?? path;
