import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import { parseConfiguration } from '../../../src/config/parse-configuration.ts';
import { configurationChanges } from '../../../src/operations/declarative/configuration-change.ts';
import { declaredConfiguration } from '../../../src/operations/declarative/declared-configuration.ts';
import { withDesired } from '../../../src/operations/declarative/desired-configuration.ts';
import { documentEdits } from '../../../src/operations/declarative/document-update.ts';
import { exportedDocument } from '../../../src/operations/declarative/exported-document.ts';
import { plannedChanges } from '../../../src/operations/declarative/synced-configuration.ts';
import { printYaml } from '../../../src/primitives/yaml-document.ts';
import { editedYaml } from '../../../src/primitives/yaml-edit.ts';
import { documentIn, fileOf } from './a-document.ts';
import { someConfiguration } from './some-configuration.ts';

const exported = async (configuration: Configuration): Promise<string> =>
  await printYaml(exportedDocument(configuration, { name: 'edge01', sections: undefined }));
const settings = { takeOwnership: false, prune: false };

/** What a sync with taken ownership, and pruning, would still change, but for whose things are. */
async function differences(text: string, configuration: Configuration): Promise<readonly unknown[]> {
  const { owner, desired } = await documentIn(text, configuration);
  const after = declaredConfiguration(configuration, {
    owner,
    desired,
    takeOwnership: true,
    prune: true,
  }).configuration;
  return configurationChanges(configuration, after).filter(({ Property }) => Property !== 'Owner');
}

