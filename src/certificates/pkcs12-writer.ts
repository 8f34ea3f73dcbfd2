/**
 * Writes PKCS#12 (PFX, RFC 7292): a certificate, its chain and its private key under one password, certificates encrypted too.
 * `modern` needs Windows 10 1709 or Server 2016 and up; `legacy` is the one form that Windows Server 2012 R2 opens.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';

import type { Secret } from '../primitives/secret.ts';
import {
  bmp,
  type DerNode,
  encodeDer,
  existingDer,
  explicit,
  identifier,
  implicit,
  nullValue,
  octetString,
  sequence,
  set,
  smallInteger,
} from './der-writer.ts';
import type { KeyPair } from './key-pair.ts';
import { oid } from './object-identifiers.ts';
import { encryptLegacy, encryptModern } from './password-encryption-writer.ts';
import { deriveByPkcs12, pkcs12Password, purposes } from './pkcs12-key-derivation.ts';

export interface PfxToWrite {
  /** DER, leaf first. */
  readonly chain: readonly Buffer[];
  readonly key: KeyPair;
  readonly friendlyName: string;
  readonly password: Secret;
  readonly profile: PfxProfile;
}

export type PfxProfile = 'modern' | 'legacy';

/**
 * Iterations, three times per file. Windows and .NET refuse files that ask for more than 600 000 in all; old Windows expects 2000.
 */
const profiles = {
  modern: { encrypt: encryptModern, iterations: 100_000, hash: 'sha256', hashOid: oid.sha256, macLength: 32 },
  legacy: { encrypt: encryptLegacy, iterations: 2000, hash: 'sha1', hashOid: oid.sha1, macLength: 20 },
} as const;

export async function writePfx(pfx: PfxToWrite): Promise<Buffer> {
  const safe = encodeDer(sequence(await certificateContent(pfx), await keyContent(pfx)));
  const content = sequence(identifier(oid.data), explicit(0, octetString(safe)));
  return encodeDer(sequence(smallInteger(3), content, await macData(safe, pfx)));
}

async function certificateContent({ chain, friendlyName, password, profile }: PfxToWrite): Promise<DerNode> {
  const { encrypt, iterations } = profiles[profile];
  const bags = chain.map((der, index) => {
    const value = sequence(identifier(oid.x509Certificate), explicit(0, octetString(der)));
    return bag(oid.certificateBag, value, index === 0 ? attributes(chain, friendlyName) : undefined);
  });
  const { algorithm, data } = await encrypt(encodeDer(sequence(...bags)), password, iterations);
  const encrypted = sequence(identifier(oid.data), algorithm, implicit(0, data));
  return sequence(identifier(oid.encryptedData), explicit(0, sequence(smallInteger(0), encrypted)));
}

async function keyContent({ chain, key, friendlyName, password, profile }: PfxToWrite): Promise<DerNode> {
  const { encrypt, iterations } = profiles[profile];
  const plain = key.privateKey.export({ type: 'pkcs8', format: 'der' });
  const { algorithm, data } = await encrypt(plain, password, iterations);
  plain.fill(0);
  const shrouded = sequence(algorithm, octetString(data));
  const contents = encodeDer(sequence(bag(oid.shroudedKeyBag, shrouded, attributes(chain, friendlyName))));
  return sequence(identifier(oid.data), explicit(0, octetString(contents)));
}

const bag = (kind: string, value: DerNode, named: DerNode | undefined): DerNode =>
  sequence(identifier(kind), explicit(0, value), ...(named === undefined ? [] : [named]));

/** The same identifier on both says which key belongs to which certificate. A SET OF is in the order of its octets. [X.690 §11.6] */
function attributes([leaf = Buffer.alloc(0)]: readonly Buffer[], friendlyName: string): DerNode {
  const localKeyId = createHash('sha1').update(leaf).digest();
  const both = [
    sequence(identifier(oid.localKeyId), set(octetString(localKeyId))),
    ...(friendlyName === '' ? [] : [sequence(identifier(oid.friendlyName), set(bmp(friendlyName)))]),
  ].map(encodeDer);
  return set(...both.toSorted((left, right) => left.compare(right)).map(existingDer));
}

async function macData(safe: Buffer, { password, profile }: PfxToWrite): Promise<DerNode> {
  const { hash, hashOid, iterations, macLength } = profiles[profile];
  const salt = randomBytes(16);
  const derivation = { hash, password: pkcs12Password(password.reveal()), salt, iterations };
  const key = await deriveByPkcs12({ ...derivation, purpose: purposes.mac, length: macLength });
  const mac = createHmac(hash, key).update(safe).digest();
  const digestInfo = sequence(sequence(identifier(hashOid), nullValue()), octetString(mac));
  return sequence(digestInfo, octetString(salt), smallInteger(iterations));
}
