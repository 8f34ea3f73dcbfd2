/**
 * The files that must never be seen or lost: private keys, certificate chains, password digests, the dialback secret, the local
 * test CA. One folder, 0700, files 0600, each written whole or not at all. A file that others can read is refused, not used.
 */
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { readCertificate } from '../certificates/certificate.ts';
import { type KeyPair, printPrivateKey } from '../certificates/key-pair.ts';
import type { LocalCa } from '../certificates/local-ca.ts';
import { type PemBlock, printCertificates, printPem, readPem } from '../certificates/pem.ts';
import { type DigestCredential, parseDigestCredential, printDigestCredential } from '../config/digest-credential.ts';
import { isCodedError } from '../primitives/errors.ts';
import { Secret } from '../primitives/secret.ts';
import { damagedKeyFile, type KeyFiles, keyFiles } from './key-files.ts';
import { isEncryptedKey, plainKeyOf, type Unlock, unlockedKeys } from './stored-key.ts';

export interface KeyStore {
  /** `keys/` under the store's folder; it exists after the first write. */
  readonly folder: string;
  /**
   * Durable when this returns. A request that was kept with the key stays with it.
   *
   * @param pem - What the file holds, such as the key encrypted; without it, the key as it is.
   * @param request - DER. In the same file: a crash leaves key and request, or neither.
   */
  saveKey(key: KeyPair, pem?: Secret, request?: Buffer): void;
  /**
   * An encrypted key is decrypted once, in 0.4 s.
   *
   * @returns undefined when there is no such key.
   * @throws CodedError `KeyFileExposed`, `KeyFileDamaged`, `StoreDenied`, `PasswordMissing`, `PasswordWrong`
   */
  readKey(publicKeySha256: string): KeyPair | undefined;
  isKeyEncrypted(publicKeySha256: string): boolean;
  /** SHA-256 of the public keys of all private keys. */
  keyNames(): readonly string[];
  /** Out of use, but in `keys/trash/` still: a private key has no second copy. */
  discardKey(publicKeySha256: string): void;
  /** DER, leaf first, root left out. */
  saveChain(thumbprint: string, chain: readonly Buffer[]): void;
  /** To `keys/trash/`. */
  discardChain(thumbprint: string): void;
  readChain(thumbprint: string): readonly Buffer[] | undefined;
  /** A later request for a key that the store has. */
  saveRequest(publicKeySha256: string, der: Buffer): void;
  readRequest(publicKeySha256: string): Buffer | undefined;
  /** @returns The random name to keep in the configuration. */
  saveCredential(credential: DigestCredential): string;
  readCredential(name: string): DigestCredential | undefined;
  discardCredential(name: string): void;
  /** 256 bits in hexadecimal, made at first use and the same for ever after. [XEP-0185 §3] */
  dialbackSecret(): Secret;
  /** In place of the one there is. @param hexadecimal - 64 digits. */
  saveDialbackSecret(hexadecimal: string): void;
  /** PEM with the authorities that were imported to be trusted. */
  readonly trustedRootsPath: string;
  /** In place of those there are. @param roots - DER. */
  saveTrustedRoots(roots: readonly Buffer[]): void;
  /** To `keys/trash/`; harmless when there are none. */
  discardTrustedRoots(): void;
  readLocalCa(): LocalCa | undefined;
  /** @returns The authority that is kept, which is another one when another process was faster. */
  saveLocalCa(ca: LocalCa): LocalCa;
}

const dialbackFile = 'dialback.secret';
const localCaFile = 'local-ca.pem';
const trustedRootsFile = 'trusted-roots.pem';

/**
 * Touches nothing until it is asked for something.
 *
 * @param storeFolder - The folder of `store.json`.
 * @param unlock - Gives the passphrase of encrypted keys; asked when the first of them is read.
 */
