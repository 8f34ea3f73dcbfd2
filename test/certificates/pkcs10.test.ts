import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';

import { type CertificatePlan, serverProfile } from '../../src/certificates/certificate-profile.ts';
import { readCertificateRequest, readCertificateRequestFile } from '../../src/certificates/certificate-request.ts';
import { type KeyKind, newKeyPair } from '../../src/certificates/key-pair.ts';
import {
  differencesFromPlan,
  printCertificateRequest,
  requestFormats,
  writeCertificateRequest,
} from '../../src/certificates/pkcs10.ts';
import { planSubject } from '../../src/certificates/subject.ts';
import { parseCertificateName, planNames } from '../../src/certificates/subject-alternative-name.ts';
import { type DomainName, parseDomainName } from '../../src/primitives/domain-name.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'xgw-csr-'));
afterAll(() => rmSync(folder, { recursive: true }));

const domain = (text: string): DomainName => {
  const parsed = parseDomainName(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};

const subjectOf = (fields: Parameters<typeof planSubject>[0]) => {
  const subject = planSubject(fields);
  if (!subject.ok) throw new Error(subject.error.reason);
  return subject.value;
};

const plan: CertificatePlan = {
  subject: subjectOf({
    country: 'tw',
    state: 'Taiwan 臺灣',
    city: 'Zürich',
    organization: 'Contoso, "Ltd." & Söhne',
    organizationalUnit: 'IT = Ops',
    commonName: 'sip.contoso.com',
  }),
  names: planNames({
    accessEdgeFqdn: domain('sip.contoso.com'),
    sipDomains: [domain('contoso.com'), domain('bücher.example')],
    xmppDomains: [domain('contoso.com'), domain('bücher.example')],
    extra: ['webcon.contoso.com', 'contoso.com'],
    xmppNames: true,
  }),
  ...serverProfile('RSA', true),
  template: 'WebServer',
};

const rsa = await newKeyPair({ algorithm: 'RSA', rsaBits: 2048 });

/** What openssl and certtool say; both end with 0 whatever they think, so only their words count. */
const opensslSays = (file: string): string => {
  const { stdout, stderr } = spawnSync(
    'openssl',
    ['req', '-in', file, '-noout', '-text', '-verify', '-nameopt', 'utf8,sep_comma_plus_space'],
    { encoding: 'utf8' },
  );
  return stdout + stderr;
};
const certtoolSays = (file: string): string => {
  const { stdout, stderr } = spawnSync('certtool', ['--crq-info', '--infile', file], { encoding: 'utf8' });
  return stdout + stderr;
};
const written = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

describeWithPeers('a certificate request [RFC 2986]', [peers.openssl, peers.certtool], () => {
  const kinds: readonly (KeyKind & { readonly signature: string })[] = [
    { algorithm: 'RSA', rsaBits: 2048, signature: 'sha256WithRSAEncryption' },
    { algorithm: 'RSA', rsaBits: 3072, signature: 'sha256WithRSAEncryption' },
    { algorithm: 'ECDSA_P256', rsaBits: 2048, signature: 'ecdsa-with-SHA256' },
    { algorithm: 'ECDSA_P384', rsaBits: 2048, signature: 'ecdsa-with-SHA384' },
  ];
  it.each(kinds)('from a key of $algorithm $rsaBits verifies in openssl and GnuTLS', async (kind) => {
    const key = await newKeyPair(kind);
    const own = { ...plan, ...serverProfile(kind.algorithm, false) };
    const file = written(`${kind.algorithm}.csr`, printCertificateRequest(writeCertificateRequest(own, key), 'new'));
    const openssl = opensslSays(file);
    expect(openssl).toContain('Certificate request self-signature verify OK');
    expect(openssl).toContain(`Signature Algorithm: ${kind.signature}`);
    expect(certtoolSays(file)).toContain('Self signature: verified');
  });

  const der = writeCertificateRequest(plan, rsa);
  const file = written('all.csr', printCertificateRequest(der, 'new'));

  it('carries the subject in the order country to common name, as UTF-8', () => {
    const shown = opensslSays(file);
    for (const part of ['C=TW, ST=Taiwan 臺灣, L=Zürich', '& Söhne', 'IT = Ops', 'CN=sip.contoso.com'])
      expect(shown).toContain(part);
    const types = execFileSync('openssl', ['asn1parse', '-in', file], { encoding: 'utf8' });
    expect(types.match(/PRINTABLESTRING/g)).toHaveLength(1);
    expect(types.match(/UTF8STRING/g)?.length).toBeGreaterThanOrEqual(5);
    expect(types).not.toContain('T61STRING');
  });

  it('carries the names in order, as A-labels, without duplicates', () => {
    const names = [
      'sip.contoso.com',
      'sip.xn--bcher-kva.example',
      'contoso.com',
      'xn--bcher-kva.example',
      'webcon.contoso.com',
    ];
    expect(opensslSays(file)).toContain(names.map((name) => `DNS:${name}`).join(', '));
  });

  it('carries SRVName and XmppAddr so that openssl and GnuTLS can read them', () => {
    expect(opensslSays(file)).toContain('othername: SRVName::_xmpp-server.contoso.com');
    const gnutls = certtoolSays(file);
    expect(gnutls).toContain('XMPP Address: bücher.example');
    expect(gnutls).toContain('_xmpp-server.contoso.com');
  });

  it('carries key usage, purposes, key identifier and template, and nothing else', () => {
    const shown = opensslSays(file);
    expect(shown).toMatch(/X509v3 Key Usage: critical\s+Digital Signature, Key Encipherment/);
    expect(shown).toContain('TLS Web Server Authentication, TLS Web Client Authentication');
    expect(shown).toContain('X509v3 Subject Key Identifier');
    expect(shown).toContain('1.3.6.1.4.1.311.20.2');
    expect(shown.match(/X509v3 [A-Z]/g)).toHaveLength(4);
  });

  it('never asks for a signature by SHA-1 or MD5', () => {
    expect(opensslSays(file)).not.toMatch(/sha1With|md5With/i);
  });

  it('has four file forms, each of which reads back as the same request', () => {
    for (const format of requestFormats) {
      const read = readCertificateRequestFile(printCertificateRequest(der, format));
      expect(read.ok && read.value.der.equals(der)).toBe(true);
    }
  });

  it('in the form "new" is what certreq writes: NEW label and CRLF', () => {
    const text = printCertificateRequest(der, 'new').toString();
    expect(text).toMatch(/^-----BEGIN NEW CERTIFICATE REQUEST-----\r\n/);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(Math.max(...text.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(64);
  });

  it('without a subject marks the names critical', () => {
    const bare = writeCertificateRequest({ ...plan, subject: [] }, rsa);
    expect(opensslSays(written('bare.csr', printCertificateRequest(bare, 'pem')))).toContain(
      'Subject Alternative Name: critical',
    );
  });

  it('reads a request of openssl, and sees a wrong signature', () => {
    const path = join(folder, 'theirs.csr');
    execFileSync(
      'openssl',
      [
        'req',
        '-new',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-subj',
        '/CN=theirs',
        '-addext',
        'subjectAltName=DNS:theirs.example',
        '-outform',
        'DER',
        '-keyout',
        join(folder, 'theirs.key'),
        '-out',
        path,
      ],
      { stdio: 'ignore' },
    );
    const theirs = execFileSync('cat', [path]);
    expect(readCertificateRequest(theirs)).toMatchObject({ ok: true, value: { isSignatureValid: true } });
    theirs.writeUInt8(theirs.readUInt8(theirs.length - 1) ^ 1, theirs.length - 1);
    expect(readCertificateRequest(theirs)).toMatchObject({ ok: true, value: { isSignatureValid: false } });
  });

  it('is compared with its plan in every field', () => {
    const read = readCertificateRequest(der);
    if (!read.ok) throw new Error(read.error);
    const other = (change: Partial<CertificatePlan>) => differencesFromPlan(read.value, { ...plan, ...change }, rsa);
    expect(other({})).toEqual([]);
    expect(other({ subject: plan.subject.slice(1) })).toEqual(['subject']);
    expect(other({ names: plan.names.slice(1) })).toEqual(['subject alternative names']);
    expect(other({ keyUsage: ['digitalSignature'] })).toEqual(['key usage']);
    expect(other({ extendedKeyUsage: [] })).toEqual(['extended key usage']);
    expect(other({ template: undefined })).toEqual(['template', 'number of extensions']);
  });

  it('is not handed out when it reads back as something else than planned', () => {
    const named = (name: string) => ({ ...plan, names: [{ name: { kind: 'dns' as const, name }, reason: '' }] });
    expect(() => writeCertificateRequest(named('bücher.example'), rsa)).toThrow('does not read back');
    // The writer takes the lower octet only.
    expect(() => writeCertificateRequest(named('contos\u016f.example'), rsa)).toThrow('in subject alternative names');
  });

  it('refuses every other byte in place of each of its own: nothing in it is left unread', () => {
    for (let at = 0; at < der.length; at += 1) {
      const changed = Buffer.from(der);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      const read = readCertificateRequest(changed);
      expect([at, read.ok && read.value.isSignatureValid]).toEqual([at, false]);
    }
  });

  it('never throws on anything that is not a request', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(typeof readCertificateRequestFile(Buffer.from(bytes)).ok).toBe('boolean');
      }),
    );
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(der);
        changed.writeUInt8(changed.readUInt8(at) ^ flip, at);
        const read = readCertificateRequest(changed);
        expect(read.ok && read.value.isSignatureValid).toBe(false);
      }),
    );
  });
});

