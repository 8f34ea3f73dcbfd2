/**
 * The production SIP side: one proxy (a Skype for Business pool, Kamailio, any RFC 3261 element) that owns the users. We are
 * its peer for the XMPP domains: we take requests only from whom we trust, and send it everything for its users.
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import type { HeaderField } from './headers.ts';
import { Headers } from './headers.ts';
import { parseNameAddr } from './name-addr.ts';
import type { FinalResponse, IncomingRequest, SipEndpoint } from './sip-endpoint.ts';
import { aorOf, parseHostPort, parseSipUri } from './sip-uri.ts';
import type { Destination, Source, TransportName } from './transport.ts';

export interface NextHopOptions {
  readonly endpoint: Pick<SipEndpoint, 'request'>;
  /** Where requests for our users go; asked for each. */
  destination(): Destination | undefined;
  isLocalDomain(domain: string): boolean;
  /** Whether this element may speak for our users without digest. */
  isTrustedPeer(source: Source): boolean;
  token(bits: number): string;
  onOutgoing(request: { readonly aor: string } & Pick<IncomingRequest, 'request' | 'respond'>): void;
}

export interface RequestForUser {
  readonly method: string;
  /** `sip:contact@partner`. */
  readonly from: string;
  /** `sip:user@domain`. */
  readonly to: string;
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
}

export interface NextHop {
  handle(incoming: IncomingRequest): void;
  deliver(request: RequestForUser): Promise<FinalResponse>;
}

const allow: HeaderField = ['Allow', 'MESSAGE, OPTIONS'];

export function nextHop(options: NextHopOptions): NextHop {
  return {
    handle(incoming) {
      const { request, source } = incoming;
      if (!options.isTrustedPeer(source)) return incoming.respond(403, { reason: 'Not A Trusted Peer' });
      if (request.method === 'OPTIONS') return incoming.respond(200, { headers: [allow] });
      if (request.method !== 'MESSAGE') return incoming.respond(405, { headers: [allow] });
      const aor = senderOf(request.headers, options);
      if (!aor.ok) return incoming.respond(403, { reason: aor.error });
      options.onOutgoing({ aor: aor.value, request, respond: (status, more) => incoming.respond(status, more) });
    },
    async deliver(request) {
      const destination = options.destination();
      if (destination === undefined) return { ok: false, why: 'transport', detail: 'SipNextHop is not set' };
      return options.endpoint.request(outgoing(request, options.token), destination);
    },
  };
}

function senderOf(headers: Headers, options: NextHopOptions): Result<string, string> {
  const from = parseNameAddr(headers.get('From') ?? '');
  const uri = from.ok ? parseSipUri(from.value.uri) : from;
  if (!uri.ok) return refuse('From Is Not A SIP Address');
  if (!options.isLocalDomain(uri.value.host)) return refuse('From Is Not In A Domain Served Here');
  return ok(aorOf(uri.value).toLowerCase());
}

function outgoing({ method, from, to, headers, body }: RequestForUser, token: NextHopOptions['token']) {
  const fields: HeaderField[] = [
    ['From', `<${from}>;tag=${token(64)}`],
    ['To', `<${to}>`],
    ['Call-ID', token(128)],
    ['CSeq', `1 ${method}`],
  ];
  return { method, requestUri: to, headers: Headers.of([...fields, ...headers]), body };
}

/** `host[:port][;transport=tls|tcp|udp]`; TLS and 5061 unless said otherwise. */
export function parseNextHop(text: string): Result<Destination, string> {
  const [place = '', ...parameters] = text.split(';');
  const name = parameters
    .find((parameter) => /^transport=/i.test(parameter))
    ?.slice('transport='.length)
    .toLowerCase();
  const transport = transportNames.find((known) => known === (name ?? 'tls'));
  if (transport === undefined) return refuse(`"${name}" is no transport; tls, tcp and udp are.`);
  const hostPort = parseHostPort(place);
  if (!hostPort.ok) return hostPort;
  const host = hostPort.value.host.replace(/^\[|\]$/g, '');
  return ok({ transport, host, port: hostPort.value.port ?? (transport === 'tls' ? 5061 : 5060) });
}

const transportNames: readonly TransportName[] = ['tls', 'tcp', 'udp'];
