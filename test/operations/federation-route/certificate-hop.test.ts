import { afterAll, expect, it } from '@jest/globals';

import { type Certificate, readCertificate } from '../../../src/certificates/certificate.ts';
import type { CertificateRecord, Configuration } from '../../../src/config/configuration.ts';
import type { Examined } from '../../../src/operations/certificates/certificate-finding.ts';
import { certificateHop, judge } from '../../../src/operations/federation-route/certificate-hop.ts';
import type { Route } from '../../../src/operations/federation-route/route-hop.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { caExtensions, type Issued, OpensslPki } from '../../certificates/openssl-pki.ts';
import { fabrikam, openConfiguration } from '../../support/crossing.ts';
import { describeWithPeers, peers } from '../../support/needs-peer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describeWithPeers('the certificate on a route', [peers.openssl], () => {
  const pki = new OpensslPki();
  afterAll(() => pki.remove());

  const local = 'contoso.example' as DomainName;
  const other = 'adatum.example' as DomainName;
  const twoDomains: Configuration = {
    ...openConfiguration,
    sipDomains: { ...openConfiguration.sipDomains, [other]: { identity: other, isDefault: false } },
  };
  const dayMs = 86_400_000;
  const now = new Date(Date.now() + dayMs);
  const root = pki.issue({ subject: '/CN=Root', extensions: caExtensions, days: 1000 });
  const names = 'subjectAltName=DNS:contoso.example,DNS:adatum.example';
  const good = pki.issue({ issuer: root, extensions: [names, 'extendedKeyUsage=serverAuth'] });

  const certificateOf = ({ der }: Issued): Certificate => {
    const read = readCertificate(der);
    if (!read.ok) throw new Error(read.error);
    return read.value;
  };

  const examinedOf = (issued: Issued, changes: Partial<Examined> = {}): Examined => {
    const leaf = certificateOf(issued);
    const publicKeySha256 = leaf.publicKeySha256.toString('hex');
    const record: CertificateRecord = {
      thumbprint: 'AB12',
      friendlyName: 'edge',
      publicKeySha256,
      privateKeyExportable: false,
      keyEncrypted: false,
      localTestCa: false,
      assignedTo: ['ExternalEdge'],
    };
    return { usage: 'ExternalEdge', record, chain: [leaf], keySha256: publicKeySha256, problems: [], ...changes };
  };

  const around = { configuration: twoDomains, anchors: [root.der], now, served: undefined };

  it('is good when it names every domain, is for servers, has its key, and leads to an anchor', () => {
    const { result, target, detail } = judge(examinedOf(good), around, local);
    expect([result, target]).toEqual(['Success', 'AB12']);
    expect(detail).toContain('every SIP domain');
  });

  it('is good when its key is encrypted: the service, which is the next hop, opens it', () => {
    const locked = examinedOf(good, { keySha256: undefined, isKeyLocked: true });
    expect(judge(locked, around, local).result).toBe('Success');
  });

  it.each<[string, Issued, Partial<Examined>, RegExp]>([
    ['its file is gone', good, { chain: [], problems: ['the file is gone'] }, /file is gone/],
    ['its key is gone', good, { keySha256: undefined }, /private key is not in the store/],
    ['its key is another one', good, { keySha256: 'ab' }, /not for it/],
    [
      'it is for clients only',
      pki.issue({ issuer: root, extensions: [names, 'extendedKeyUsage=clientAuth'] }),
      {},
      /not for serverAuth/,
    ],
    ['its key is weak', pki.issue({ issuer: root, key: 'rsa1024', extensions: [names] }), {}, /1024/],
    [
      'it does not name the domain that speaks',
      pki.issue({ issuer: root, extensions: ['subjectAltName=DNS:adatum.example'] }),
      {},
      /does not name contoso\.example/,
    ],
  ])('fails when %s', (_, issued, changes, cause) => {
    const outcome = judge(examinedOf(issued, changes), around, local);
    expect(outcome.result).toBe('Failure');
    expect(outcome.cause).toMatch(cause);
    expect(outcome.fix).toMatch(/^xgw /);
  });

  it('fails when it has expired', () => {
    const outcome = judge(examinedOf(good), { ...around, now: new Date(Date.now() + 200 * dayMs) }, local);
    expect(outcome).toMatchObject({ result: 'Failure', cause: expect.stringContaining('expired') });
  });

  it.each<[string, () => ReturnType<typeof judge>, RegExp]>([
    [
      'another domain of ours is not named',
      () =>
        judge(
          examinedOf(pki.issue({ issuer: root, extensions: ['subjectAltName=DNS:contoso.example'] })),
          around,
          local,
        ),
      /does not name adatum\.example/,
    ],
    [
      'its authority is private',
      () => judge(examinedOf(good), { ...around, anchors: [] }, local),
      /issued|anchor|missing/,
    ],
    [
      'it ends within a month',
      () => judge(examinedOf(good), { ...around, now: new Date(Date.now() + 80 * dayMs) }, local),
      /more days/,
    ],
  ])('warns when %s, which only some partners mind', (_, look, cause) => {
    const outcome = look();
    expect(outcome.result).toBe('Warning');
    expect(outcome.cause).toMatch(cause);
    expect(outcome.fix).toMatch(/\S/);
  });

  it('is not needed where the partner uses dialback in clear, and missing where it does not', () => {
    const route: Route = {
      storeFolder: temporaryFolder(),
      configuration: openConfiguration,
      local,
      domain: fabrikam.identity,
      user: undefined,
      now,
      timeoutMs: 1000,
    };
    expect(certificateHop(route)).toMatchObject({ result: 'Failure', cause: 'no certificate is assigned' });
    const inClear = {
      ...fabrikam,
      tlsNegotiation: 'NotSupported' as const,
      saslNegotiation: 'NotSupported' as const,
      supportDialbackNegotiation: true,
    };
    const configuration = { ...openConfiguration, federatedPartners: { [fabrikam.identity]: inClear } };
    expect(certificateHop({ ...route, configuration })).toMatchObject({ result: 'Success' });
  });
});
