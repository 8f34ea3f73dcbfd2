/**
 * Reads PKCS#12 (PFX, RFC 7292) in password mode: certificates, private keys of any kind, and the names people gave them. The
 * MAC is checked before anything inside is looked at; a file without one could be anybody's work and is refused unless wanted.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

import { ok, type Result, refuse } from '../primitives/result.ts';
import { Secret } from '../primitives/secret.ts';
import { octetsOf, readBer } from './ber.ts';
import { type DerElement, derTag } from './der.ts';
import { childrenOf, readOid, readSmallInteger, readText } from './der-values.ts';
import { type FileRefusal, unreadable } from './file-refusal.ts';
import { type KeyPair, readPkcs8 } from './key-pair.ts';
import { fileAlgorithmName, oid } from './object-identifiers.ts';
import {
  decryptWithPassword,
  type FilePassword,
  filePassword,
  maxIterations,
  spend,
  tooMuchWork,
  type WorkBudget,
} from './password-encryption.ts';
import { decryptPkcs8 } from './pkcs8.ts';
import { deriveByPkcs12, type Pkcs12Hash, purposes } from './pkcs12-key-derivation.ts';

export interface PfxCertificate {
  readonly der: Buffer;
  /** What Windows shows as the friendly name. */
  readonly friendlyName: string | undefined;
}

export interface PfxContents {
  readonly certificates: readonly PfxCertificate[];
  readonly keys: readonly KeyPair[];
}

/** How a file is to be opened. */
export interface FileOpening {
  /** Undefined: none was given; the empty password is tried. */
  readonly password: Secret | undefined;
  readonly acceptsMissingMac: boolean;
}

/** Whether DER is a PFX: version 3, then a ContentInfo. */
export const isPfx = ({ children: [version, content] }: DerElement): boolean =>
  readSmallInteger(version) === 3 && readOid(content?.children[0]) !== undefined;

/** @param top - What `isPfx` says yes to. */
export async function readPfx(top: DerElement, opening: FileOpening): Promise<Result<PfxContents, FileRefusal>> {
  const [, authSafe, macData] = top.children;
  const type = readOid(authSafe?.children[0]) ?? 'unknown';
  if (type !== oid.data) return unsupported(type);
  const safe = octetsOf(authSafe?.children[1]?.children[0]);
  const contents = safeContents(safe);
  if (safe === undefined || !contents.ok) return damaged;
  const budget: WorkBudget = { iterations: maxIterations };
  const password = await findPassword(safe, macData, opening, budget);
  return password.ok ? await openSafe(contents.value, { password: password.value, budget }) : password;
}

interface Opening {
  readonly password: FilePassword;
  readonly budget: WorkBudget;
}

async function openSafe(contents: DerElement, opening: Opening): Promise<Result<PfxContents, FileRefusal>> {
  const found: { certificates: PfxCertificate[]; keys: KeyPair[] } = { certificates: [], keys: [] };
  for (const info of contents.children) {
    const bags = await openContent(info, opening);
    if (!bags.ok) return bags;
    const problem = await collect(bags.value, found, opening);
    if (problem !== undefined) return problem;
  }
  return ok(found);
}

const damaged = unreadable('The PKCS#12 file is damaged.');
const unsupported = (name: string): Result<never, FileRefusal> =>
  unreadable(`The PKCS#12 file uses ${fileAlgorithmName(name)}, which is not supported.`);

/** The password in the form that fits the MAC. Some write the empty one as two octets, and some as none. [RFC 7292 Appendix B.1] */
async function findPassword(
  safe: Buffer,
  macData: DerElement | undefined,
  { password, acceptsMissingMac }: FileOpening,
  budget: WorkBudget,
): Promise<Result<FilePassword, FileRefusal>> {
  const given = filePassword(password ?? new Secret(''));
  if (macData === undefined)
    return acceptsMissingMac
      ? ok(given)
      : refuse({
          kind: 'without-mac',
          text: 'The PKCS#12 file has no MAC, so nothing shows whether somebody changed it.',
        });
  const mac = readMac(macData);
  if (!mac.ok) return mac;
  const forms = given.utf8.length > 0 ? [given] : [given, { ...given, bmp: Buffer.alloc(0) }];
  for (const form of forms) {
    if (!spend(budget, mac.value.iterations)) return tooMuchWork();
    if (await isRight(mac.value, safe, form)) return ok(form);
  }
  if (password === undefined)
    return refuse({ kind: 'password-missing', text: 'The PKCS#12 file has a password, and none was given.' });
  return refuse({ kind: 'password-wrong', text: 'The password is wrong; if it is right, the file is damaged.' });
}

