/** From what the store says of an authority to the authority itself: its protocol, the roots it is believed under, its password. */
import { readFile } from 'node:fs/promises';

import { fileAnchors, systemAnchors } from '../../certificates/trust-anchors.ts';
import type { CertificateRenewal } from '../../config/certificate-renewal.ts';
import { realClock } from '../../primitives/clock.ts';
import { CodedError, systemErrorCode } from '../../primitives/errors.ts';
import type { Secret } from '../../primitives/secret.ts';
import { visibleText } from '../../primitives/visible-text.ts';
import { readGivenSecret } from '../given-secret.ts';
import { acmeAuthorityOf } from './acme/acme-settings.ts';
import type { Person } from './acme/dns-by-hand.ts';
import { parseAuthorityName } from './authority-name.ts';
import { estAuthority } from './est/est-authority.ts';
import type { EstCredentials } from './est/est-exchange.ts';
import type { OnlineAuthority } from './online-authority.ts';

export interface AuthorityPorts {
  now(): Date;
  /** Accounts and orders lie in its folder. */
  readonly store: { readonly folder: string };
  /** Does what a challenge demands by hand; absent: nobody is there. */
  readonly person?: Person | undefined;
  /** One sentence for the administrator; absent: nobody hears it. */
  warn?(sentence: string): void;
}

/** @throws CodedError `InvalidValue`, `FileNotFound`, `CertificateUnreadable`, `KeyFileExposed` */
export async function authorityFor(renewal: CertificateRenewal, ports: AuthorityPorts): Promise<OnlineAuthority> {
  const name = parseAuthorityName(renewal.authority);
  if (!name.ok) throw new CodedError('InvalidValue', name.error);
  const { protocol, url } = name.value;
  const roots = renewal.rootsPath === undefined ? systemAnchors().ders : fileAnchors(renewal.rootsPath).ders;
  if (protocol === 'est') return estAuthority({ url, roots, credentials: await estCredentials(renewal) }, ports.now);
  return await acmeAuthorityOf({ directoryUrl: url, roots }, renewal.acme ?? {}, {
    storeFolder: ports.store.folder,
    clock: realClock,
    environment: process.env,
    person: ports.person,
    warn: (sentence) => ports.warn?.(visibleText(sentence)),
    readSecret,
  });
}

/** A password without a user name goes with the empty one. [RFC 7030 §3.2.3] */
async function estCredentials({ est }: CertificateRenewal): Promise<EstCredentials | undefined> {
  if (est?.passwordFile === undefined) return undefined;
  return { userName: est.userName ?? '', password: await readSecret(est.passwordFile) };
}

const readSecret = async (file: string): Promise<Secret> => await readGivenSecret(file, { force: false, readInput });

async function readInput(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CodedError('FileNotFound', `The secret for the authority cannot be read from ${path}.`, {
      reason: systemErrorCode(error) ?? 'unknown',
      fix: `ls -l ${path}`,
      target: path,
      cause: error,
    });
  }
}
