/** A home server without a network: its users, its clock, what it asked of the gateway and what it sent. */
import type { Watcher } from '../../../../src/gateway/sip/bodies/watcher-info.ts';
import type { GuessingMet } from '../../../../src/gateway/sip/home/guess-brake.ts';
import {
  createHomeServer,
  type HomeServerOptions,
  type OutgoingFromUser,
} from '../../../../src/gateway/sip/home/home-server.ts';
import type { LostDevice } from '../../../../src/gateway/sip/home/lost-devices.ts';
import type { Source } from '../../../../src/gateway/sip/transport.ts';
import { Secret } from '../../../../src/primitives/secret.ts';
import { movableClock } from '../../../support/movable-clock.ts';
import {
  digestAnswer,
  type Incoming,
  incomingRequest,
  md5,
  type RequestParts,
  scriptedEndpoint,
  sipRequest,
  udpSource,
} from './request-script.ts';

export const trusted: Source = { transport: 'tcp', address: '192.0.2.200', port: 5060, connectionId: 'trusted' };
export const alice = { name: 'alice', password: 'apw' };
export const bob = { name: 'bob', password: 'bpw' };

/** @param refresh - Seconds in which subscriptions are refreshed. */
export function homeScene(refresh?: number, more: Partial<HomeServerOptions> = {}) {
  const passwords = new Map([alice, bob].map(({ name, password }) => [`sip:${name}@sip.example`, password]));
  const clock = movableClock();
  const endpoint = scriptedEndpoint();
  const outgoing: OutgoingFromUser[] = [];
  const presence: string[] = [];
  const subscribed: unknown[] = [];
  const unsubscribed: unknown[] = [];
  const watchers: Watcher[] = [];
  const guessing: GuessingMet[] = [];
  const lost: LostDevice[] = [];
  let tokens = 0;
  const server = createHomeServer({
    clock,
    endpoint,
    ids: { token: () => `token${(tokens += 1)}` },
    isLocalDomain: (domain) => domain === 'sip.example' || domain === 'other.example',
    user(aor) {
      const password = passwords.get(aor);
      if (password === undefined) return undefined;
      const [name, realm] = aor.slice('sip:'.length).split('@');
      return { credentials: { md5: new Secret(md5(`${name}:${realm}:${password}`)) } };
    },
    isTrustedPeer: ({ address }) => address === trusted.address,
    realm: (domain) => domain,
    offerSha256: () => false,
    ...(refresh === undefined ? {} : { refreshSeconds: () => refresh }),
    onOutgoing: (request) => void outgoing.push(request),
    onPresenceChange: (aor, state) => void presence.push(`${aor} ${state.tuples[0]?.basic}`),
    onSubscribed: (event) => void subscribed.push(event),
    onUnsubscribed: (parties) => void unsubscribed.push(parties),
    watchersElsewhere: (aor) => (aor === 'sip:alice@sip.example' ? watchers : []),
    onGuessing: (met) => void guessing.push(met),
    onLost: (device) => void lost.push(device),
    ...more,
  });

  function handle(method: string, parts: RequestParts = {}, source: Source = udpSource): Incoming {
    const incoming = incomingRequest(sipRequest(method, parts), source);
    server.handle(incoming);
    return incoming;
  }

  /** As a client does it: once without credentials, once with the answer to the challenge. */
  function handleAs(user: typeof alice, method: string, parts: RequestParts = {}, source = udpSource): Incoming {
    const from = { from: `sip:${user.name}@sip.example`, ...parts };
    const [challenged] = handle(method, from, source).answers;
    const isRegister = method === 'REGISTER';
    const challenge = challenged?.headers.get(isRegister ? 'WWW-Authenticate' : 'Proxy-Authenticate') ?? '';
    const answer = [
      isRegister ? 'Authorization' : 'Proxy-Authorization',
      digestAnswer(challenge, user, method),
    ] as const;
    return handle(
      method,
      { ...from, cSeq: (parts.cSeq ?? 1) + 1, headers: [...(parts.headers ?? []), answer] },
      source,
    );
  }

  const registerBob = (port = 5070) =>
    handleAs(bob, 'REGISTER', {
      uri: 'sip:sip.example',
      to: 'sip:bob@sip.example',
      callId: `register-${port}`,
      headers: [['Contact', `<sip:bob@192.0.2.1:${port}>`]],
    });

  return {
    clock,
    endpoint,
    server,
    /** By address of record; what is deleted here is a user no more. */
    passwords,
    outgoing,
    presence,
    subscribed,
    unsubscribed,
    /** Who of other domains watches alice. */
    watchers,
    guessing,
    /** Devices that left without a word. */
    lost,
    handle,
    handleAs,
    registerBob,
  };
}

export type HomeScene = ReturnType<typeof homeScene>;

export const statusOf = ({ answers }: Incoming) => answers.map(({ status }) => status);
