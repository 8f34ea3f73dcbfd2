/** What a running gateway keeps of its keys and anchors when a file is damaged between two configurations. */
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';

import { newLocalCa } from '../../../src/certificates/local-ca.ts';
import { printCertificates } from '../../../src/certificates/pem.ts';
import type { Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration, partnerDefaults } from '../../../src/config/defaults.ts';
import { gatewayKeys } from '../../../src/operations/certificates/gateway-keys.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { openKeyStore } from '../../../src/store/key-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const now = new Date();
const ca = await newLocalCa(now);

/** Two partners with one file of anchors between them. */
function withAnchorFile(trustedRootsPath: string): Configuration {
  const partners = (['fabrikam.com', 'litware.com'] as DomainName[]).map((identity) => ({
    ...partnerDefaults,
    ...{ identity, trustedRootsPath, created: now.toISOString(), modified: now.toISOString() },
  }));
  return { ...emptyConfiguration, federatedPartners: Object.fromEntries(partners.map((one) => [one.identity, one])) };
}

it('the anchors of a partner stay while their file cannot be read, and the file is told once for all its partners', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'roots.pem');
  writeFileSync(file, printCertificates([ca.certificate.der]));
  const events: string[] = [];
  const keys = gatewayKeys(
    openKeyStore(folder),
    ({ id }) => void events.push(id),
    () => now,
  );
  expect(keys.load(withAnchorFile(file))).toEqual([]);
  writeFileSync(file, 'no certificate');
  const problems = keys.load(withAnchorFile(file));
  expect(problems).toEqual([expect.stringContaining(file)]);
  expect(keys.readAnchors(file)).toEqual([ca.certificate.der]);
  expect(events.filter((id) => id === 'KeyMaterialFailed')).toHaveLength(1);
  keys.load(emptyConfiguration);
  expect(keys.readAnchors(file)).toEqual([]);
});

it('a user whose password file others can read cannot log in, which is told once and ends nothing', () => {
  const folder = temporaryFolder();
  const store = openKeyStore(folder);
  const credential = store.saveCredential({
    username: 'alice',
    realm: 'contoso.example',
    md5: 'a'.repeat(32),
    sha256: 'b'.repeat(64),
  });
  const file = path.join(store.folder, `${credential}.digest.json`);
  const alice = { identity: 'sip:alice@contoso.example', displayName: '', survivableBranch: false, credential };
  const configuration: Configuration = { ...emptyConfiguration, users: { [alice.identity]: alice } };
  const events: string[] = [];
  const keys = gatewayKeys(
    store,
    ({ id }) => void events.push(id),
    () => now,
  );
  keys.load(configuration);
  chmodSync(file, 0o644);
  expect([keys.digestSecrets(alice), keys.digestSecrets(alice)]).toEqual([undefined, undefined]);
  expect(events).toEqual(['KeyMaterialFailed']);

  chmodSync(file, 0o600);
  keys.load(configuration);
  expect(keys.digestSecrets(alice)?.md5.reveal()).toBe('a'.repeat(32));
  chmodSync(file, 0o644);
  keys.load(configuration);
  expect(keys.digestSecrets(alice)?.md5.reveal()).toBe('a'.repeat(32));
});
