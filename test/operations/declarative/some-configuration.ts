/** Configurations that a store could hold, drawn at random: what an export and its reading must agree on. */
import fc from 'fast-check';

import type { Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration, gatewayDefaults, partnerDefaults, policyDefaults } from '../../../src/config/defaults.ts';
import { negotiations, partnerTypes } from '../../../src/config/federated-partner.ts';
import { negotiationOutcome } from '../../../src/config/negotiation.ts';

const owner = fc.constantFrom(undefined, 'git:infra/edge', 'git:other');
const text = fc.oneof(
  fc.constantFrom(
    '',
    'yes',
    'null',
    '1e3',
    '- a',
    '# no remark',
    'a: b',
    "it's",
    '"quoted"',
    ' spaces ',
    'é中',
    '*x',
    '{',
    '0x1F',
  ),
  fc.string({ maxLength: 20, unit: 'grapheme-ascii' }),
);
const owned = <T extends object>(object: fc.Arbitrary<T>, fields: readonly string[]): fc.Arbitrary<T> =>
  fc.tuple(object, owner, fc.subarray([...fields])).map(([one, whose, declared]) => ({
    ...one,
    ...(whose === undefined ? {} : { owner: whose, declared: declared.toSorted() }),
  }));
/** Half of the settings are there; none is undefined. */
const some = <T extends object>(settings: { readonly [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(settings, { requiredKeys: [] });

const partner = owned(
  some({
    description: text,
    partnerType: fc.constantFrom(...partnerTypes),
    tlsNegotiation: fc.constantFrom(...negotiations),
    saslNegotiation: fc.constantFrom(...negotiations),
    supportDialbackNegotiation: fc.boolean(),
    enableKeepAlive: fc.boolean(),
    enableBidi: fc.boolean(),
    connectionLimit: fc.integer({ min: 1, max: 100 }),
    proxyFqdn: fc.constantFrom('xmpp.example', '[2001:db8::1]:5269'),
    allowInsecure: text.filter((reason) => reason !== ''),
  })
    .map((settings) => ({ ...partnerDefaults, ...settings }))
    .filter((settings) => negotiationOutcome(settings).class !== 'Invalid'),
  ['description', 'partnerType', 'connectionLimit'],
);
const policy = owned(
  some({ description: text, enableXmppAccess: fc.boolean(), enableFederationAccess: fc.boolean() }).map((settings) => ({
    ...policyDefaults,
    ...settings,
  })),
  ['enableXmppAccess'],
);
const user = owned(
  some({ displayName: text, survivableBranch: fc.boolean(), site: fc.constant('Taipei') }).map((settings) => ({
    displayName: '',
    survivableBranch: false,
    ...settings,
  })),
  ['displayName'],
);
const gateway = owned(
  some({
    keepAliveInterval: fc.integer({ min: 1, max: 86_400 }),
    dnsServers: fc.uniqueArray(fc.constantFrom('192.0.2.1', '[2001:db8::53]:5353')),
    accessEdgeFqdn: fc.constant('edge.contoso.com'),
    useSystemRoots: fc.boolean(),
  }).map((settings) => ({ ...gatewayDefaults, ...settings })),
  ['keepAliveInterval', 'useSystemRoots'],
);

const named = <T extends object>(identities: readonly string[], object: fc.Arbitrary<T>) =>
  fc
    .tuple(
      fc.subarray([...identities]),
      fc.array(object, { minLength: identities.length, maxLength: identities.length }),
    )
    .map(([chosen, objects]) =>
      Object.fromEntries(chosen.toSorted().map((identity, index) => [identity, { identity, ...objects[index] }])),
    );

/** Valid, with objects of several owners and of none. */
export const someConfiguration: fc.Arbitrary<Configuration> = fc
  .record({
    federatedPartners: named(['a.example', 'b.example', 'xn--bcher-kva.example'], partner),
    users: named(['sip:alice@contoso.com', 'sip:Bob.1@emea.contoso.com'], user),
    externalAccessPolicies: named(['site:Taipei', 'tag:Fed Pic'], policy),
    global: policy,
    gateway,
    domain: owned(fc.constant({ identity: 'contoso.com', isDefault: true }), ['isDefault']),
    other: owned(fc.constant({ identity: 'emea.contoso.com', isDefault: false }), []),
    allowFederatedUsers: fc.boolean(),
  })
  .map(({ global, domain, other, allowFederatedUsers, ...drawn }) => ({
    ...emptyConfiguration,
    ...drawn,
    externalAccessPolicies: { Global: { identity: 'Global', ...global }, ...drawn.externalAccessPolicies },
    sipDomains: { 'contoso.com': domain, 'emea.contoso.com': other },
    accessEdge: { allowFederatedUsers },
  })) as unknown as fc.Arbitrary<Configuration>;
