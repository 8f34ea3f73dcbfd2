import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { readCertificate } from '../../src/certificates/certificate.ts';
import { readExtensions } from '../../src/certificates/certificate-extensions.ts';
import { readDer } from '../../src/certificates/der.ts';
import { printDistinguishedName } from '../../src/certificates/distinguished-name.ts';
import { printGeneralName } from '../../src/certificates/general-name.ts';
import { fileAnchors, systemAnchors, trustAnchors } from '../../src/certificates/trust-anchors.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { caExtensions, type Issued, OpensslPki } from './openssl-pki.ts';

describeWithPeers('the facts of a certificate [RFC 5280 §4.1]', [peers.openssl], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());
  const read = (issued: Issued) => {
    const certificate = readCertificate(issued.der);
    if (!certificate.ok) throw new Error(certificate.error);
    return certificate.value;
  };
  const extension = (...extensions: readonly string[]) => readCertificate(pki.issue({ extensions }).der);

  it('are those that openssl prints', () => {
    const issued = pki.issue({
      subject: '/C=TW/O=Contoso, Ltd./CN=sip.contoso.com',
      extensions: [
        ...caExtensions,
        'subjectAltName=DNS:a.example,IP:192.0.2.1,IP:2001:db8::1,URI:http://x/,email:a@b.example',
      ],
    });
    const certificate = read(issued);
    const openssl = (...what: readonly string[]) =>
      execFileSync('openssl', ['x509', '-in', issued.certFile, '-noout', ...what], { encoding: 'utf8' }).trim();
    expect(openssl('-serial')).toBe(`serial=${certificate.serialNumber.toUpperCase()}`);
    expect(openssl('-enddate', '-dateopt', 'iso_8601')).toBe(
      `notAfter=${certificate.notAfter.toISOString().replace('T', ' ').replace('.000', '')}`,
    );
    expect(printDistinguishedName(certificate.subject)).toBe('CN=sip.contoso.com, O=Contoso, Ltd., C=TW');
    expect(certificate.extensions.subjectAlternativeNames.map(printGeneralName)).toEqual([
      'DNS:a.example',
      'IP:192.0.2.1',
      'IP:2001:0db8:0000:0000:0000:0000:0000:0001',
      'URI:http://x/',
      'email:a@b.example',
    ]);
    const key = execFileSync('openssl', ['pkey', '-in', issued.keyFile, '-pubout', '-outform', 'DER']);
    expect(execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: key })).toEqual(
      certificate.publicKeySha256,
    );
  });

  it('are refused when the two algorithm fields differ', () => {
    const { der } = pki.issue({});
    const ecdsaSha256 = Buffer.from('2a8648ce3d040302', 'hex');
    const changed = Buffer.from(der);
    changed.writeUInt8(3, der.lastIndexOf(ecdsaSha256) + ecdsaSha256.length - 1);
    expect(readCertificate(changed)).toEqual({ ok: false, error: 'The two signature algorithm fields differ.' });
  });

  it.each([
    ['names that are no list of names', ['subjectAltName=DER:0500']],
    ['an empty list of names', ['subjectAltName=DER:3000']],
    ['a name with a NUL in it', ['subjectAltName=DER:300b820961002e6578616d706c']],
    ['a key usage that is no bit string', ['keyUsage=DER:0500']],
    ['an authority flag that is neither 00 nor ff', ['basicConstraints=DER:3003010101']],
    ['a path length without authority', ['basicConstraints=DER:3003020100']],
    ['purposes that are no identifiers', ['extendedKeyUsage=DER:30020500']],
    ['bytes after an extension', ['basicConstraints=DER:30000500']],
  ])('are refused with %s', (_, extensions) => {
    expect(extension(...extensions).ok).toBe(false);
  });

  it('are refused with an extension that stands there twice', () => {
    const der = readDer(Buffer.from('300906032a030404020500', 'hex'));
    if (!der.ok) throw new Error(der.error);
    expect(readExtensions([der.value]).ok).toBe(true);
    expect(readExtensions([der.value, der.value])).toEqual({
      ok: false,
      error: 'The extension 1.2.3.4 stands there twice.',
    });
  });

  it('list what is critical and unknown', () => {
    const certificate = extension(
      '1.2.3.4=critical,DER:0500',
      'keyUsage=critical,digitalSignature',
      '1.2.3.5=DER:0500',
    );
    expect(certificate).toMatchObject({ ok: true, value: { extensions: { unknownCritical: ['1.2.3.4'] } } });
  });

  it('show terminal escapes as text', () => {
    expect(printDistinguishedName(read(pki.issue({ subject: '/CN=\u001b[31mred' })).subject)).toBe('CN=\\u{1b}[31mred');
  });
});

describe('trust anchors', () => {
  it('of the system are read once, and are certificates', () => {
    const { ders, sources } = systemAnchors();
    expect(ders.length).toBeGreaterThan(50);
    expect(sources).toEqual([expect.stringContaining(`(${ders.length})`)]);
    expect(systemAnchors().ders[0]).toBe(ders[0]);
    expect(ders.filter((der) => !readCertificate(der).ok)).toEqual([]);
  });

  it('can be those of a file alone', () => {
    const file = path.join(temporaryFolder(), 'roots.pem');
    const [first] = systemAnchors().ders;
    writeFileSync(file, `-----BEGIN CERTIFICATE-----\n${first?.toString('base64')}\n-----END CERTIFICATE-----\n`);
    expect(trustAnchors({ useSystemRoots: false, paths: [file] })).toEqual({ ders: [first], sources: [`${file} (1)`] });
    expect(trustAnchors({ useSystemRoots: true, paths: [file] }).ders.length).toBe(systemAnchors().ders.length + 1);
  });

  it('are refused when the file has none, naming it', () => {
    const file = path.join(temporaryFolder(), 'empty.pem');
    expect(() => fileAnchors(file)).toThrow(expect.objectContaining({ id: 'FileNotFound', target: file }));
    writeFileSync(file, 'nothing');
    expect(() => fileAnchors(file)).toThrow(expect.objectContaining({ id: 'CertificateUnreadable', target: file }));
  });
});
