/** A port that is ours for the minutes in which an authority asks for its proof. */
import { once } from 'node:events';
import type { Server } from 'node:net';

import type { AcmeChallenge } from '../../../config/certificate-renewal.ts';
import { CodedError, systemErrorCode } from '../../../primitives/errors.ts';
import { visibleText } from '../../../primitives/visible-text.ts';
import { portOwner } from '../../service/port-owner.ts';

/** At once. Authorities ask from a handful of places. */
const maxConnections = 100;

export interface ListenerOrder {
  readonly challenge: AcmeChallenge;
  readonly port: number;
  /** The parameter that chooses the port. */
  readonly parameter: string;
}

/** On all interfaces. @returns What closes it, with every connection. @throws CodedError `AuthorityChallengeUnanswerable` */
export async function openListener(server: Server, order: ListenerOrder): Promise<() => Promise<void>> {
  const open = new Set<{ destroy(): unknown }>();
  server.maxConnections = maxConnections;
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket)).on('error', () => undefined);
  });
  try {
    server.listen(order.port);
    await once(server, 'listening');
  } catch (error) {
    throw notOpened(error, order);
  }
  server.on('error', () => undefined);
  return async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
}

function notOpened(error: unknown, { challenge, port, parameter }: ListenerOrder): CodedError {
  const owner = portOwner('tcp', port);
  const said = error instanceof Error ? error.message : String(error);
  const isDenied = systemErrorCode(error) === 'EACCES';
  const reason = isDenied ? `this user may not listen on port ${port}` : said;
  return new CodedError(
    'AuthorityChallengeUnanswerable',
    `Port ${port} cannot be had to answer ${challenge} challenges.`,
    {
      reason: owner === undefined ? reason : `process ${owner.processId} (${visibleText(owner.name)}) listens there`,
      fix: [`ss -tlnp 'sport = :${port}'`, `xgw get-help request-certificate -Parameter ${parameter}`],
      target: String(port),
      cause: error,
    },
  );
}
