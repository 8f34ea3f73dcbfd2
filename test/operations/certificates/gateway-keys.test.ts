/** What a running gateway keeps of its keys and anchors when a file is damaged between two configurations. */
import { writeFileSync } from 'node:fs';
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
