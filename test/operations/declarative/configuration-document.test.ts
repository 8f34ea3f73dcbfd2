import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { emptyConfiguration } from '../../../src/config/defaults.ts';
import { readConfigurationDocument } from '../../../src/operations/declarative/configuration-document.ts';
import { documentError } from '../../../src/operations/declarative/document-error.ts';
import { documentIn, fileOf, mistakesIn } from './a-document.ts';

const example = `  sipDomains:
    Contoso.com: { isDefault: true }
    emea.contoso.com: {}
  gateway:
    keepAliveInterval: 300
    dialbackPassphrase: { fromFile: /run/secrets/dialback }
  externalAccessPolicies:
    Global: { enableXmppAccess: true }
  federatedPartners:
    fabrikam.com: &defaults
      description: "partner since 2013"
      additionalDomains: [Corp.fabrikam.com]
      partnerType: Federated
      supportDialbackNegotiation: false
    adatum.org:
      proxyFqdn:
  certificates:
    edge-external: { type: ExternalEdge, request: { keySize: 2048, organization: Contoso, allSipDomain: true } }
  dns:
    expect: true`;

describe('a configuration file', () => {
  it('is read in the spelling of the store, with its owner, its secrets by name and its certificates', async () => {
    const { name, owner, desired, secrets, certificates } = await documentIn(fileOf(example));
    expect([name, owner]).toEqual(['edge01', 'git:infra/edge']);
    expect(desired).toEqual({
      sipDomains: { 'contoso.com': { isDefault: true }, 'emea.contoso.com': {} },
      gateway: { keepAliveInterval: 300 },
      externalAccessPolicies: { Global: { enableXmppAccess: true } },
      federatedPartners: {
        'fabrikam.com': {
          description: 'partner since 2013',
          additionalDomains: ['corp.fabrikam.com'],
          partnerType: 'Federated',
          supportDialbackNegotiation: false,
        },
        'adatum.org': { proxyFqdn: null },
      },
    });
    expect(secrets).toEqual([
      { section: 'gateway', identity: 'Global', fromFile: '/run/secrets/dialback', file: 'gateway.yaml' },
    ]);
    expect(certificates).toMatchObject([{ name: 'edge-external', type: 'ExternalEdge', request: { keySize: 2048 } }]);
  });

  it('may be JSON, and may use anchors', async () => {
    const json = { apiVersion: 'xgw/v1', kind: 'GatewayConfiguration', metadata: { owner: 'o' }, spec: {} };
    expect((await documentIn(JSON.stringify(json))).desired).toEqual({});
    const shared = `  federatedPartners:\n    a.com: &one { partnerType: Federated }\n    b.com: *one`;
    expect((await documentIn(fileOf(shared))).desired.federatedPartners?.['b.com']).toEqual({
      partnerType: 'Federated',
    });
  });

  it('says all its mistakes at once, in their order, each with line and column', async () => {
    const text = `apiVersion: xgw/v2
kind: GatewayConfiguration
metadata: { ownr: x }
spec:
  sipDomains:
    contoso.com: { isDefault: yes }
    contoso.com: {}
  gatway: {}
  federatedPartners:
    fabrikam.com:
      tlsNegotation: Required
      partnerType: federated
      additionalDomains: [a b]
    gmail.com:
      tlsNegotiation: NotSupported
      supportDialbackNegotiation: false
    bad_name: {}
  gateway:
    xmppPort: 99999
    sipMode: NextHop
    dialbackPassphrase: secret
  certificates:
    edge: { type: Outer }
  dns: { expect: maybe }
`;
    expect(await mistakesIn({ 'gateway.yaml': text })).toEqual([
      'gateway.yaml:1:13: apiVersion is xgw/v1, and nothing else.',
      'gateway.yaml:3:1: owner is missing: it says who owns what the file makes.',
      'gateway.yaml:3:13: "ownr" is not a known name; did you mean owner?',
      'gateway.yaml:6:31: isDefault is "yes", not of type boolean.',
      'gateway.yaml:7:5: the key "contoso.com" is there twice.',
      'gateway.yaml:8:3: "gatway" is not a known section; did you mean gateway?',
      'gateway.yaml:11:7: "tlsNegotation" is not a known setting; did you mean tlsNegotiation or saslNegotiation?',
      'gateway.yaml:12:20: partnerType is "federated"; allowed are Federated, PublicVerified, PublicUnverified.',
      'gateway.yaml:13:27: additionalDomains: "a b" is not a domain name.',
      'gateway.yaml:14:5: gmail.com is not valid: SASL needs TLS, and dialback is off, so no authentication method is left.',
      'gateway.yaml:17:5: "bad_name" is not a domain name.',
      'gateway.yaml:18:3: sipNextHop is missing, and sipMode is NextHop.',
      'gateway.yaml:19:15: xmppPort is 99999; the most is 65535.',
      'gateway.yaml:21:25: dialbackPassphrase is never in the file itself; write  dialbackPassphrase: { fromFile: path }.',
      'gateway.yaml:23:19: type of edge is one of ExternalEdge, InternalEdge, XmppServer, Default.',
      'gateway.yaml:24:18: expect is a text, not true or false.',
    ]);
  });

  it('shows the line with a caret under the mistake', async () => {
    const files = [{ file: 'gateway.yaml', text: fileOf('  gateway:\n    xmppPort: many') }];
    const read = await readConfigurationDocument(files, emptyConfiguration);
    const error = documentError(read.ok ? [] : read.error, files);
    expect([error.id, error.message]).toEqual([
      'FileNotValid',
      'gateway.yaml:6:15: xmppPort is "many", not of type integer.',
    ]);
    expect(error.excerpt).toEqual(['  |     xmppPort: many', `  | ${' '.repeat(14)}^`]);
  });

  it.each([
    ['what is no map', '[1]', /^g:1:1: it is no configuration/],
    ['nothing', '', /^g:1:1: it is no configuration/],
    ['a wrong form', 'a: [1', /^g:1:6: /],
    ['a section that is a list', fileOf('  sipDomains: [contoso.com]'), /^g:5:15: sipDomains is a list, not a map/],
    ["a store's own field", fileOf('  sipDomains:\n    a.com: { changed: {} }'), /"changed" is not a known setting/],
    ['a password', fileOf('  users:\n    sip:a@b.com: { credential: "00ff" }'), /"credential" is not a known setting/],
    ['an empty value', fileOf('  gateway:\n    xmppPort:'), /xmppPort is empty/],
    [
      'a user of a foreign domain',
      fileOf('  users:\n    alice@contoso.com: {}'),
      /:6:5: sip:alice@contoso.com is in no SIP domain/,
    ],
    [
      'users that differ in case',
      fileOf('  sipDomains: { b.com: {} }\n  users:\n    a@b.com: {}\n    A@b.com: {}'),
      /sip:A@b.com is there twice, at g:7:5 first/,
    ],
    [
      'a route without a hop',
      fileOf('  sipDomains: { a.com: {} }\n  sipRoutes:\n    a.com: {}'),
      /:7:5: nextHops is missing/,
    ],
    [
      'two default domains',
      fileOf('  sipDomains: { a.com: {isDefault: true}, b.com: {isDefault: true} }'),
      /:5:3: sipDomains has 2 default domains/,
    ],
    [
      'a domain of two partners',
      fileOf('  federatedPartners:\n    a.com: {}\n    b.com: { additionalDomains: [a.com] }'),
      /:7:5: b.com has the domain a.com, which a.com has too/,
    ],
  ])('refuses %s', async (_what, text, mistake) => {
    expect((await mistakesIn({ g: text })).join('\n')).toMatch(mistake);
  });

  it('refers to what the store has', async () => {
    const text = fileOf('  users:\n    alice@contoso.com: { displayName: Alice }');
    const domain = { identity: 'contoso.com', isDefault: true } as never;
    expect(await mistakesIn({ g: text }, { ...emptyConfiguration, sipDomains: { 'contoso.com': domain } })).toEqual([]);
  });

  it('stands for no more values than it may, whatever its aliases promise', async () => {
    const lines = Array.from(
      { length: 12 },
      (_, level) =>
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
    );
    const text = ['a: &a-1 [1]', ...lines].join('\n');
    expect((await mistakesIn({ g: text })).join()).toMatch(/more than 1000000 values/);
  });

  it('of several files is one document', async () => {
    const domains = fileOf('  sipDomains:\n    contoso.com: {}\n  gateway: { xmppPort: 5300 }');
    const partners = fileOf('  federatedPartners:\n    fabrikam.com: {}\n  gateway: { sipPort: 5400 }');
    const read = await readConfigurationDocument(
      [
        { file: 'a.yaml', text: domains },
        { file: 'b.yaml', text: partners },
      ],
      emptyConfiguration,
    );
    expect(read).toMatchObject({
      ok: true,
      value: { desired: { gateway: { xmppPort: 5300, sipPort: 5400 }, sipDomains: { 'contoso.com': {} } } },
    });
  });

  it('of several files says nothing twice, and has one owner', async () => {
    const one = fileOf('  sipDomains:\n    contoso.com: {}\n  gateway: { xmppPort: 5300 }');
    const other = fileOf('  sipDomains:\n    CONTOSO.com: {}\n  gateway: { xmppPort: 5301 }', 'somebody');
    expect(await mistakesIn({ 'a.yaml': one, 'b.yaml': other })).toEqual([
      'b.yaml:3:34: the owner is another one than that of a.yaml, git:infra/edge.',
      'b.yaml:6:5: contoso.com is there twice, at a.yaml:6:5 first.',
      'b.yaml:7:14: xmppPort is there twice, at a.yaml:7:14 first.',
    ]);
  });

  it('reading never throws, whatever the file says', async () => {
    const word = fc.constantFrom(
      'sipDomains',
      'gateway',
      'users',
      'a.com',
      'isDefault',
      'xmppPort',
      'owner',
      '__proto__',
    );
    const spec = fc.dictionary(
      word,
      fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.dictionary(word, fc.jsonValue({ maxDepth: 2 }))),
    );
    await fc.assert(
      fc.asyncProperty(spec, async (value) => {
        const file = { apiVersion: 'xgw/v1', kind: 'GatewayConfiguration', metadata: { owner: 'o' }, spec: value };
        const read = await readConfigurationDocument([{ file: 'g', text: JSON.stringify(file) }], emptyConfiguration);
        if (!read.ok) for (const { line, column } of read.error) expect(line > 0 && column > 0).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
