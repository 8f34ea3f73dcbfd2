import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from '@jest/globals';

import { type CertificatePlan, serverProfile } from '../../src/certificates/certificate-profile.ts';
import { printDistinguishedName } from '../../src/certificates/distinguished-name.ts';
import { keyAlgorithms, newKeyPair } from '../../src/certificates/key-pair.ts';
import { issueFromLocalCa, localCaMark, newLocalCa } from '../../src/certificates/local-ca.ts';
import { validatePeer } from '../../src/certificates/peer-validation.ts';
import { printCertificates } from '../../src/certificates/pem.ts';
import { planNames } from '../../src/certificates/subject-alternative-name.ts';
import { type DomainName, parseDomainName } from '../../src/primitives/domain-name.ts';
import { describeWithPeers, peers } from '../support/needs-peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'xgw-ca-'));
afterAll(() => rmSync(folder, { recursive: true }));

const parsed = parseDomainName('contoso.example');
const contoso = (parsed.ok ? parsed.value : '') as DomainName;
const names = planNames({
  accessEdgeFqdn: undefined,
  sipDomains: [contoso],
  xmppDomains: [contoso],
  extra: [],
  xmppNames: true,
});
const now = new Date();
const ca = await newLocalCa(now);
const written = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const say = (command: string, ...args: readonly string[]): string => {
  const { stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  return stdout + stderr;
};
const rootFile = written('root.pem', printCertificates([ca.certificate.der]));

describeWithPeers('the local test CA', [peers.openssl, peers.certtool], () => {
  it.each(keyAlgorithms)('issues for a key of %s what openssl, GnuTLS and we accept', async (algorithm) => {
    const key = await newKeyPair({ algorithm, rsaBits: 2048 });
    const plan: CertificatePlan = { subject: [], names, ...serverProfile(algorithm, false), template: undefined };
    const leaf = issueFromLocalCa(ca, plan, key.spki, now);
    const file = written(`${algorithm}.pem`, printCertificates([leaf.der]));
    const openssl = say(
      'openssl',
      'verify',
      '-x509_strict',
      '-purpose',
      'sslserver',
      '-verify_hostname',
      contoso,
      '-CAfile',
      rootFile,
      file,
    );
    expect(openssl).toBe(`${file}: OK\n`);
    const gnutls = say(
      'certtool',
      '--verify',
      '--verify-hostname',
      contoso,
      '--load-ca-certificate',
      rootFile,
      '--infile',
      file,
    );
    expect(gnutls).toContain('The certificate is trusted');
    const question = { chain: [leaf.der], anchors: [ca.certificate.der], domain: contoso, now, pinnedSpkiSha256: [] };
    expect(validatePeer(question)).toMatchObject({ ok: true, identity: 'DNS:contoso.example' });
  });

  it('says what it is in its own name, so in every certificate it issues', () => {
    expect(printDistinguishedName(ca.certificate.subject)).toContain(localCaMark);
    expect(say('openssl', 'x509', '-in', rootFile, '-noout', '-subject')).toContain('LOCAL TEST CA');
  });

  it('cannot certify another authority', () => {
    expect(ca.certificate.extensions.basicConstraints).toEqual({ isCa: true, pathLength: 0 });
  });

  it('issues certificates of no authority, which name its key as it does itself', async () => {
    const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
    const plan: CertificatePlan = { subject: [], names, ...serverProfile('ECDSA_P256', false), template: undefined };
    const leaf = issueFromLocalCa(ca, plan, key.spki, now);
    expect(leaf.extensions.basicConstraints).toEqual({ isCa: false, pathLength: undefined });
    expect(leaf.extensions.authorityKeyIdentifier).toEqual(ca.certificate.extensions.subjectKeyIdentifier);
    expect(leaf.notAfter.getTime() - leaf.notBefore.getTime()).toBeLessThan(398 * 86_400_000);
  });

  it('writes dates from 2050 on as the standard wants them', async () => {
    const later = await newLocalCa(new Date('2045-01-01T00:00:00Z'));
    const file = written('later.pem', printCertificates([later.certificate.der]));
    expect(say('openssl', 'asn1parse', '-in', file)).toMatch(/UTCTIME.*\n.*GENERALIZEDTIME/);
  });

  it('has another name in every store', async () => {
    const other = await newLocalCa(now);
    expect(printDistinguishedName(other.certificate.subject)).not.toBe(printDistinguishedName(ca.certificate.subject));
  });
});
