/** A process that adds partners to a store, one revision each, and says so after each: what it printed was acknowledged. */
import { writeSync } from 'node:fs';

import { partnerDefaults } from '../../../src/config/defaults.ts';
import type { DomainName } from '../../../src/primitives/domain-name.ts';
import { isCodedError } from '../../../src/primitives/errors.ts';
import { openConfigStore } from '../../../src/store/open-config-store.ts';

const [, , folder = '', prefix = '', count = '0', description = '0'] = process.argv;
const store = openConfigStore(folder);

async function addPartners(): Promise<void> {
  for (let index = 0; index < Number(count); index += 1) {
    const identity = `${prefix}${index}.example` as DomainName;
    const partner = { ...partnerDefaults, identity, description: 'x'.repeat(Number(description)) };
    await store.update({
      cmdlet: 'New-XmppFederatedPartner',
      target: identity,
      lockTimeoutMs: 60_000,
      apply: (current) => ({
        ...current,
        federatedPartners: { ...current.federatedPartners, [identity]: partner },
      }),
    });
    writeSync(1, `${identity}\n`);
  }
}

addPartners().catch((error: unknown) => {
  writeSync(2, isCodedError(error) ? error.id : String(error));
  process.exitCode = 1;
});