export function openKeyStore(storeFolder: string, unlock: Unlock = () => undefined): KeyStore {
  const files = keyFiles(path.join(storeFolder, 'keys'));
  const read = <T>(file: string, parse: (file: string, text: string) => T): T | undefined => {
    // Names come from a configuration that people can edit: they name files of this folder and no others.
    const text = isFileName(file) ? files.read(file) : undefined;
    return text === undefined ? undefined : parse(files.pathOf(file), text);
  };
  const write = (file: string, text: string): void => {
    assert(isFileName(file), `${file} is no name for a key file`);
    files.write(file, text);
  };
  const keyOf = unlockedKeys(unlock);
  /** A key file that cannot be read is about to be replaced. */
  const requestBeside = (name: string): Buffer | undefined => {
    try {
      return read(`${name}.key.pem`, requestOf);
    } catch (error) {
      if (!isCodedError(error)) throw error;
      return undefined;
    }
  };
  return {
    folder: files.folder,
    saveKey(key, pem = printPrivateKey(key), request = requestBeside(key.publicKeySha256)) {
      const also = request === undefined ? '' : printPem(requestLabel, request);
      write(`${key.publicKeySha256}.key.pem`, pem.reveal() + also);
    },
    readKey: (name) => read(`${name}.key.pem`, keyOf),
    isKeyEncrypted: (name) => read(`${name}.key.pem`, (_file, text) => isEncryptedKey(text)) === true,
    keyNames: () => files.list('.key.pem'),
    discardKey: (name) => files.discard(`${name}.key.pem`),
    saveChain: (name, chain) => write(`${name}.chain.pem`, printCertificates(chain)),
    discardChain: (name) => files.discard(`${name}.chain.pem`),
    readChain: (name) => read(`${name}.chain.pem`, dersOf),
    saveRequest: (name, der) => write(`${name}.request.pem`, printPem(requestLabel, der)),
    readRequest: (name) => read(`${name}.request.pem`, requestOf) ?? read(`${name}.key.pem`, requestOf),
    saveCredential(credential) {
      const name = randomBytes(16).toString('hex');
      write(`${name}.digest.json`, printDigestCredential(credential));
      return name;
    },
    readCredential: (name) => read(`${name}.digest.json`, credentialOf),
    discardCredential: (name) => files.remove(`${name}.digest.json`),
    dialbackSecret: () => dialbackSecretIn(files),
    saveDialbackSecret(hexadecimal) {
      assert(/^[0-9a-f]{64}$/.test(hexadecimal), 'a dialback secret is 256 bits in hexadecimal');
      files.write(dialbackFile, `${hexadecimal}\n`);
    },
    trustedRootsPath: path.resolve(files.pathOf(trustedRootsFile)),
    saveTrustedRoots: (roots) => files.write(trustedRootsFile, printCertificates(roots)),
    discardTrustedRoots() {
      if (existsSync(files.pathOf(trustedRootsFile))) files.discard(trustedRootsFile);
    },
    readLocalCa: () => read(localCaFile, localCaOf),
    saveLocalCa(ca) {
      const text = printPrivateKey(ca.key).reveal() + printCertificates([ca.certificate.der]);
      return localCaOf(files.pathOf(localCaFile), files.createOrRead(localCaFile, text));
    },
  };
}

function dialbackSecretIn(files: KeyFiles): Secret {
  const kept = files.read(dialbackFile) ?? files.createOrRead(dialbackFile, `${randomBytes(32).toString('hex')}\n`);
  if (!/^[0-9a-f]{64}\n$/.test(kept)) throw damagedKeyFile(files.pathOf(dialbackFile), 'it is not 256 bits');
  return new Secret(kept.trim());
}

const isFileName = (name: string): boolean => /^[0-9A-Za-z][0-9A-Za-z.-]{0,199}$/.test(name);

function blocksOf(file: string, text: string): readonly PemBlock[] {
  const blocks = readPem(text);
  if (!blocks.ok) throw damagedKeyFile(file, blocks.error);
  if (blocks.value.length === 0) throw damagedKeyFile(file, 'it has no PEM block');
  return blocks.value;
}

const dersOf = (file: string, text: string): readonly Buffer[] => blocksOf(file, text).map(({ der }) => der);

const requestLabel = 'CERTIFICATE REQUEST';

const requestOf = (file: string, text: string): Buffer | undefined =>
  blocksOf(file, text).find(({ label }) => label === requestLabel)?.der;

function localCaOf(file: string, text: string): LocalCa {
  const block = blocksOf(file, text).find(({ label }) => label === 'CERTIFICATE');
  const certificate = readCertificate(block?.der ?? Buffer.alloc(0));
  if (!certificate.ok) throw damagedKeyFile(file, certificate.error);
  return { key: plainKeyOf(file, text), certificate: certificate.value };
}

function credentialOf(file: string, text: string): DigestCredential {
  const credential = parseDigestCredential(text);
  if (!credential.ok) throw damagedKeyFile(file, credential.error);
  return credential.value;
}
