import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { type KeyPair, newKeyPair } from '../../src/certificates/key-pair.ts';
import { newLocalCa } from '../../src/certificates/local-ca.ts';
import { digestCredential } from '../../src/config/digest-credential.ts';
import { createFileAtomically, writeFileAtomically } from '../../src/primitives/atomic-file.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { openKeyStore } from '../../src/store/key-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newKey = (): Promise<KeyPair> => newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);
const codeOf = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return (error as { id?: string }).id ?? error;
  }
};

describe('the key store', () => {
  it('touches nothing until it is asked to keep something', () => {
    const folder = temporaryFolder();
    const keys = openKeyStore(folder);
    expect(keys.keyNames()).toEqual([]);
    expect(keys.readKey('0'.repeat(64))).toBeUndefined();
    expect(keys.readLocalCa()).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps a private key under the hash of its public half, for its owner only', async () => {
    const folder = temporaryFolder();
    const key = await newKey();
    openKeyStore(folder).saveKey(key);
    expect(openKeyStore(folder).keyNames()).toEqual([key.publicKeySha256]);
    expect(openKeyStore(folder).readKey(key.publicKeySha256)?.spki).toEqual(key.spki);
    expect(modeOf(path.join(folder, 'keys'))).toBe('700');
    expect(modeOf(path.join(folder, 'keys', `${key.publicKeySha256}.key.pem`))).toBe('600');
  });

  it('refuses a key file that others can read, naming the command that helps', async () => {
    const folder = temporaryFolder();
    const key = await newKey();
    const keys = openKeyStore(folder);
    keys.saveKey(key);
    const file = path.join(folder, 'keys', `${key.publicKeySha256}.key.pem`);
    chmodSync(file, 0o640);
    expect(() => keys.readKey(key.publicKeySha256)).toThrow(
      expect.objectContaining({ id: 'KeyFileExposed', fix: [`chmod 600 ${file}`] }),
    );
  });

  it('refuses to write into a folder that others can enter', async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'keys'));
    chmodSync(path.join(folder, 'keys'), 0o755);
    const key = await newKey();
    expect(codeOf(() => openKeyStore(folder).saveKey(key))).toBe('KeyFileExposed');
    expect(readdirSync(path.join(folder, 'keys'))).toEqual([]);
  });

  it('names a damaged file instead of using it', async () => {
    const folder = temporaryFolder();
    const key = await newKey();
    const keys = openKeyStore(folder);
    keys.saveKey(key);
    for (const content of ['', 'nonsense', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n']) {
      writeFileSync(path.join(folder, 'keys', `${key.publicKeySha256}.key.pem`), content);
      expect(codeOf(() => keys.readKey(key.publicKeySha256))).toBe('KeyFileDamaged');
    }
  });

  it('moves a key that is given up to the trash, and finds it no more', async () => {
    const folder = temporaryFolder();
    const key = await newKey();
    const keys = openKeyStore(folder);
    keys.saveKey(key);
    keys.discardKey(key.publicKeySha256);
    keys.discardKey(key.publicKeySha256);
    expect(keys.readKey(key.publicKeySha256)).toBeUndefined();
    expect(readdirSync(path.join(folder, 'keys', 'trash'))).toEqual([`${key.publicKeySha256}.key.pem`]);
  });

  it('makes the dialback secret once, of 256 bits, and shows it to nobody', () => {
    const folder = temporaryFolder();
    const first = openKeyStore(folder).dialbackSecret();
    expect(first.reveal()).toMatch(/^[0-9a-f]{64}$/);
    expect(openKeyStore(folder).dialbackSecret().reveal()).toBe(first.reveal());
    expect(JSON.stringify(first)).toBe('"[secret]"');
    expect(modeOf(path.join(folder, 'keys', 'dialback.secret'))).toBe('600');
  });

  it('keeps credentials under a name that says nothing, and forgets them', () => {
    const keys = openKeyStore(temporaryFolder());
    const credential = digestCredential('alice', 'contoso.com', new Secret('geheim'));
    const name = keys.saveCredential(credential);
    expect(name).toMatch(/^[0-9a-f]{32}$/);
    expect(keys.readCredential(name)).toEqual(credential);
    keys.discardCredential(name);
    expect(keys.readCredential(name)).toBeUndefined();
  });

  it('keeps the local CA that was first, whoever comes second', async () => {
    const folder = temporaryFolder();
    const [first, second] = [await newLocalCa(new Date()), await newLocalCa(new Date())];
    expect(openKeyStore(folder).saveLocalCa(first).key.publicKeySha256).toBe(first.key.publicKeySha256);
    expect(openKeyStore(folder).saveLocalCa(second).key.publicKeySha256).toBe(first.key.publicKeySha256);
  });

  it.each(['../../etc/passwd', '..', 'a/b', '', '.hidden', 'a\0b'])(
    'takes %j for no name of a file of its own',
    (name) => {
      const folder = temporaryFolder();
      const keys = openKeyStore(folder);
      writeFileSync(path.join(folder, 'outside.digest.json'), '{}');
      expect(keys.readCredential(name)).toBeUndefined();
      expect(keys.readKey(name)).toBeUndefined();
      expect(codeOf(() => keys.saveChain(name, []))).not.toBeUndefined();
      keys.discardCredential('../outside');
      expect(existsSync(path.join(folder, 'outside.digest.json'))).toBe(true);
    },
  );
});

describe('a file that is there whole or not at all', () => {
  it('replaces a file together with its mode, and leaves no temporary file', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'f');
    writeFileSync(file, 'old', { mode: 0o644 });
    writeFileAtomically({ path: file, data: 'new', mode: 0o600 });
    expect([readFileSync(file, 'utf8'), modeOf(file), readdirSync(folder)]).toEqual(['new', '600', ['f']]);
  });

  it('has its mode whatever the umask takes away', () => {
    const file = path.join(temporaryFolder(), 'f');
    const umask = process.umask(0o277);
    try {
      writeFileAtomically({ path: file, data: 'x', mode: 0o600 });
    } finally {
      process.umask(umask);
    }
    expect(modeOf(file)).toBe('600');
  });

  it('leaves the old file and no temporary one when the target cannot be replaced', () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, 'd', 'full'), { recursive: true });
    expect(() => writeFileAtomically({ path: path.join(folder, 'd'), data: 'x', mode: 0o600 })).toThrow();
    expect(readdirSync(folder)).toEqual(['d']);
  });

  it('does not follow a link to write, and replaces the link', () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'victim'), 'precious');
    symlinkSync(path.join(folder, 'victim'), path.join(folder, 'link'));
    writeFileAtomically({ path: path.join(folder, 'link'), data: 'x', mode: 0o600 });
    expect(readFileSync(path.join(folder, 'victim'), 'utf8')).toBe('precious');
  });

  it('is made by one of several only', () => {
    const file = path.join(temporaryFolder(), 'once');
    expect(createFileAtomically({ path: file, data: 'first', mode: 0o600 })).toBe(true);
    expect(createFileAtomically({ path: file, data: 'second', mode: 0o600 })).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('first');
  });
});
