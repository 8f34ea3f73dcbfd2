/** A SIP user agent for the demonstration: registers with digest, sends and takes messages, watches a presentity. */
import { createHash } from 'node:crypto';

import { type HeaderField, Headers } from '../../gateway/sip/headers.ts';
import type { SipResponse } from '../../gateway/sip/message.ts';
import {
  createSipEndpoint,
  type FinalResponse,
  type IncomingRequest,
  type SipEndpoint,
} from '../../gateway/sip/sip-endpoint.ts';
import { realClock } from '../../primitives/clock.ts';
import { randomIds } from '../../primitives/ids.ts';

export interface SipAccount {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
  /** Port of the home server on 127.0.0.1. */
  readonly serverPort: number;
}

export interface SipUser {
  /** @returns The final status of each request, 408 when nobody answered. */
  register(): Promise<number>;
  send(to: string, contentType: string, body: string): Promise<number>;
  watch(presentity: string): Promise<number>;
  /** The next MESSAGE or NOTIFY that fits, or undefined when none came within the time. */
  next(fits: (request: Arrived) => boolean, timeoutMs: number): Promise<Arrived | undefined>;
  close(): Promise<void>;
}

export interface Arrived {
  readonly method: string;
  readonly from: string;
  readonly contentType: string;
  readonly body: string;
}

export async function openSipUser(account: SipAccount): Promise<SipUser> {
  const arrived: Arrived[] = [];
  const waiting = new Set<() => void>();
  const endpoint = createSipEndpoint({
    clock: realClock,
    ids: randomIds,
    listen: { address: '127.0.0.1', port: 0, tlsPort: 0 },
    onRequest(incoming) {
      arrived.push(arrivedFrom(incoming));
      incoming.respond(200);
      for (const look of waiting) look();
    },
  });
  const [listener] = await endpoint.listen();
  const contact = `<sip:${account.user}@127.0.0.1:${listener?.port ?? 0}>`;
  const aor = `sip:${account.user}@${account.domain}`;
  const request = asking(endpoint, account);

  return {
    register: () =>
      request('REGISTER', `sip:${account.domain}`, {
        to: aor,
        headers: [
          ['Contact', contact],
          ['Expires', '600'],
        ],
      }),
    send: (to, contentType, body) => request('MESSAGE', to, { to, headers: [['Content-Type', contentType]], body }),
    watch: (presentity) =>
      request('SUBSCRIBE', presentity, {
        to: presentity,
        headers: [
          ['Event', 'presence'],
          ['Accept', 'application/pidf+xml'],
          ['Expires', '600'],
          ['Contact', contact],
        ],
      }),
    next(fits, timeoutMs) {
      return new Promise((resolve) => {
        const look = (): void => {
          const index = arrived.findIndex(fits);
          if (index >= 0) settle(arrived.splice(index, 1)[0]);
        };
        const settle = (found: Arrived | undefined): void => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        const timer = setTimeout(() => settle(undefined), timeoutMs);
        waiting.add(look);
        look();
      });
    },
    close: () => endpoint.close(),
  };
}

interface Ask {
  readonly to: string;
  readonly headers: readonly HeaderField[];
  readonly body?: string;
}

/** A request, and the same again with credentials when it was challenged. */
const asking =
  (endpoint: SipEndpoint, account: SipAccount) =>
  async (method: string, uri: string, ask: Ask): Promise<number> => {
    const { user, domain, serverPort } = account;
    const fields = (sequence: number): HeaderField[] => [
      ['From', `<sip:${user}@${domain}>;tag=${tag}`],
      ['To', `<${ask.to}>`],
      ['Call-ID', callId],
      ['CSeq', `${sequence} ${method}`],
      ...ask.headers,
    ];
    const [tag, callId] = [randomIds.token(64), randomIds.token(128)];
    const destination = { transport: 'tcp', host: '127.0.0.1', port: serverPort } as const;
    const once = (sequence: number, extra: readonly HeaderField[]): Promise<FinalResponse> =>
      endpoint.request(
        {
          method,
          requestUri: uri,
          headers: Headers.of([...fields(sequence), ...extra]),
          body: Buffer.from(ask.body ?? '', 'utf8'),
        },
        destination,
      );
    const first = await once(1, []);
    if (!first.ok) return 408;
    const answer = credentials(first.response, { method, uri, account });
    if (answer === undefined) return first.response.status;
    const second = await once(2, [answer]);
    return second.ok ? second.response.status : 408;
  };

/** The answer to a digest challenge, MD5 with qop=auth [RFC 7616 §3.4]. */
function credentials(
  response: SipResponse,
  { method, uri, account }: { readonly method: string; readonly uri: string; readonly account: SipAccount },
): HeaderField | undefined {
  const door = (
    { 401: ['WWW-Authenticate', 'Authorization'], 407: ['Proxy-Authenticate', 'Proxy-Authorization'] } as const
  )[response.status as 401 | 407];
  const challenge = door === undefined ? undefined : response.headers.get(door[0]);
  if (door === undefined || challenge === undefined) return undefined;
  const value = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const [realm, nonce, cnonce] = [value('realm'), value('nonce'), randomIds.token(64)];
  const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');
  const a1 = md5(`${account.user}:${realm}:${account.password}`);
  const digest = md5(`${a1}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
  const quoted = { username: account.user, realm, nonce, uri, response: digest, cnonce };
  const parameters = Object.entries(quoted).map(([name, text]) => `${name}="${text}"`);
  return [door[1], `Digest ${parameters.join(', ')}, qop=auth, nc=00000001, algorithm=MD5`];
}

function arrivedFrom({ request }: IncomingRequest): Arrived {
  return {
    method: request.method,
    from: /<?(sip:[^>;]+)/.exec(request.headers.get('From') ?? '')?.[1] ?? '',
    contentType: request.headers.get('Content-Type')?.split(';')[0] ?? '',
    body: request.body.toString('utf8'),
  };
}
