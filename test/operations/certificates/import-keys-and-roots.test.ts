/** What an import never loses: a key under its passphrase, and roots that somebody was told are trusted. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

import type { Certificate } from '../../../src/certificates/certificate.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { newLocalCa } from '../../../src/certificates/local-ca.ts';
import { printCertificates } from '../../../src/certificates/pem.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import {
  type AuthoritiesPlan,
  keepAuthorities,
  withTrustedRoots,
} from '../../../src/operations/certificates/import-authorities.ts';
import { keyToEncrypt } from '../../../src/operations/certificates/import-certificate.ts';
import { keepKey } from '../../../src/operations/certificates/keep-key.ts';
import { Secret } from '../../../src/primitives/secret.ts';
import { openKeyStore } from '../../../src/store/key-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const now = new Date();

it('a key that is encrypted in the store is not encrypted under another passphrase, also when it comes along', async () => {
  const folder = temporaryFolder();
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  await keepKey(openKeyStore(folder), key, new Secret('the first'));
  const { certificate } = await newLocalCa(now);
  const record = {
    ...{ thumbprint: 'AA', friendlyName: 'edge', publicKeySha256: key.publicKeySha256, privateKeyExportable: true },
    ...{ localTestCa: false, assignedTo: [] },
  };
  const plan = { certificate, chain: [certificate], newKey: key, usages: [], when: { now }, record };
  const second = new Secret('the second');
  const keys = openKeyStore(folder, () => second);
  expect(() => keyToEncrypt(plan, keys, second)).toThrow(expect.objectContaining({ id: 'PasswordWrong' }));
  const first = new Secret('the first');
  expect(
    keyToEncrypt(
      plan,
      openKeyStore(folder, () => first),
      first,
    )?.publicKeySha256,
  ).toBe(key.publicKeySha256);
});

const rootsPlan = (root: Certificate): AuthoritiesPlan => ({
  ...{ completed: [], knownRoots: [], unused: [] },
  newRoots: [root],
});

it('roots are added to those that are in force by then, once each', async () => {
  const keys = openKeyStore(temporaryFolder());
  const [one, two] = [(await newLocalCa(now)).certificate, (await newLocalCa(now)).certificate];
  keepAuthorities(rootsPlan(one), keys, emptyConfiguration);
  const inForce = withTrustedRoots(emptyConfiguration, keys);
  keepAuthorities(rootsPlan(two), keys, inForce);
  keepAuthorities(rootsPlan(two), keys, inForce);
  expect(readFileSync(keys.trustedRootsPath, 'utf8')).toBe(printCertificates([one.der, two.der]));
});

it('roots that are not in force any more go to the trash and do not come back', async () => {
  const keys = openKeyStore(temporaryFolder());
  const [one, two] = [(await newLocalCa(now)).certificate, (await newLocalCa(now)).certificate];
  keepAuthorities(rootsPlan(one), keys, emptyConfiguration);
  keepAuthorities(rootsPlan(two), keys, emptyConfiguration);
  expect(readFileSync(keys.trustedRootsPath, 'utf8')).toBe(printCertificates([two.der]));
  expect(readdirSync(path.join(keys.folder, 'trash'))).toEqual(['trusted-roots.pem']);
});
