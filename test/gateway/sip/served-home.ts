/** A home server behind a real socket, for what strangers and broken clients send: no user of it is ever online. */
import { createHomeServer, type HomeServer } from '../../../src/gateway/sip/home/home-server.ts';
import { Secret } from '../../../src/primitives/secret.ts';
import { type MovableClock, movableClock } from '../../support/movable-clock.ts';
import { closing, endpoint, type TestEndpoint } from './endpoints.ts';
import { udpPeer, type WirePeer, wireRequest } from './wire.ts';

export interface ServedHome {
  readonly clock: MovableClock;
  readonly endpoint: TestEndpoint;
  readonly home: HomeServer;
}

/** Everybody in example.com is a user. What goes to other domains is answered with 480. */
export async function servedHome(isTrusted = true): Promise<ServedHome> {
  const clock = movableClock();
  const served: { home?: HomeServer } = {};
  const bound = await endpoint({ clock, onRequest: (incoming) => served.home?.handle(incoming) });
  const home = closing(
    createHomeServer({
      clock,
      endpoint: bound,
      ids: { token: (bits) => String(bits) },
      isLocalDomain: (domain) => domain === 'example.com',
      user: (aor) => (aor.endsWith('@example.com') ? { credentials: { md5: new Secret('0') } } : undefined),
      isTrustedPeer: () => isTrusted,
      realm: (domain) => domain,
      offerSha256: () => false,
      onOutgoing: (request) => request.respond(480),
      onPresenceChange: () => undefined,
      onSubscribed: () => undefined,
      onUnsubscribed: () => undefined,
      watchersElsewhere: () => [],
    }),
  );
  served.home = home;
  return { clock, endpoint: bound, home };
}

/** As a proxy in front of us passes a message on: with its own Via on top, through which the answers come back. */
export function passedOn(message: Buffer, branch: string): Buffer {
  const afterStartLine = message.indexOf('\r\n') + 2;
  const via = Buffer.from(`Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK${branch};rport\r\n`);
  return Buffer.concat([message.subarray(0, afterStartLine), via, message.subarray(afterStartLine)]);
}

/** Every status a message is answered with, up to the answer to a later request on the same socket. */
export async function statusesOf(served: ServedHome, message: Buffer, expected: number): Promise<readonly number[]> {
  const peer: WirePeer = await udpPeer(served.endpoint.port);
  const statuses = (text: string): readonly number[] =>
    [...text.matchAll(/^SIP\/2\.0 (\d+)/gm)].map(([, status]) => Number(status));
  peer.send(message);
  if (expected > 0) await peer.until((text) => statuses(text).length >= expected);
  peer.send(wireRequest({ method: 'OPTIONS', callId: 'the-end' }));
  const text = await peer.until((received) => received.includes('the-end'));
  return statuses(text).slice(0, -1);
}