describe('the subject of a request', () => {
  it('refuses what a directory cannot hold, naming the parameter', () => {
    expect(planSubject({ country: 'Taiwan' })).toMatchObject({ ok: false, error: { parameter: 'Country' } });
    expect(planSubject({ organization: 'x'.repeat(65) })).toMatchObject({
      ok: false,
      error: { parameter: 'Organization' },
    });
    expect(planSubject({ city: 'a\u0000b' })).toMatchObject({ ok: false, error: { parameter: 'City' } });
  });

  it('counts characters, not bytes, and keeps 64 of any script', () => {
    expect(planSubject({ organization: '臺'.repeat(64) }).ok).toBe(true);
  });

  it('leaves out a common name that is too long for a directory', () => {
    expect(planSubject({ commonName: `${'a'.repeat(60)}.contoso.com` })).toEqual({ ok: true, value: [] });
  });
});

describe('a name on a certificate', () => {
  it.each([
    ['Contoso.COM.', 'contoso.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['*.contoso.com', '*.contoso.com'],
  ])('%s becomes %s', (given, expected) => {
    expect(parseCertificateName(given)).toEqual({ ok: true, value: expected });
  });

  it.each(['a_b.contoso.com', 'foo..bar', '192.0.2.1', '*.com', '*', 'a.*.com', 'x contoso.com', ''])(
    '%s is refused',
    (given) => {
      expect(parseCertificateName(given).ok).toBe(false);
    },
  );
});
