/** Whom we trust to vouch for a domain: the system's bundle where there is one, else those built into Node.js, and PEM files. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

import { CodedError } from '../primitives/errors.ts';
import { readPem } from './pem.ts';

export interface TrustAnchors {
  /** DER. The same Buffer objects as long as the source is the same, so that each is parsed once. */
  readonly ders: readonly Buffer[];
  /** Where they come from, with counts, for diagnosis. */
  readonly sources: readonly string[];
}

/** Debian and Alpine, Red Hat, SUSE, BSD and macOS. */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** Bytes of a PEM file with anchors; a full system bundle has 0.25 MB. */
const maxFileBytes = 4_194_304;

let system: TrustAnchors | undefined;

/** Read once per process. */
export function systemAnchors(): TrustAnchors {
  system ??= readSystemAnchors();
  return system;
}

function readSystemAnchors(): TrustAnchors {
  const bundle = systemBundles.find((path) => existsSync(path));
  const text = bundle === undefined ? rootCertificates.join('\n') : readFileSync(bundle, 'utf8');
  const blocks = readPem(text);
  const ders = blocks.ok ? blocks.value.map((block) => block.der) : [];
  return { ders, sources: [`${bundle ?? 'built into Node.js'} (${ders.length})`] };
}

/** @throws CodedError `FileNotFound`, or `CertificateUnreadable` when the file is no PEM file with certificates. */
export function fileAnchors(path: string): TrustAnchors {
  const blocks = readPem(readBounded(path));
  const ders = blocks.ok
    ? blocks.value.flatMap((block) => (block.label.endsWith('CERTIFICATE') ? [block.der] : []))
    : [];
  if (ders.length === 0)
    throw new CodedError('CertificateUnreadable', `${path} holds no trust anchors.`, {
      reason: blocks.ok ? 'it has no CERTIFICATE block' : blocks.error,
      fix: `openssl x509 -in ${path} -noout -subject`,
      target: path,
    });
  return { ders, sources: [`${path} (${ders.length})`] };
}

/** The text of the file, refusing a file that cannot be a list of anchors by its size. */
function readBounded(path: string): string {
  try {
    if (statSync(path).size <= maxFileBytes) return readFileSync(path, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'EACCES' ? 'permission denied' : 'it does not exist or is no file';
    throw new CodedError('FileNotFound', `The trust anchors in ${path} cannot be read.`, {
      reason,
      fix: `ls -l ${path}`,
      target: path,
      cause: error,
    });
  }
  throw new CodedError('CertificateUnreadable', `${path} is longer than ${maxFileBytes} bytes.`, { target: path });
}

export interface AnchorChoice {
  readonly useSystemRoots: boolean;
  /** PEM files, additional. */
  readonly paths: readonly string[];
}

export function trustAnchors({ useSystemRoots, paths }: AnchorChoice): TrustAnchors {
  const all = [...(useSystemRoots ? [systemAnchors()] : []), ...paths.map(fileAnchors)];
  return { ders: all.flatMap((one) => one.ders), sources: all.flatMap((one) => one.sources) };
}
