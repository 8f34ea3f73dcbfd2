/** Why a SIP listener could not be opened, in words an operator can act on. */
import { CodedError } from '../../primitives/errors.ts';
import type { FailureId } from '../../primitives/failures.ts';
import type { TransportName } from './transport.ts';

export interface ListenPlace {
  readonly transport: TransportName;
  /** Undefined: every interface. */
  readonly address?: string | undefined;
  readonly port: number;
}

const ids: Readonly<Record<string, FailureId>> = {
  EADDRINUSE: 'ListenerInUse',
  EACCES: 'ListenerDenied',
  EPERM: 'ListenerDenied',
};

/** @param cause What the socket reported. */
export function listenFailure(cause: NodeJS.ErrnoException, place: ListenPlace): CodedError {
  const { code, message: reason } = cause;
  const id = (code === undefined ? undefined : ids[code]) ?? 'ListenerFailed';
  const target = `${place.address ?? '*'}:${place.port}/${place.transport}`;
  return new CodedError(id, `The SIP listener ${target} could not be opened.`, {
    reason,
    fix: fixFor(id, place),
    target,
    cause,
  });
}

function fixFor(id: FailureId, place: ListenPlace): readonly string[] {
  const setting = place.transport === 'tls' ? '-SipTlsPort 15061' : '-SipPort 15060';
  const move = `xgw set-xmppgatewayconfiguration ${setting}`;
  if (id === 'ListenerInUse') return [`ss -tulnp 'sport = :${place.port}'`, move];
  if (id === 'ListenerDenied') return [move];
  return ['xgw set-xmppgatewayconfiguration -SipListenAddress 0.0.0.0'];
}