describe('an exported configuration', () => {
  it('is one that a store could hold, in these tests', () => {
    fc.assert(
      fc.property(someConfiguration, (configuration) => {
        const parsed = parseConfiguration(JSON.parse(JSON.stringify(configuration)));
        expect(parsed.ok ? [] : parsed.error).toEqual([]);
      }),
    );
  });

  it('applied to where it comes from adds, changes and deletes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(someConfiguration, async (configuration) => {
        const { owner, desired } = await documentIn(await exported(configuration), configuration);
        expect(plannedChanges(configuration, { owner, desired, ...settings })).toEqual([]);
        expect(plannedChanges(configuration, { owner, desired, ...settings, prune: true })).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('made by hand stays as it is to the letter: there is no revision', async () => {
    const byHand = { ...emptyConfiguration, gateway: { ...emptyConfiguration.gateway, keepAliveInterval: 77 } };
    const { owner, desired } = await documentIn(await exported(byHand), byHand);
    expect(declaredConfiguration(byHand, { owner, desired, ...settings }).configuration).toEqual(byHand);
  });

  it('imported into an empty store makes the same configuration, with the same owners', async () => {
    await fc.assert(
      fc.asyncProperty(someConfiguration, async (configuration) => {
        const { desired } = await documentIn(await exported(configuration));
        const again = withDesired(emptyConfiguration, desired, 'replace');
        expect(configurationChanges(configuration, again)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('holds no secret, and no name of one', async () => {
    const user = { identity: 'sip:a@b.com', displayName: '', survivableBranch: false, credential: 'c0ffee' };
    const gateway = { ...emptyConfiguration.gateway, dialbackPassphraseTime: '2026-11-22T09:14:00.000Z' };
    const text = await exported({ ...emptyConfiguration, users: { 'sip:a@b.com': user }, gateway });
    expect(text).toContain('sip:a@b.com: {}');
    expect(text).not.toMatch(/c0ffee|credential|assphrase/);
  });

  it('has the sections that were asked for', () => {
    const { spec } = exportedDocument(emptyConfiguration, { name: 'x', sections: ['gateway'] });
    expect(spec).toEqual({ gateway: {} });
  });
});

const commented = `# The edge.
apiVersion: xgw/v1
kind: GatewayConfiguration
metadata: { name: edge01, owner: "git:infra/edge" }   # the prune scope

spec:
  sipDomains:
    Contoso.com: { isDefault: true }
  gateway:      # Lync's names
    keepAliveInterval:   300     # seconds
  users:
  federatedPartners:

    # since 2013
    fabrikam.com:
      description: 'ERP'   # see CISO-114
      additionalDomains:
        - corp.fabrikam.com
    # gone soon
    gone.com: {}
    last.com: { partnerType: Federated, enableKeepAlive: false }
`;

describe('-Update', () => {
  const update = async (text: string, configuration: Configuration): Promise<string> => {
    const edited = await editedYaml(text, documentEdits(await documentIn(text, configuration), configuration));
    if (edited === undefined) throw new Error('not edited');
    return edited;
  };

  it('changes what differs, and leaves every other character of the file', async () => {
    const { desired } = await documentIn(commented);
    const base = withDesired(emptyConfiguration, desired, 'merge');
    const { 'gone.com': _gone, ...others } = base.federatedPartners;
    const [fabrikam, last] = [others['fabrikam.com'], others['last.com']];
    if (fabrikam === undefined || last === undefined) throw new Error('the file has both');
    const after = {
      ...base,
      gateway: { ...base.gateway, keepAliveInterval: 60, sipDigestSha256: true },
      federatedPartners: {
        'fabrikam.com': { ...fabrikam, description: "it's #1", additionalDomains: [] },
        'last.com': { ...last, enableKeepAlive: true, connectionLimit: 5 },
        'new.com': { ...last, identity: 'new.com' as never, partnerType: 'Federated' as const },
      },
      users: { 'sip:a@contoso.com': { identity: 'sip:a@contoso.com', displayName: 'A', survivableBranch: false } },
    };
    expect(await update(commented, after)).toBe(`# The edge.
apiVersion: xgw/v1
kind: GatewayConfiguration
metadata: { name: edge01, owner: "git:infra/edge" }   # the prune scope

spec:
  sipDomains:
    Contoso.com: { isDefault: true }
  gateway:      # Lync's names
    keepAliveInterval:   60     # seconds
    sipDigestSha256: true
  users:
    sip:a@contoso.com:
      displayName: A
  federatedPartners:

    # since 2013
    fabrikam.com:
      description: "it's #1"   # see CISO-114
      additionalDomains:
        []
    # gone soon
    last.com: { partnerType: Federated, enableKeepAlive: true, connectionLimit: 5 }
    new.com:
      partnerType: Federated
      tlsNegotiation: Required
      saslNegotiation: Required
      supportDialbackNegotiation: true
      enableKeepAlive: false
`);
  });

  it('changes nothing in a file that says what the store says', async () => {
    const { desired } = await documentIn(commented);
    const base = withDesired(emptyConfiguration, desired, 'merge');
    expect(documentEdits(await documentIn(commented, base), base)).toEqual([]);
  });

  it('leaves to other files what they own', async () => {
    const { desired } = await documentIn(commented);
    const base = withDesired(
      emptyConfiguration,
      { ...desired, federatedPartners: { 'other.com': { owner: 'git:other' } } },
      'merge',
    );
    expect(await update(commented, base)).not.toContain('other.com');
  });

  it('makes a file say what the store says, whatever both said before', async () => {
    await fc.assert(
      fc.asyncProperty(someConfiguration, someConfiguration, async (before, after) => {
        const file = {
          ...exportedDocument(before, { name: 'edge01', sections: undefined }),
          metadata: { owner: 'git:infra/edge' },
        };
        const text = await printYaml(file);
        const others = (map: Readonly<Record<string, { readonly owner?: string }>>) =>
          Object.values(map).some(({ owner }) => owner === 'git:other');
        fc.pre(!others(after.federatedPartners) && !others(after.users) && !others(after.externalAccessPolicies));
        expect(await differences(await update(text, after), after)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('in a file without anything yet, in braces as in lines', async () => {
    const domain = { identity: 'a.com' as never, isDefault: true };
    const store = { ...emptyConfiguration, sipDomains: { 'a.com': domain } };
    for (const spec of ['  sipDomains: {}', '  sipDomains:', '  sipDomains: # none', '  sipDomains: { }  # none']) {
      expect(await differences(await update(fileOf(spec), store), store)).toEqual([]);
    }
  });
});
