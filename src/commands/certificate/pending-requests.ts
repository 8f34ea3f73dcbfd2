/** The requests that Request-Certificate made before: showing them, and giving one up. */

import {
  clearRequest,
  isKeyInUse,
  requestObject,
  requestOrThrow,
} from '../../operations/certificates/certificate-requests.ts';
import { orphanedRequests, orphanObject, orphanOrThrow } from '../../operations/certificates/orphaned-requests.ts';
import { CodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

export const requestStatuses = ['Pending', 'Completed', 'Cleared', 'Orphaned'] as const;

/** @param status - undefined: every request that was not given up, and those that were interrupted. */
export function listRequests(status: (typeof requestStatuses)[number] | undefined, context: CmdletContext): void {
  const isWanted = (each: string): boolean => (status === undefined ? each !== 'Cleared' : status === each);
  const configuration = context.store.read();
  for (const request of Object.values(configuration.certificateRequests))
    if (isWanted(request.status)) context.write(requestObject(request));
  const { folder } = context.store;
  const orphans = isWanted('Orphaned') ? orphanedRequests(configuration, openKeyStore(folder), folder) : [];
  for (const orphan of orphans) {
    context.write(orphanObject(orphan));
    const clearing = `xgw request-certificate -Clear -PublicKeySha256 ${orphan.publicKeySha256}`;
    context.hint(`Orphaned: its request was interrupted. An import still finds the key; ${clearing} gives it up.`);
  }
}

/** -List: one request, or all. */
export function listRequest(requestId: number | undefined, context: CmdletContext): void {
  if (requestId === undefined) return listRequests(undefined, context);
  context.write(requestObject(requestOrThrow(context.store.read(), requestId)));
}

/** -Clear: a request that has a number, or one that was interrupted before it had. */
export async function clearChosen(
  requestId: number | undefined,
  publicKeySha256: string | undefined,
  context: CmdletContext,
): Promise<void> {
  if (requestId !== undefined) return await clearPending(requestId, context);
  if (publicKeySha256 !== undefined) return await clearOrphaned(publicKeySha256, context);
  throw new CodedError('MandatoryParameterMissing', '-Clear needs -RequestId.', {
    reason: 'a request that was interrupted has no number, and is named by -PublicKeySha256',
    fix: 'xgw request-certificate -List',
  });
}

/** A key that a certificate of the store still needs stays where it is. */
export async function clearPending(requestId: number, context: CmdletContext): Promise<void> {
  const request = requestOrThrow(context.store.read(), requestId);
  const committed = await context.commit({
    target: `request ${requestId}`,
    impact: 'High',
    apply: (current) => clearRequest(current, requestId),
    consequences: () => [`a certificate for ${request.friendlyName} can no longer be imported`],
  });
  if (committed.withheld) return;
  if (!isKeyInUse(committed.after, request.publicKeySha256))
    openKeyStore(context.store.folder).discardKey(request.publicKeySha256);
  context.done(`request ${requestId} cleared. Revision ${committed.after.revision}.`);
  if (context.passThru) context.write({ ...requestObject({ ...request, status: 'Cleared' }), Changed: true });
}

/** Nothing in the configuration changes. */
async function clearOrphaned(publicKeySha256: string, context: CmdletContext): Promise<void> {
  const { folder } = context.store;
  const keys = openKeyStore(folder);
  const orphan = orphanOrThrow(orphanedRequests(context.store.read(), keys, folder), publicKeySha256);
  const target = `the key ${orphan.publicKeySha256}`;
  const action = 'Move an orphaned private key to the trash folder of the key store';
  if (!(await context.shouldProcess(target, action, 'High'))) return;
  keys.discardKey(orphan.publicKeySha256);
  context.done(`orphaned request cleared; ${target} is in ${keys.folder}/trash.`);
  if (context.passThru) context.write({ ...orphanObject(orphan), Status: 'Cleared', Changed: true });
}
