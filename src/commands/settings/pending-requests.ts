/** The requests that Request-Certificate made before: showing them, and giving one up. */
import { clearRequest, isKeyInUse, requestObject, requestOrThrow } from '../../operations/request-certificate.ts';
import { CodedError } from '../../primitives/errors.ts';
import { openKeyStore } from '../../store/key-store.ts';
import type { CmdletContext } from '../host/cmdlet.ts';

/** Without a number those that are pending. */
export function listRequests(requestId: number | undefined, context: CmdletContext): void {
  const configuration = context.store.read();
  const all = Object.values(configuration.certificateRequests);
  const chosen =
    requestId === undefined
      ? all.filter(({ status }) => status !== 'Cleared')
      : [requestOrThrow(configuration, requestId)];
  for (const request of chosen) context.write(requestObject(request));
}

/** A key that a certificate of the store still needs stays where it is. */
export async function clearPending(requestId: number | undefined, context: CmdletContext): Promise<void> {
  if (requestId === undefined)
    throw new CodedError('MandatoryParameterMissing', '-Clear needs -RequestId.', {
      fix: 'xgw request-certificate -List',
    });
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
  if (context.passThru) context.write(requestObject({ ...request, status: 'Cleared' }));
}
