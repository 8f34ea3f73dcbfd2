/** How fast one stream is read: strangers as everybody, authenticated partners as their settings say, which may change meanwhile. */
import type { DomainName } from '../../primitives/domain-name.ts';
import type { S2sOptions } from './s2s-options.ts';
import type { StreamSocketHandlers } from './stream-socket.ts';

interface Rated {
  readonly peerAddress: string;
  /** The domain that is authenticated on the stream, once there is one. */
  readonly remote: DomainName | undefined;
}

/** The part of a stream's handlers that its socket asks while it reads. */
export function rateHandlers(
  options: Pick<S2sOptions, 'limits' | 'securityFor' | 'onEvent'>,
  stream: () => Rated,
): Pick<StreamSocketHandlers, 'bytesPerSecond' | 'onThrottled'> {
  const security = (): ReturnType<S2sOptions['securityFor']> => {
    const { remote } = stream();
    return remote && options.securityFor(remote);
  };
  const bytesPerSecond = (): number => security()?.bytesPerSecond ?? options.limits.bytesPerSecond;
  return {
    bytesPerSecond,
    onThrottled() {
      const subject = security()?.partner ?? stream().peerAddress;
      const reason = `sends more than ${bytesPerSecond()} bytes a second on one stream, and is read no faster`;
      options.onEvent({ type: 'limit-reached', limit: 'bytesPerSecond', subject, times: 1, reason });
    },
  };
}
