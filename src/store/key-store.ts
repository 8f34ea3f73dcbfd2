/**
 * The files that must never be seen or lost: private keys, certificate chains, password digests, the dialback secret, the local
 * test CA. One folder, 0700, files 0600, each written whole or not at all. A file that others can read is refused, not used.
 */
import { strict as assert } from 'node:assert';
import { randomBytes } from 'node:crypto';
import path from 'node:path';

import { readCertificate } from '../certificates/certificate.ts';
import { type KeyPair, printPrivateKey, readPrivateKey } from '../certificates/key-pair.ts';
import type { LocalCa } from '../certificates/local-ca.ts';
import { type PemBlock, printCertificates, printPem, readPem } from '../certificates/pem.ts';
import { type DigestCredential, parseDigestCredential, printDigestCredential } from '../config/digest-credential.ts';
import { Secret } from '../primitives/secret.ts';
import { damagedKeyFile, keyFiles } from './key-files.ts';

export interface KeyStore {
  /** `keys/` under the store's folder; it exists after the first write. */
  readonly folder: string;
  /** Durable when this returns. */
  saveKey(key: KeyPair): void;
  /** @returns undefined when there is no such key. @throws CodedError `KeyFileExposed`, `KeyFileDamaged`, `StoreDenied` */
  readKey(publicKeySha256: string): KeyPair | undefined;
  /** SHA-256 of the public keys of all private keys. */
  keyNames(): readonly string[];
  /** Out of use, but in `keys/trash/` still: a private key has no second copy. */
  discardKey(publicKeySha256: string): void;
  /** DER, leaf first, root left out. */
  saveChain(thumbprint: string, chain: readonly Buffer[]): void;
  readChain(thumbprint: string): readonly Buffer[] | undefined;
  saveRequest(publicKeySha256: string, der: Buffer): void;
  readRequest(publicKeySha256: string): Buffer | undefined;
  /** @returns The random name to keep in the configuration. */
  saveCredential(credential: DigestCredential): string;
  readCredential(name: string): DigestCredential | undefined;
  discardCredential(name: string): void;
  /** 256 bits in hexadecimal, made at first use and the same for ever after. [XEP-0185 §3] */
  dialbackSecret(): Secret;
  readLocalCa(): LocalCa | undefined;
  /** @returns The authority that is kept, which is another one when another process was faster. */
  saveLocalCa(ca: LocalCa): LocalCa;
}

export function openKeyStore(storeFolder: string): KeyStore {
  const files = keyFiles(path.join(storeFolder, 'keys'));
  const dialbackFile = 'dialback.secret';
  const localCaFile = 'local-ca.pem';
  const readLocalCa = (): LocalCa | undefined => {
    const text = files.read(localCaFile);
    return text && localCaOf(files.pathOf(localCaFile), text);
  };
  return {
    folder: files.folder,
    saveKey: (key) => files.write(`${key.publicKeySha256}.key.pem`, printPrivateKey(key).reveal()),
    readKey(name) {
      const text = files.read(`${checked(name)}.key.pem`);
      return text && keyOf(files.pathOf(`${name}.key.pem`), text);
    },
    keyNames: () => files.list('.key.pem'),
    discardKey: (name) => files.discard(`${checked(name)}.key.pem`),
    saveChain: (name, chain) => files.write(`${checked(name)}.chain.pem`, printCertificates(chain)),
    readChain(name) {
      const text = files.read(`${checked(name)}.chain.pem`);
      return text && blocksOf(files.pathOf(`${name}.chain.pem`), text).map((block) => block.der);
    },
    saveRequest: (name, der) => files.write(`${checked(name)}.request.pem`, printPem('CERTIFICATE REQUEST', der)),
    readRequest(name) {
      const text = files.read(`${checked(name)}.request.pem`);
      return text && blocksOf(files.pathOf(`${name}.request.pem`), text)[0]?.der;
    },
    saveCredential(credential) {
      const name = randomBytes(16).toString('hex');
      files.write(`${name}.digest.json`, printDigestCredential(credential));
      return name;
    },
    readCredential(name) {
      const text = files.read(`${checked(name)}.digest.json`);
      return text && credentialOf(files.pathOf(`${name}.digest.json`), text);
    },
    discardCredential: (name) => files.remove(`${checked(name)}.digest.json`),
    dialbackSecret() {
      const kept = files.read(dialbackFile) ?? files.createOrRead(dialbackFile, `${randomBytes(32).toString('hex')}\n`);
      if (!/^[0-9a-f]{64}\n$/.test(kept))
        throw damagedKeyFile(files.pathOf(dialbackFile), 'it is not 256 bits in hexadecimal');
      return new Secret(kept.trim());
    },
    readLocalCa,
    saveLocalCa(ca) {
      const text = printPrivateKey(ca.key).reveal() + printCertificates([ca.certificate.der]);
      return localCaOf(files.pathOf(localCaFile), files.createOrRead(localCaFile, text));
    },
  };
}

/** Names come from the configuration, which people can edit: they name files in this folder and no others. */
function checked(name: string): string {
  assert(/^[0-9A-Za-z]{1,128}$/.test(name), 'a key file is named by hexadecimal digits');
  return name;
}

function keyOf(file: string, text: string): KeyPair {
  const key = readPrivateKey(new Secret(text));
  if (!key.ok) throw damagedKeyFile(file, key.error);
  return key.value;
}

function blocksOf(file: string, text: string): readonly PemBlock[] {
  const blocks = readPem(text);
  if (!blocks.ok) throw damagedKeyFile(file, blocks.error);
  if (blocks.value.length === 0) throw damagedKeyFile(file, 'it has no PEM block');
  return blocks.value;
}

function localCaOf(file: string, text: string): LocalCa {
  const block = blocksOf(file, text).find(({ label }) => label === 'CERTIFICATE');
  const certificate = readCertificate(block?.der ?? Buffer.alloc(0));
  if (!certificate.ok) throw damagedKeyFile(file, certificate.error);
  return { key: keyOf(file, text), certificate: certificate.value };
}

function credentialOf(file: string, text: string): DigestCredential {
  const credential = parseDigestCredential(text);
  if (!credential.ok) throw damagedKeyFile(file, credential.error);
  return credential.value;
}
