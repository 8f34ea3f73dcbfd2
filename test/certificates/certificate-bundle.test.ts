import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readCertificateBundle } from '../../src/certificates/certificate-bundle.ts';
import { printPem, readPem } from '../../src/certificates/pem.ts';
import { Secret } from '../../src/primitives/secret.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { caExtensions, OpensslPki } from './openssl-pki.ts';

describeWithPeers('what an authority returns', [peers.openssl], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());
  const root = pki.issue({ extensions: caExtensions });
  const leaf = pki.issue({ issuer: root });
  const openssl = (...args: readonly string[]): Buffer =>
    execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const count = async (bytes: Buffer, password?: Secret) => {
    const bundle = await readCertificateBundle(bytes, { password, acceptsMissingMac: false });
    return bundle.ok ? [bundle.value.certificates.length, bundle.value.keys.length] : bundle.error.text;
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

  it('is read with an encrypted key when the passphrase is right, and says so when it is not', async () => {
    const encrypted = openssl('pkcs8', '-topk8', '-in', leaf.keyFile, '-passout', 'pass:Pa55wörd');
    expect(await count(encrypted, new Secret('Pa55wörd'))).toEqual([0, 1]);
    expect(await count(encrypted, new Secret('wrong'))).toContain('password is wrong');
    expect(await count(encrypted)).toContain('no password was given');
  });

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
