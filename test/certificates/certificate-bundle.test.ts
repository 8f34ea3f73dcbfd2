import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readCertificateBundle } from '../../src/certificates/certificate-bundle.ts';
import { encodeDer, identifier, octetString, sequence, smallInteger } from '../../src/certificates/der-writer.ts';
import { oid } from '../../src/certificates/object-identifiers.ts';
import { printPem, readPem } from '../../src/certificates/pem.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { caExtensions, OpensslPki } from './openssl-pki.ts';

describeWithPeers('what an authority returns', [peers.openssl, peers.certtool], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());
  const root = pki.issue({ extensions: caExtensions });
  const leaf = pki.issue({ issuer: root });
  const rsa = pki.issue({ issuer: root, key: 'rsa' });
  const openssl = (...args: readonly string[]): Buffer =>
    execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const count = async (bytes: Buffer, password?: Secret) => {
    const bundle = await readCertificateBundle(bytes, { password, acceptsMissingMac: false });
    return bundle.ok ? [bundle.value.certificates.length, bundle.value.keys.length] : bundle.error.text;
  };
  const kind = async (bytes: Buffer, password?: Secret) => {
    const bundle = await readCertificateBundle(bytes, { password, acceptsMissingMac: false });
    return bundle.ok ? 'read' : bundle.error.kind;
  };
  const both = join(pki.folder, 'both.pem');
  writeFileSync(both, leaf.pem + root.pem);
  const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

  it.each([
    ['one certificate in PEM', () => Buffer.from(leaf.pem), [1, 0]],
    [
      'a chain in PEM, with text around',
      () => Buffer.from(`Subject: x\r\n${leaf.pem}\n# the root\n${root.pem}`),
      [2, 0],
    ],
    ['the same certificate twice', () => Buffer.from(leaf.pem + leaf.pem), [1, 0]],
    ['DER', () => leaf.der, [1, 0]],
    ['base64 without armour', () => Buffer.from(`${leaf.der.toString('base64')}\r\n`), [1, 0]],
    ['PEM with CRLF and a byte order mark', () => Buffer.from(`\ufeff${leaf.pem.replaceAll('\n', '\r\n')}`), [1, 0]],
    ['PEM that Notepad saved as UTF-16', () => utf16(leaf.pem), [1, 0]],
    ['PEM in UTF-16 of the other order', () => utf16(leaf.pem).swap16(), [1, 0]],
    ['PEM in UTF-16 without a byte order mark', () => utf16(leaf.pem).subarray(2), [1, 0]],
    ['base64 in UTF-16', () => utf16(leaf.der.toString('base64')), [1, 0]],
    ['PEM after text that begins like DER', () => Buffer.from(`0 s:CN = x\n${leaf.pem}`), [1, 0]],
    [
      'PKCS#7 in PEM under the label of a certificate',
      () =>
        Buffer.from(openssl('crl2pkcs7', '-nocrl', '-certfile', both).toString().replaceAll('PKCS7', 'CERTIFICATE')),
      [2, 0],
    ],
    [
      'PKCS#7 in BER',
      () =>
        openssl(
          'cms',
          '-sign',
          '-stream',
          '-nodetach',
          '-outform',
          'DER',
          '-in',
          leaf.certFile,
          '-signer',
          leaf.certFile,
          '-inkey',
          leaf.keyFile,
          '-certfile',
          root.certFile,
        ),
      [2, 0],
    ],
    [
      'PKCS#7 in base64 without armour',
      () => Buffer.from(openssl('crl2pkcs7', '-nocrl', '-certfile', both, '-outform', 'DER').toString('base64')),
      [2, 0],
    ],
    [
      'a private key in DER',
      () => openssl('pkcs8', '-topk8', '-nocrypt', '-in', leaf.keyFile, '-outform', 'DER'),
      [0, 1],
    ],
    ['a private key in SEC 1 and DER', () => openssl('ec', '-in', leaf.keyFile, '-outform', 'DER'), [0, 1]],
    [
      'a private key in PKCS#1 and DER',
      () => openssl('rsa', '-in', rsa.keyFile, '-traditional', '-outform', 'DER'),
      [0, 1],
    ],
    [
      'a private key with a list of revoked certificates beside it',
      () =>
        Buffer.from(`-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n${readFileSync(leaf.keyFile, 'utf8')}`),
      [0, 1],
    ],
    ['PKCS#7 in PEM', () => openssl('crl2pkcs7', '-nocrl', '-certfile', both), [2, 0]],
    ['PKCS#7 in DER', () => openssl('crl2pkcs7', '-nocrl', '-certfile', both, '-outform', 'DER'), [2, 0]],
    [
      'a TRUSTED CERTIFICATE',
      () => openssl('x509', '-in', leaf.certFile, '-trustout', '-addtrust', 'serverAuth'),
      [1, 0],
    ],
    ['a certificate and its key', () => Buffer.from(leaf.pem + readFileSync(leaf.keyFile, 'utf8')), [1, 1]],
    [
      'a key of the older form with its parameters',
      () => Buffer.concat([openssl('ecparam', '-name', 'P-256'), openssl('ec', '-in', leaf.keyFile)]),
      [0, 1],
    ],
  ])('is read from %s', async (_, bytes, expected) => {
    expect(await count(bytes())).toEqual(expected);
  });

  const password = 'Pa55wörd';
  const topk8 = (...options: readonly string[]): Buffer =>
    openssl('pkcs8', '-topk8', '-in', leaf.keyFile, '-passout', `pass:${password}`, ...options);
  it.each([
    ['PBES2', () => topk8()],
    ['PBES2 in DER', () => topk8('-outform', 'DER')],
    ['PBES2 with AES-128 and SHA-512', () => topk8('-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA512')],
    ['PBES2 with 3DES', () => topk8('-v2', 'des3')],
    ['scrypt', () => topk8('-scrypt')],
    ['the 3DES of PKCS#12', () => topk8('-v1', 'PBE-SHA1-3DES')],
    [
      'AES as OpenSSL did it before PKCS#8',
      () => openssl('ec', '-in', leaf.keyFile, '-aes256', '-passout', `pass:${password}`),
    ],
    [
      '3DES as OpenSSL did it before PKCS#8',
      () => openssl('rsa', '-traditional', '-in', rsa.keyFile, '-des3', '-passout', `pass:${password}`),
    ],
    [
      'the cipher of certtool',
      () =>
        execFileSync('certtool', ['--to-p8', '--load-privkey', leaf.keyFile, '--password', password], {
          stdio: ['ignore', 'pipe', 'ignore'],
        }),
    ],
  ])(
    'is read with a key encrypted by %s when the password is right, and says so when it is not',
    async (_, encrypted) => {
      expect(await count(encrypted(), new Secret(password))).toEqual([0, 1]);
      for (const wrong of ['wrong', 'Pa55word', ''])
        expect(await kind(encrypted(), new Secret(wrong))).toBe('password-wrong');
      expect(await kind(encrypted())).toBe('password-missing');
    },
  );

  it('names an encryption that it cannot undo', async () => {
    const legacy = topk8('-v1', 'PBE-MD5-DES', '-provider', 'legacy', '-provider', 'default');
    expect(await count(legacy, new Secret(password))).toContain('PBE with MD5 and DES');
    const camellia = topk8('-v2', 'camellia-256-cbc');
    expect(await count(camellia, new Secret(password))).toContain('Camellia-256-CBC');
    const des = Buffer.from(
      openssl('ec', '-in', leaf.keyFile, '-aes256', '-passout', 'pass:x').toString().replace('AES-256-CBC', 'DES-CBC'),
    );
    expect(await count(des, new Secret('x'))).toContain('DES-CBC');
    const ssh = '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n';
    expect(await count(Buffer.from(ssh))).toContain('ssh-keygen');
  });

  it.each([0, 10_000_001, 2_147_483_647])(
    'refuses a key that asks for %i iterations, before any is done',
    async (count) => {
      const derivation = sequence(identifier(oid.pbkdf2), sequence(octetString(Buffer.alloc(16)), smallInteger(count)));
      const cipher = sequence(identifier(oid.aes256Cbc), octetString(Buffer.alloc(16)));
      const algorithm = sequence(identifier(oid.pbes2), sequence(derivation, cipher));
      const key = encodeDer(sequence(algorithm, octetString(Buffer.alloc(64))));
      expect(await readCertificateBundle(key, { password: new Secret('x'), acceptsMissingMac: false })).toMatchObject({
        ok: false,
        error: { kind: 'unreadable', text: expect.stringContaining('iterations') },
      });
    },
  );

  it('is refused with the reason when it is something else', async () => {
    expect(await count(Buffer.from('hello'))).toContain('neither PEM nor DER');
    expect(await count(Buffer.from(leaf.pem.replace('-----END', '----END')))).toContain('no end');
    expect(await count(openssl('req', '-new', '-key', leaf.keyFile, '-subj', '/CN=x'))).toContain(
      'certificate request',
    );
    const weak = pki.issue({ key: 'rsa1024', extensions: caExtensions });
    expect(await count(readFileSync(weak.keyFile))).toContain('1024 bits');
  });

  it('never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        expect(typeof (await readCertificateBundle(Buffer.from(bytes))).ok).toBe('boolean');
      }),
    );
  });
});

describeWithPeers('PEM [RFC 7468]', [], () => {
  it('reads back what was written, whatever the length', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.constantFrom('\n' as const, '\r\n' as const),
        (bytes, end) => {
          const text = printPem('CERTIFICATE', bytes, end);
          expect(readPem(text)).toEqual({ ok: true, value: [{ label: 'CERTIFICATE', der: Buffer.from(bytes) }] });
          expect(text.split(end).every((line) => line.length <= 64)).toBe(true);
          expect(text).not.toContain(`${end}${end}`);
        },
      ),
    );
  });
});