interface Mac {
  readonly hash: Pkcs12Hash;
  readonly value: Buffer;
  readonly salt: Buffer;
  readonly iterations: number;
}

const macHashes = new Map<string, Pkcs12Hash>([
  [oid.sha1, 'sha1'],
  [oid.sha224, 'sha224'],
  [oid.sha256, 'sha256'],
  [oid.sha384, 'sha384'],
  [oid.sha512, 'sha512'],
]);

/** MacData: DigestInfo, salt, iterations DEFAULT 1. [RFC 7292 §4] */
function readMac(macData: DerElement): Result<Mac, FileRefusal> {
  const [digestInfo, saltElement, count] = childrenOf(macData, derTag.sequence) ?? [];
  const name = readOid(digestInfo?.children[0]?.children[0]);
  const value = octetsOf(digestInfo?.children[1]);
  const salt = octetsOf(saltElement);
  const iterations = count === undefined ? 1 : readSmallInteger(count);
  if (name === undefined || value === undefined || salt === undefined || iterations === undefined) return damaged;
  const hash = macHashes.get(name);
  return hash === undefined ? unsupported(name) : ok({ hash, value, salt, iterations });
}

async function isRight({ hash, value, salt, iterations }: Mac, safe: Buffer, { bmp }: FilePassword): Promise<boolean> {
  const derivation = { hash, password: bmp, salt, iterations, purpose: purposes.mac, length: macLengths[hash] };
  const computed = createHmac(hash, await deriveByPkcs12(derivation))
    .update(safe)
    .digest();
  return computed.length === value.length && timingSafeEqual(computed, value);
}

/** Octets. */
const macLengths = { sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 } as const;

/** One ContentInfo of the AuthenticatedSafe, decrypted where it is encrypted: its SafeContents. [RFC 7292 §4.1] */
async function openContent(info: DerElement, { password, budget }: Opening): Promise<Result<DerElement, FileRefusal>> {
  const [typeElement, explicit] = info.children;
  const type = readOid(typeElement);
  const content = explicit?.children[0];
  if (type === oid.data) return safeContents(octetsOf(content));
  if (type !== oid.encryptedData) return type === undefined ? damaged : unsupported(type);
  const [, algorithm, data] = content?.children[1]?.children ?? [];
  const encrypted = octetsOf(data, implicitOctets);
  if (encrypted === undefined) return damaged;
  const plain = await decryptWithPassword(algorithm, encrypted, password, budget);
  return plain.ok ? safeContents(plain.value) : plain;
}

/** `[0] IMPLICIT OCTET STRING` */
const implicitOctets = 0x80;

function safeContents(bytes: Buffer | undefined): Result<DerElement, FileRefusal> {
  const read = bytes && readBer(bytes);
  return read?.ok && read.value.tag === derTag.sequence ? ok(read.value) : damaged;
}

/** Takes the bags out. @returns The refusal of the first that cannot be read. */
async function collect(
  bags: DerElement,
  found: { readonly certificates: PfxCertificate[]; readonly keys: KeyPair[] },
  { password, budget }: Opening,
): Promise<Result<never, FileRefusal> | undefined> {
  const waiting = [...bags.children];
  for (let bag = waiting.shift(); bag !== undefined; bag = waiting.shift()) {
    const [type, explicit, attributes] = bag.children;
    const value = explicit?.children[0];
    if (value === undefined) return damaged;
    const kind = readOid(type);
    if (kind === oid.safeContentsBag) waiting.push(...value.children);
    else if (kind === oid.certificateBag) found.certificates.push(...certificateIn(value, attributes));
    else if (kind === oid.keyBag || kind === oid.shroudedKeyBag) {
      const key = kind === oid.keyBag ? plainKey(value) : await decryptPkcs8(value, password, budget);
      if (!key.ok) return key;
      found.keys.push(key.value);
    }
  }
  return undefined;
}

function plainKey(value: DerElement): Result<KeyPair, FileRefusal> {
  const key = readPkcs8(value.raw);
  return key.ok ? key : unreadable(key.error);
}

/** CertBag: the kind of certificate, then its DER in an OCTET STRING. [RFC 7292 §4.2.3] */
function certificateIn(value: DerElement, attributes: DerElement | undefined): readonly PfxCertificate[] {
  const [kind, explicit] = value.children;
  const der = octetsOf(explicit?.children[0]);
  if (readOid(kind) !== oid.x509Certificate || der === undefined) return [];
  const named = attributes?.children.find(({ children: [name] }) => readOid(name) === oid.friendlyName);
  return [{ der, friendlyName: readText(named?.children[1]?.children[0]) }];
}
