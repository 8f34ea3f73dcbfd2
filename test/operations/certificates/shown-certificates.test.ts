/** Which of several certificates SIP shows, and what a bad pair leaves. XMPP streams: `scenarios/certificate-by-domain`. */
import { describe, expect, it } from '@jest/globals';

import { serverProfile } from '../../../src/certificates/certificate-profile.ts';
import { newKeyPair } from '../../../src/certificates/key-pair.ts';
import { issueFromLocalCa, newLocalCa } from '../../../src/certificates/local-ca.ts';
import type { CertificateUsage, Configuration } from '../../../src/config/configuration.ts';
import { emptyConfiguration } from '../../../src/config/defaults.ts';
import { thumbprintOf } from '../../../src/operations/certificates/certificates.ts';
import { shownCertificates } from '../../../src/operations/certificates/shown-certificates.ts';
import { openKeyStore } from '../../../src/store/key-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const now = new Date();
const ca = await newLocalCa(now);

/** One certificate for each usage, all of the same name. */
async function site(...usages: readonly CertificateUsage[]) {
  const keys = openKeyStore(temporaryFolder());
  const made = usages.map(async (usage) => {
    const key = await newKeyPair({ algorithm: 'ECDSA_P256', rsaBits: 2048 });
    const names = [{ name: { kind: 'dns', name: 'sip.contoso.example' } as const, reason: '' }];
    const plan = { subject: [], names, ...serverProfile('ECDSA_P256', false), template: undefined };
    const leaf = issueFromLocalCa(ca, plan, key.spki, now);
    keys.saveKey(key);
    keys.saveChain(thumbprintOf(leaf), [leaf.der]);
    return {
      thumbprint: thumbprintOf(leaf),
      friendlyName: usage,
      publicKeySha256: key.publicKeySha256,
      privateKeyExportable: true,
      localTestCa: true,
      assignedTo: [usage],
    };
  });
  const records = await Promise.all(made);
  const certificates = Object.fromEntries(records.map((record) => [record.thumbprint, record]));
  const gateway = { ...emptyConfiguration.gateway, accessEdgeFqdn: 'sip.contoso.example' };
  const configuration: Configuration = { ...emptyConfiguration, certificates, gateway };
  const usageOf = (thumbprint: string | undefined) => certificates[thumbprint ?? '']?.friendlyName;
  return { keys, configuration, usageOf, records };
}

const run = (take: () => void): void => take();

describe('the certificate that SIP shows', () => {
  it('to clients is that of the external edge, whatever XMPP alone has', async () => {
    const { keys, configuration, usageOf } = await site('XmppServer', 'ExternalEdge', 'InternalEdge');
    const shown = shownCertificates(keys);
    shown.load(configuration, now, run);
    expect([usageOf(shown.forSip()?.thumbprint), usageOf(shown.forPartners()?.thumbprint)]).toEqual([
      'ExternalEdge',
      'XmppServer',
    ]);
  });

  it('to a next hop is that of the internal edge, where there is one', async () => {
    const { keys, configuration, usageOf } = await site('ExternalEdge', 'InternalEdge');
    const shown = shownCertificates(keys);
    const gateway = { ...configuration.gateway, sipMode: 'NextHop' as const };
    shown.load({ ...configuration, gateway }, now, run);
    expect(usageOf(shown.forSip()?.thumbprint)).toBe('InternalEdge');
    expect(usageOf(shown.forPartners()?.thumbprint)).toBe('ExternalEdge');
  });
});

it('a pair that cannot be used leaves the one before, and is told once for all its usages', async () => {
  const { keys, configuration, usageOf, records } = await site('ExternalEdge', 'Default');
  const shown = shownCertificates(keys);
  shown.load(configuration, now, run);
  const [edge, other] = records;
  keys.discardKey(other?.publicKeySha256 ?? '');
  const swapped = Object.fromEntries(
    [edge, other].flatMap((record) =>
      record === undefined
        ? []
        : [
            [
              record.thumbprint,
              { ...record, assignedTo: record === other ? (['ExternalEdge', 'Default'] as const) : [] },
            ],
          ],
    ),
  );
  const failures: unknown[] = [];
  shown.load({ ...configuration, certificates: swapped }, now, (take) => {
    try {
      take();
    } catch (error) {
      failures.push(error);
    }
  });
  expect(failures).toEqual([expect.objectContaining({ id: 'CertificateMissing' })]);
  expect(usageOf(shown.forPartners()?.thumbprint)).toBe('ExternalEdge');
});
