/** Certificates from the store's own test CA, which is made when the first one is asked for. */

import { newKeyPair } from '../../certificates/key-pair.ts';
import { issueFromLocalCa, type LocalCa, newLocalCa } from '../../certificates/local-ca.ts';
import type { Secret } from '../../primitives/secret.ts';
import type { KeyStore } from '../../store/key-store.ts';
import type { CertificateToKeep } from './certificates.ts';
import { thumbprintOf } from './certificates.ts';
import { keepKey } from './keep-key.ts';
import type { RequestPlan } from './request-certificate.ts';

async function localCa(keys: KeyStore, now: Date): Promise<LocalCa> {
  return keys.readLocalCa() ?? keys.saveLocalCa(await newLocalCa(now));
}

/** Makes key and certificate and keeps both durably. The configuration does not name them yet. */
export async function issueLocally(
  plan: RequestPlan,
  keys: KeyStore,
  now: Date,
  keyPassphrase?: Secret,
): Promise<CertificateToKeep> {
  const ca = await localCa(keys, now);
  const key = await newKeyPair(plan.key);
  await keepKey(keys, key, keyPassphrase);
  const certificate = issueFromLocalCa(ca, plan.certificate, key.spki, now);
  const thumbprint = thumbprintOf(certificate);
  keys.saveChain(thumbprint, [certificate.der]);
  return {
    record: {
      thumbprint,
      friendlyName: plan.friendlyName,
      publicKeySha256: key.publicKeySha256,
      privateKeyExportable: plan.exportable,
      ...(keyPassphrase && { keyEncrypted: true }),
      localTestCa: true,
      assignedTo: [],
    },
    certificate,
  };
}
