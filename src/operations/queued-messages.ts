/** Messages that wait for partners which are away: found, shown as objects, and given back to their senders on an operator's word. */

import type { Configuration } from '../config/configuration.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { QueuedMessageView } from '../gateway/queue/queued-message-view.ts';
import type { ControlHandler } from '../gateway/service/control-channel.ts';
import { CodedError } from '../primitives/errors.ts';
import { partnerDomainOrThrow } from './federated-partners.ts';
import { askGateway } from './service/ask-gateway.ts';
import { isPattern, wildcard } from './wildcard.ts';

export const queueControl = ({
  queue,
}: Pick<Gateway, 'queue'>): Readonly<Record<'queued-messages' | 'remove-queued-messages', ControlHandler>> => ({
  'queued-messages': () => queue.list(),
  'remove-queued-messages'(parameter): readonly string[] {
    const { ids } = parameter as { readonly ids: readonly string[] };
    return ids.filter((id) => queue.remove(id));
  },
});

export interface QueueSelection {
  /** A domain of a partner, or a pattern of domains. */
  readonly partner?: string | undefined;
  readonly id?: string | undefined;
}

/** In the order in which they came. @throws CodedError `ServiceNotRunning` */
export async function queuedMessages(
  storeFolder: string,
  { partner, id }: QueueSelection,
): Promise<readonly QueuedMessageView[]> {
  const answer = await askGateway<readonly QueuedMessageView[]>(storeFolder, 'queued-messages');
  const fits = wildcard(partner ?? '*');
  return answer.filter(
    (message) => fits(message.partnerDomain) && (id === undefined || message.id === id.toLowerCase()),
  );
}

/** An empty queue is no failure. @throws CodedError `ObjectNotFound` for an id that no message has, and for a domain that is no partner's */
export function refuseUnknownMessages(
  found: readonly QueuedMessageView[],
  { partner, id }: QueueSelection,
  configuration: Configuration,
): void {
  if (found.length > 0) return;
  if (id !== undefined) {
    throw new CodedError('ObjectNotFound', `there is no queued message with the id ${id}.`, {
      reason: 'it was delivered, or given back to its sender',
      fix: 'xgw get-queuedmessage',
      target: id,
    });
  }
  if (partner !== undefined && !isPattern(partner)) partnerDomainOrThrow(configuration, partner);
}

/** Gives them back: their senders are told. @returns Ids of those that were still there, and not being sent. */
export async function removeQueuedMessages(storeFolder: string, ids: readonly string[]): Promise<readonly string[]> {
  return await askGateway(storeFolder, 'remove-queued-messages', { parameter: { ids } });
}

/** The object that cmdlets emit. */
export const queuedMessageObject = (message: QueuedMessageView, changed?: boolean) => ({
  Id: message.id,
  Partner: message.partnerDomain,
  From: message.from,
  To: message.to,
  State: message.isUnderWay ? ('Sending' as const) : ('Waiting' as const),
  Since: message.since,
  Expires: message.until,
  Bytes: message.bytes,
  Attempts: message.attempts,
  LastError: message.lastReason ?? null,
  CorrelationId: message.correlationId,
  ...(changed === undefined ? {} : { Changed: changed }),
});
