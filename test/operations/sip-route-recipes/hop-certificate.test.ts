/** What a pool would say of our certificate: with certificates of our own test CA, of each kind. */
import { describe, expect, it } from '@jest/globals';

import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { issueFromLocalCa, newLocalCa } from '../../../src/certificates/local-ca.ts';
import { oid } from '../../../src/certificates/object-identifiers.ts';
import type { CertificateRecord, CertificateUsage, Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration, sipRouteDefaults } from '../../../src/config/defaults.ts';
import { thumbprintOf } from '../../../src/operations/certificates/certificates.ts';
import { hopCertificate, ownFqdn } from '../../../src/operations/sip-route-recipes/hop-certificate.ts';
import { recipeFacts } from '../../../src/operations/sip-route-recipes/recipe-facts.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { openKeyStore } from '../../../src/store/key-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { failureOf } from '../failure-of.ts';

const now = new Date();
const ca = await newLocalCa(now);
const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
const keys = openKeyStore(temporaryFolder());

interface Wanted {
  readonly usage: CertificateUsage;
  readonly commonName?: string;
  readonly names: readonly string[];
  readonly forClients?: boolean;
  readonly localTestCa?: boolean;
}

function certificate({ usage, commonName, names, forClients = true, localTestCa = false }: Wanted): CertificateRecord {
  const plan = {
    subject: commonName === undefined ? [] : [{ type: oid.commonName, text: commonName }],
    names: names.map((name) => ({ name: { kind: 'dns', name } as const, reason: '' })),
    ...serverProfile('ECDSA_P256', forClients),
    template: undefined,
  };
  const leaf = issueFromLocalCa(ca, plan, key.spki, now);
  keys.saveChain(thumbprintOf(leaf), [leaf.der]);
  const { publicKeySha256 } = key;
  const thumbprint = thumbprintOf(leaf);
  return {
    thumbprint,
    friendlyName: usage,
    publicKeySha256,
    privateKeyExportable: true,
    localTestCa,
    assignedTo: [usage],
  };
}

const identity = 'contoso.com' as DomainName;
const route = { ...sipRouteDefaults, identity, nextHops: ['pool.contoso.com:5061;transport=tls'] };
const fqdn = 'sip.contoso.com' as DomainName;

function site(wanted: readonly Wanted[], gateway: Partial<Configuration['gateway']> = {}): Configuration {
  const records = wanted.map(certificate);
  return {
    ...emptyConfiguration,
    sipDomains: { [identity]: { identity, isDefault: true } },
    sipRoutes: { [identity]: route },
    certificates: Object.fromEntries(records.map((record) => [record.thumbprint, record])),
    gateway: { ...emptyConfiguration.gateway, accessEdgeFqdn: fqdn, ...gateway },
  };
}

const factsOf = (configuration: Configuration) => recipeFacts(configuration, route, { keys, now });
const good = { commonName: fqdn, names: [fqdn] } as const;

describe('the certificate, as a pool looks at it', () => {
  it('has the name of the gateway as its subject, no wildcard, and both purposes: nothing to say', () => {
    expect(factsOf(site([{ usage: 'InternalEdge', ...good }]))).toMatchObject({ fqdn, certificateDoubts: [] });
  });

  it.each<readonly [string, Omit<Wanted, 'usage'>, RegExp]>([
    [
      'another subject',
      { ...good, commonName: identity },
      /has the subject contoso\.com, and a pool takes the name of a peer/,
    ],
    ['no subject', { names: [fqdn] }, /has the subject , and/],
    ['a wildcard', { ...good, names: [fqdn, '*.contoso.com'] }, /has the wildcard \*\.contoso\.com/],
    ['one purpose', { ...good, forClients: false }, /is not for client authentication/],
    [
      'the local test CA',
      { ...good, localTestCa: true },
      /root the pool must trust: xgw export-certificate -CA local$/,
    ],
  ])('has %s: a warning, with what to type', (_, wanted, doubt) => {
    const { certificateDoubts: doubts } = factsOf(site([{ usage: 'InternalEdge', ...wanted }]));
    expect(doubts).toEqual([expect.stringMatching(doubt)]);
    expect(doubts[0]).toMatch(
      /: xgw (?:request-certificate -New -Type InternalEdge -ComputerFqdn sip\.contoso\.com|export)/,
    );
  });

  it('is that of the internal edge, unless clients of a home domain see it too', () => {
    const both = site([
      { usage: 'ExternalEdge', ...good, forClients: false },
      { usage: 'InternalEdge', ...good },
    ]);
    expect(factsOf(both).certificateDoubts).toEqual([]);
    const lab = 'lab.contoso.com' as DomainName;
    const halfHome = { ...both, sipDomains: { ...both.sipDomains, [lab]: { identity: lab, isDefault: false } } };
    expect(factsOf(halfHome).certificateDoubts).toEqual([expect.stringContaining('-Type ExternalEdge')]);
  });

  it('is not looked at for TCP', () => {
    const tcp = { ...route, nextHops: ['pool.contoso.com;transport=tcp'] };
    expect(recipeFacts(site([]), tcp, { keys, now })).toMatchObject({ certificateDoubts: [], port: 5060 });
    expect(factsOf(site([])).certificateDoubts).toEqual([expect.stringMatching(/^No certificate is assigned/)]);
  });
});

describe('the name of the gateway', () => {
  const nameIn = (configuration: Configuration): string =>
    ownFqdn(configuration, hopCertificate(configuration, keys, now));
  const internal = {
    usage: 'InternalEdge',
    commonName: 'xgw-int.contoso.com',
    names: ['xgw-int.contoso.com'],
  } as const;

  it('is AccessEdgeFqdn where the certificate has it, else the host in the certificate', () => {
    expect(nameIn(site([{ usage: 'InternalEdge', ...good }]))).toBe(fqdn);
    expect(nameIn(site([internal]))).toBe('xgw-int.contoso.com');
    expect(nameIn(site([]))).toBe(fqdn);
  });

  it('is never that of a SIP domain, nor a wildcard', () => {
    const { accessEdgeFqdn: _, ...nameless } = site([]).gateway;
    const named = (...names: readonly string[]): Configuration => ({
      ...site([{ usage: 'InternalEdge', commonName: identity, names }]),
      gateway: nameless,
    });
    expect(nameIn(named('*.contoso.com', identity, 'xgw.contoso.com'))).toBe('xgw.contoso.com');
    expect(failureOf(() => nameIn(named('*.contoso.com', identity))).id).toBe('AccessEdgeMissing');
  });
});

it('a gateway that does not listen for what the next hop speaks is told the setting', () => {
  const failure = failureOf(() => factsOf(site([], { sipTlsPort: 0 })));
  expect(failure).toMatchObject({ id: 'InvalidValue', fix: ['xgw set-xmppgatewayconfiguration -SipTlsPort 5061'] });
});

it('partners come with their additional domains; a listen address that means all is none', () => {
  const partner = { identity: 'fabrikam.com', additionalDomains: ['corp.fabrikam.com'] } as never;
  const configuration = { ...site([], { sipListenAddress: '::' }), federatedPartners: { 'fabrikam.com': partner } };
  expect(factsOf(configuration)).toMatchObject({
    partnerDomains: ['corp.fabrikam.com', 'fabrikam.com'],
    sipDomains: ['contoso.com'],
    address: undefined,
  });
  expect(factsOf(site([], { sipListenAddress: '192.0.2.10' })).address).toBe('192.0.2.10');
});
