/** The schema that editors get says of a file what the program says. */
import { describe, expect, it } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020.js';
import fc from 'fast-check';

import { emptyConfiguration } from '../../src/config/defaults.ts';
import { fileSchema, kindSchema, schemaKinds } from '../../src/config/file-schema.ts';
import { exportedDocument } from '../../src/operations/declarative/exported-document.ts';
import { readYaml } from '../../src/primitives/yaml-document.ts';
import { fileOf, mistakesIn } from '../operations/declarative/a-document.ts';
import { someConfiguration } from '../operations/declarative/some-configuration.ts';

const ajv = new Ajv2020.default({ strict: false, allErrors: true });
const accepts = ajv.compile(fileSchema);

const accepted = async (text: string): Promise<boolean> => {
  const read = await readYaml(text);
  return read.ok && accepts(read.value);
};

describe('the schema of the configuration file', () => {
  it('accepts whatever is exported', () => {
    fc.assert(
      fc.property(someConfiguration, (configuration) => {
        const document = exportedDocument(configuration, { name: 'edge01', sections: undefined });
        expect([accepts(document), accepts.errors]).toEqual([true, null]);
      }),
    );
  });

  it('accepts secrets by reference, certificates, and what is left empty', async () => {
    const spec = `  sipDomains: { contoso.com: }
  gateway: { dialbackPassphrase: { fromFile: /run/secrets/dialback }, sipNextHop: null }
  users: { "sip:a@contoso.com": { password: { fromFile: a.password } } }
  certificates: { edge: { type: ExternalEdge, request: { keySize: 2048, allSipDomain: true } } }
  dns: { expect: true }`;
    expect([await accepted(fileOf(spec)), await mistakesIn({ g: fileOf(spec) })]).toEqual([true, []]);
  });

  it.each([
    ['an unknown section', '  gatway: {}'],
    ['an unknown setting', '  gateway: { xmppport: 1 }'],
    ['a number that is too high', '  gateway: { xmppPort: 99999 }'],
    ['a word that is none of those', '  federatedPartners: { a.com: { partnerType: federated } }'],
    ['text for a switch', '  sipDomains: { a.com: { isDefault: yes } }'],
    ['a name that is no domain', '  federatedPartners: { bad_name: {} }'],
    ['a secret in the file', '  gateway: { dialbackPassphrase: secret }'],
    ['what only the store notes', '  users: { "sip:a@b.com": { credential: abc } }'],
    ['a null that says nothing', '  gateway: { xmppPort: null }'],
    ['an unknown certificate type', '  certificates: { e: { type: Outer } }'],
    ['an unknown setting of a request', '  certificates: { e: { type: Default, request: { bits: 1 } } }'],
  ])('refuses %s, as the program does', async (_what, spec) => {
    expect(await accepted(fileOf(spec))).toBe(false);
    expect(await mistakesIn({ g: fileOf(spec) }, emptyConfiguration)).not.toEqual([]);
  });

  it('refuses a file without an owner', async () => {
    expect(await accepted('apiVersion: xgw/v1\nkind: GatewayConfiguration\nmetadata: {}\nspec: {}')).toBe(false);
  });

  it('is there for each kind of object by itself', () => {
    for (const [kind, section] of schemaKinds) {
      const check = ajv.compile(kindSchema(kind, section));
      expect([kind, check({}), check({ nothingLikeIt: 1 })]).toEqual([kind, true, false]);
    }
  });
});
