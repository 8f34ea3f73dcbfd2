/** What is said of a certificate that is imported, for the time at which partners will see it. */
import { describe, expect, it } from '@jest/globals';

import type { Certificate } from '../../../src/certificates/certificate.ts';
import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { issueFromLocalCa, newLocalCa } from '../../../src/certificates/local-ca.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import type { ImportPlan } from '../../../src/operations/certificates/import-certificate.ts';
import { importWarnings } from '../../../src/operations/certificates/import-warnings.ts';

const now = new Date();
const later = new Date(now.getTime() + 20 * 86_400_000);
const ca = await newLocalCa(now);

function planOf(certificate: Certificate, from?: Date): ImportPlan {
  const record = {
    ...{ thumbprint: 'AA', friendlyName: 'edge', publicKeySha256: '', privateKeyExportable: true },
    ...{ localTestCa: false, assignedTo: [] },
  };
  const when = from === undefined ? { now } : { now, from };
  return { certificate, chain: [certificate], newKey: undefined, usages: ['ExternalEdge'], when, record };
}

async function issuedAt(time: Date, authority = ca): Promise<Certificate> {
  const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
  const names = [{ name: { kind: 'dns', name: 'contoso.example' } as const, reason: '' }];
  const plan = { subject: [], names, ...serverProfile('ECDSA_P256', false), template: undefined };
  return issueFromLocalCa(authority, plan, key.spki, time);
}

describe('the warnings of an import', () => {
  it('are none for a certificate that begins before it takes over', async () => {
    const certificate = await issuedAt(new Date(later.getTime() - 3_600_000));
    expect(importWarnings(emptyConfiguration, planOf(certificate, later), [ca.certificate.der], now)).toEqual([]);
  });

  it('say that one which takes over at once has not begun', async () => {
    const certificate = await issuedAt(later);
    const [first = ''] = importWarnings(emptyConfiguration, planOf(certificate), [ca.certificate.der], now);
    expect(first).toMatch(/^The certificate cannot be assigned: .*valid from/);
  });

  it('name whatever else partners have against it', async () => {
    const ended = await newLocalCa(new Date('1990-01-01T00:00:00Z'));
    const certificate = await issuedAt(now, ended);
    const warnings = importWarnings(emptyConfiguration, planOf(certificate), [ended.certificate.der], now);
    expect(warnings).toEqual([expect.stringMatching(/^Partners refuse this certificate: /)]);
  });
});
