/** A certificate request made and recorded: key and request on disk first, then its number. Where that comes to nothing, the key goes too. */
import type { CertificateRenewal } from '../../config/certificate-renewal.ts';
import type { CertificateRequestRecord } from '../../config/configuration.ts';
import { addRequest, requestOfKey } from '../../operations/certificates/certificate-requests.ts';
import { makeRequest, type RequestPlan } from '../../operations/certificates/request-certificate.ts';
import type { Secret } from '../../primitives/secret.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

export interface RequestOrder {
  readonly plan: RequestPlan;
  readonly keyPassphrase: Secret | undefined;
  /** How the certificate is renewed; undefined: by hand. */
  readonly renewal?: CertificateRenewal;
}

export interface CommittedRequest {
  readonly request: CertificateRequestRecord;
  readonly der: Buffer;
  readonly revision: number;
}

/** @returns Undefined when somebody said no. @throws CodedError `ObjectAlreadyExists`, and what the store throws */
export async function commitRequest(
  order: RequestOrder,
  context: CmdletContext,
): Promise<CommittedRequest | undefined> {
  const { plan, keyPassphrase, renewal } = order;
  const keys = openKeyStore(context.store.folder);
  const { record, der } = await makeRequest(plan, keys, context.now(), keyPassphrase);
  const { publicKeySha256 } = record;
  context.verbose(
    `Key and request are in ${keys.folder}/${publicKeySha256}.key.pem; the request reads back as planned.`,
  );
  const wanted = { ...record, ...(renewal && { renewal }) };
  const committed = await context
    .commit({ target: plan.friendlyName, apply: (current) => addRequest(current, wanted, context.force) })
    .catch((error: unknown) => {
      keys.discardKey(publicKeySha256);
      throw error;
    });
  if (!committed.withheld)
    return {
      request: requestOfKey(committed.after, publicKeySha256) ?? wanted,
      der,
      revision: committed.after.revision,
    };
  keys.discardKey(publicKeySha256);
  return undefined;
}
