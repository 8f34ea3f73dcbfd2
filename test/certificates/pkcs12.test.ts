import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

import { afterAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { readCertificateBundle } from '../../src/certificates/certificate-bundle.ts';
import { readDer } from '../../src/certificates/der.ts';
import {
  encodeDer,
  explicit,
  identifier,
  octetString,
  sequence,
  smallInteger,
} from '../../src/certificates/der-writer.ts';
import { readPrivateKey } from '../../src/certificates/key-pair.ts';
import { oid } from '../../src/certificates/object-identifiers.ts';
import { writePfx } from '../../src/certificates/pkcs12-writer.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { nested } from './nested-der.ts';
import { caExtensions, type Issued, OpensslPki } from './openssl-pki.ts';
import { PfxTools, withoutPem } from './pfx-tools.ts';
import { toBer } from './to-ber.ts';

const pki = new OpensslPki();
const tools = new PfxTools();
afterAll(() => {
  pki.remove();
  tools.remove();
});

/** Milliseconds: GnuTLS and NSS ask for 600 000 iterations, and the oldest algorithms do them seven times. */
const manyIterations = 120_000;

const open = async (bytes: Buffer, password: string | undefined, acceptsMissingMac = false) =>
  await readCertificateBundle(bytes, {
    password: password === undefined ? undefined : new Secret(password),
    acceptsMissingMac,
  });

/** Certificates, keys that belong to the first of them, and what it is called; or the refusal. */
async function found(bytes: Buffer, password: string | undefined, acceptsMissingMac = false) {
  const bundle = await open(bytes, password, acceptsMissingMac);
  if (!bundle.ok) return bundle.error;
  const { certificates, keys, friendlyNames } = bundle.value;
  const names = certificates.map((certificate) => certificate.publicKeySha256.toString('hex'));
  return {
    certificates: certificates.length,
    keys: keys.filter((key) => names.includes(key.publicKeySha256)).length,
    name: [...friendlyNames.values()][0],
  };
}

describeWithPeers('PKCS#12 files of others', [peers.openssl, peers.certtool, peers.pk12util], () => {
  const root = pki.issue({ extensions: caExtensions, subject: '/CN=Root' });
  const leaf = pki.issue({ issuer: root });
  const rsa = pki.issue({ issuer: root, key: 'rsa' });
  const whole = { certificates: 1, keys: 1, name: 'edge' };
  const named = ['-name', 'edge'];

  it.each<[string, Issued, string, readonly string[]]>([
    ['AES-256 and SHA-256', leaf, 'secret', []],
    ['an RSA key', rsa, 'secret', []],
    ['a password outside ASCII', leaf, 'Pa55wörd', []],
    ['a password outside the BMP', leaf, 'key 🔑', []],
    ['an empty password', leaf, '', []],
    [
      'AES-128, SHA-1 in the MAC',
      leaf,
      'secret',
      ['-keypbe', 'aes-128-cbc', '-certpbe', 'aes-128-cbc', '-macalg', 'sha1'],
    ],
    [
      'AES-192, SHA-384 in the MAC',
      leaf,
      'secret',
      ['-keypbe', 'aes-192-cbc', '-certpbe', 'aes-192-cbc', '-macalg', 'sha384'],
    ],
    ['SHA-512 in the MAC', leaf, 'secret', ['-macalg', 'sha512']],
    ['SHA-224 in the MAC', leaf, 'secret', ['-macalg', 'sha224']],
    ['3DES in PBES2', leaf, 'secret', ['-keypbe', 'des-ede3-cbc', '-certpbe', 'des-ede3-cbc']],
    ['3DES and SHA-1', leaf, 'Pa55wörd', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['3DES with two keys', leaf, 'secret', ['-keypbe', 'PBE-SHA1-2DES', '-certpbe', 'PBE-SHA1-2DES']],
    ['RC2-40 and 3DES, as old Windows writes it', rsa, 'Pa55wörd', ['-legacy']],
    ['RC2-40 and 3DES under an empty password', leaf, '', ['-legacy']],
    ['RC2-128', leaf, 'secret', ['-legacy', '-keypbe', 'PBE-SHA1-RC2-128', '-certpbe', 'PBE-SHA1-RC2-128']],
    ['certificates that are not encrypted', leaf, 'secret', ['-certpbe', 'NONE']],
    ['a key that is not encrypted', leaf, 'secret', ['-keypbe', 'NONE']],
    ['one iteration', leaf, 'secret', ['-iter', '1', '-nomaciter']],
    ['a hundred thousand iterations', leaf, 'secret', ['-iter', '100000']],
  ])('are read from openssl with %s', async (_, issued, password, options) => {
    expect(await found(tools.byOpenssl(issued, password, [...named, ...options]), password)).toEqual(whole);
  });

  it.each([
    ['AES-256', 'Pa55wörd', ['--pkcs-cipher', 'aes-256']],
    ['RC2-40', '', ['--pkcs-cipher', 'rc2-40']],
  ])(
    'are read from certtool with %s under %j',
    async (_, password, options) => {
      expect(await found(tools.byCerttool(leaf, password, options), password)).toEqual(whole);
    },
    manyIterations,
  );

  it.each([
    ['AES-256-CBC', 'Pa55wörd', 'SHA-256'],
    ['PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC', '', 'SHA-1'],
  ])(
    'are read from pk12util with %s under %j',
    async (cipher, password, hash) => {
      const pfx = tools.byPk12util(leaf, password, ['-c', cipher, '-C', cipher, '-M', hash]);
      expect(await found(pfx, password)).toEqual(whole);
    },
    manyIterations,
  );

  it('are read with the whole chain, in any order, in DER and in PEM', async () => {
    const pfx = tools.byOpenssl(leaf, 'x', ['-certfile', root.certFile, '-caname', 'Root', ...named]);
    expect(await found(pfx, 'x')).toMatchObject({ certificates: 2, keys: 1 });
    const pem = `-----BEGIN PKCS12-----\n${pfx.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END PKCS12-----\n`;
    expect(await found(Buffer.from(pem), 'x')).toMatchObject({ certificates: 2, keys: 1 });
  });

  it('are read in BER, as browsers and Java write it', async () => {
    const der = readDer(tools.byOpenssl(leaf, 'x', named));
    if (!der.ok) throw new Error(der.error);
    expect(await found(toBer(der.value), 'x')).toEqual(whole);
  });

  it('are refused without a MAC, unless they are wanted all the same', async () => {
    const pfx = tools.byOpenssl(leaf, 'x', ['-nomac', ...named]);
    expect(await found(pfx, 'x')).toMatchObject({ kind: 'without-mac', text: expect.stringContaining('no MAC') });
    expect(await found(pfx, 'x', true)).toEqual(whole);
    expect(await found(pfx, 'y', true)).toMatchObject({ kind: 'password-wrong' });
  });

  it('say whether the password is missing or wrong, and what else is', async () => {
    const pfx = tools.byOpenssl(leaf, 'secret');
    expect(await found(pfx, undefined)).toMatchObject({ kind: 'password-missing' });
    for (const wrong of ['', 'Secret', 'secret '])
      expect(await found(pfx, wrong)).toMatchObject({ kind: 'password-wrong' });
    expect(await found(tools.byOpenssl(leaf, ''), undefined)).toMatchObject({ keys: 1 });
    const refused = async (options: readonly string[]) => await found(tools.byOpenssl(leaf, 'x', options), 'x');
    const unsupported = async (text: string, options: readonly string[]) =>
      expect(await refused(options)).toMatchObject({ kind: 'unreadable', text: expect.stringContaining(text) });
    await unsupported('Camellia-256-CBC', ['-keypbe', 'camellia-256-cbc']);
    await unsupported('128-bit RC4', ['-legacy', '-certpbe', 'PBE-SHA1-RC4-128']);
    await unsupported('MD5', ['-macalg', 'md5']);
    await unsupported('more than 10000000', ['-iter', '11000000', '-certpbe', 'NONE', '-keypbe', 'NONE']);
  });
});

describeWithPeers('PKCS#12 files of ours', [peers.openssl, peers.certtool, peers.pk12util], () => {
  const root = pki.issue({ extensions: caExtensions, subject: '/CN=Root' });
  const made = async (issued: Issued, password: string, profile: 'modern' | 'legacy') => {
    const key = readPrivateKey(new Secret(readFileSync(issued.keyFile, 'utf8')));
    if (!key.ok) throw new Error(key.error);
    const chain = [issued.der, root.der];
    return await writePfx({ chain, key: key.value, friendlyName: 'Kante 1', password: new Secret(password), profile });
  };

  it.each([
    ['modern', 'ec', 'Pa55wörd'],
    ['modern', 'rsa', 'secret'],
    ['legacy', 'ec', 'secret'],
    ['legacy', 'rsa', 'Pa55wörd'],
  ] as const)(
    'are read by openssl, certtool, pk12util, node and ourselves: %s, %s, %s',
    async (profile, key, password) => {
      const issued = pki.issue({ issuer: root, key, subject: '/CN=edge.example' });
      const pfx = await made(issued, password, profile);
      const said = tools.open(pfx, password);
      const algorithm = profile === 'modern' ? 'PBES2, PBKDF2, AES-256-CBC' : 'pbeWithSHA1And3-KeyTripleDES-CBC';
      expect(said.openssl).toContain(profile === 'modern' ? 'MAC: sha256' : 'MAC: sha1');
      expect(said.openssl).toContain(`Shrouded Keybag: ${algorithm}`);
      expect(said.openssl).toContain(`PKCS7 Encrypted data: ${algorithm}`);
      expect(said.openssl).toContain('friendlyName: Kante 1');
      expect(said.openssl.match(/BEGIN (CERTIFICATE|PRIVATE KEY)/g)).toHaveLength(3);
      expect(said.certtool).toContain('Friendly name: Kante 1');
      expect(withoutPem(said.certtool)).not.toMatch(/error|fail/i);
      expect(said.pk12util).toContain('PKCS12 IMPORT SUCCESSFUL');
      expect(() => createSecureContext({ pfx, passphrase: password })).not.toThrow();
      expect(await found(pfx, password)).toEqual({ certificates: 2, keys: 1, name: 'Kante 1' });
    },
  );

  it('open with no other password', async () => {
    const pfx = await made(pki.issue({ issuer: root }), 'secret', 'modern');
    const said = tools.open(pfx, 'wrong');
    expect(said.openssl).toContain('Mac verify error');
    expect(said.certtool).toContain('Message Authentication Code verification failed');
    expect(said.pk12util).not.toContain('SUCCESSFUL');
    expect(await found(pfx, 'wrong')).toMatchObject({ kind: 'password-wrong' });
  });
});

describeWithPeers('a hostile file', [peers.openssl], () => {
  const leaf = pki.issue({ extensions: caExtensions });

  it('of 20 000 levels is an ordinary refusal, in DER and in BER, at once and inside a PKCS#12', async () => {
    const deep = nested(20_000);
    const indefinite = Buffer.concat([Buffer.alloc(40_000, Buffer.of(0x30, 0x80)), Buffer.alloc(40_000)]);
    const pfxAround = (inner: Buffer) =>
      encodeDer(sequence(smallInteger(3), sequence(identifier(oid.data), explicit(0, octetString(inner)))));
    for (const bytes of [deep, indefinite, pfxAround(deep), pfxAround(indefinite)])
      expect(await found(bytes, 'x', true)).toMatchObject({ kind: 'unreadable' });
  });

  it('that is cut short or changed anywhere is refused or read, and never thrown', async () => {
    const pfx = tools.byOpenssl(leaf, 'x', ['-iter', '1', '-nomaciter']);
    const bundle = Buffer.from(leaf.pem + readFileSync(leaf.keyFile, 'utf8'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(pfx, bundle, leaf.der),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.boolean(),
        async (file, at, octet, cuts) => {
          const index = at % file.length;
          const bytes = Buffer.from(cuts ? file.subarray(0, index) : file);
          if (!cuts) bytes.writeUInt8(octet, index);
          const read = await open(bytes, 'x', true);
          expect(typeof read.ok).toBe('boolean');
          if (file === pfx && cuts) expect(read.ok).toBe(false);
        },
      ),
      { numRuns: 1500 },
    );
  });
});
