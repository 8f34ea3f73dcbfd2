/** Server-to-server streams under test: one domain, listening on loopback, everything it reports kept and waited for. */
import { X509Certificate } from 'node:crypto';

import { afterEach } from '@jest/globals';

import { validatePeer } from '../../src/certificates/peer-validation.ts';
import type { GatewayPorts } from '../../src/gateway/gateway-ports.ts';
import { dnsResolver } from '../../src/gateway/xmpp/dns-resolver.ts';
import { namespaces } from '../../src/gateway/xmpp/namespaces.ts';
import type { S2sEvent, StreamSummary } from '../../src/gateway/xmpp/s2s-event.ts';
import { defaultS2sLimits, type S2sLimits } from '../../src/gateway/xmpp/s2s-limits.ts';
import type { StreamSecurity } from '../../src/gateway/xmpp/s2s-options.ts';
import { createS2s, type S2s } from '../../src/gateway/xmpp/s2s-sessions.ts';
import { type Handled, stanza } from '../../src/gateway/xmpp/stanza.ts';
import { childOf, type Element, element, textOf } from '../../src/gateway/xmpp/xml/element.ts';
import { type Clock, realClock } from '../../src/primitives/clock.ts';
import { randomIds } from '../../src/primitives/ids.ts';
import { Secret } from '../../src/primitives/secret.ts';
import type { TestCertificate } from './pki.ts';

export interface FederationOptions {
  readonly domains: readonly string[];
  /** `127.0.0.1:port` */
  readonly dns: string;
  readonly certificate?: TestCertificate;
  /** PEM of one root. */
  readonly root?: string;
  readonly limits?: Partial<S2sLimits>;
  readonly allowLoopback?: boolean;
  /** What becomes of a stanza, once it is kept. Default: done at once. */
  readonly handle?: (stanza: Element) => Handled;
  /** Default: the real one. */
  readonly clock?: Clock;
  /** What dialback keys are made from. Default: a secret of its own that never changes. */
  readonly secrets?: Pick<GatewayPorts, 'dialbackSecret' | 'formerDialbackSecret'>;
  /** What each partner domain must pass; others are refused. May be changed while it runs. */
  readonly partners: Record<string, StreamSecurity>;
}

export interface Federation {
  readonly s2s: S2s;
  readonly port: number;
  readonly directTlsPort: number;
  readonly received: readonly { readonly stanza: Element; readonly stream: StreamSummary }[];
  readonly events: readonly S2sEvent[];
  waitForStanza(what: string, fits: (stanza: Element) => boolean): Promise<Element>;
  waitForEvent<T extends S2sEvent['type']>(
    type: T,
    fits?: (event: Extract<S2sEvent, { type: T }>) => boolean,
  ): Promise<Extract<S2sEvent, { type: T }>>;
}

const patience = 60_000;
const started: S2s[] = [];

/** The 18 rows by their three settings; dialback and TLS methods as the closed form of the matrix has them. */
export function row(
  tls: StreamSecurity['startTls'],
  sasl: 'required' | 'optional' | 'not-supported',
  dialback: boolean,
): StreamSecurity {
  return {
    partner: 'partner',
    startTls: tls,
    saslExternal: tls !== 'not-supported' && sasl !== 'not-supported',
    tlsDialback: dialback && tls !== 'not-supported' && !(tls === 'required' && sasl === 'required'),
    tcpDialback: dialback && tls !== 'required',
    connectionLimit: 20,
    keepAlive: true,
    // Tests send as fast as they can; those of the rates set them.
    bytesPerSecond: 0,
    stanzasPerSecond: 0,
    pinnedSpkiSha256: [],
  };
}

export async function startFederation(options: FederationOptions): Promise<Federation> {
  const received: { stanza: Element; stream: StreamSummary }[] = [];
  const events: S2sEvent[] = [];
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const { certificate, root } = options;
  const secret = new Secret(randomIds.token(256));
  const secrets = options.secrets ?? { dialbackSecret: () => secret };
  const anchors = root === undefined ? [] : [new X509Certificate(root).raw];
  const s2s = createS2s({
    clock: options.clock ?? realClock,
    ids: randomIds,
    get dialbackSecret() {
      return secrets.dialbackSecret();
    },
    formerDialbackSecret: () => secrets.formerDialbackSecret?.(),
    dns: dnsResolver([options.dns]),
    limits: { ...defaultS2sLimits, ...options.limits },
    allowLoopbackPeers: () => options.allowLoopback ?? true,
    isLocalDomain: (domain) => options.domains.includes(domain),
    securityFor: (domain) => options.partners[domain],
    tlsIdentity: () =>
      certificate === undefined ? undefined : { key: new Secret(certificate.key), chain: certificate.chain },
    anchors: () => anchors,
    validatePeer,
    onStanza: (stanza, stream) => {
      // A question whether what was written before has been read: it is not answered here, as by an old server.
      if (isPing(stanza)) return undefined;
      received.push({ stanza, stream });
      changed();
      return options.handle?.(stanza);
    },
    onEvent: (event) => {
      events.push(event);
      changed();
    },
  });
  started.push(s2s);
  const [plain, direct] = await s2s.listen({ address: '127.0.0.1', port: 0, directTlsPort: 0 });
  return {
    s2s,
    port: plain?.port ?? 0,
    directTlsPort: direct?.port ?? 0,
    received,
    events,
    waitForStanza: async (what, fits) =>
      waitFor(what, listeners, () => received.map(({ stanza }) => stanza).find(fits), events),
    waitForEvent: async (type, fits = () => true) => {
      type Wanted = Extract<S2sEvent, { type: typeof type }>;
      const isWanted = (event: S2sEvent): event is Wanted => event.type === type && fits(event as Wanted);
      return waitFor(`event ${type}`, listeners, () => events.find(isWanted), events);
    },
  };
}

function waitFor<T>(
  what: string,
  listeners: Set<() => void>,
  find: () => T | undefined,
  events: readonly S2sEvent[],
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      listeners.delete(look);
    };
    const look = (): void => {
      const found = find();
      if (found === undefined) return;
      settle();
      resolve(found);
    };
    const timer = setTimeout(() => {
      settle();
      reject(new Error(`no ${what}; events: ${JSON.stringify(events, undefined, 1)}`));
    }, patience);
    listeners.add(look);
    look();
  });
}

export const chat = (from: string, to: string, body: string): Element =>
  stanza('message', { from, to, type: 'chat', id: body }, element('body', namespaces.server, {}, body));

export const bodyOf = (message: Element): string => textOf(childOf(message, 'body', namespaces.server));

afterEach(async () => {
  await Promise.all(started.splice(0).map((s2s) => s2s.close()));
});

const isPing = (received: Element): boolean =>
  received.name === 'iq' && childOf(received, 'ping', 'urn:xmpp:ping') !== undefined;
