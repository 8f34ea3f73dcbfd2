/**
 * The production SIP side: a proxy (a Skype for Business pool, Kamailio, any RFC 3261 element) that owns the users. We are
 * its peer for the XMPP domains: we take requests only from whom we trust, and send it everything for its users. Messages
 * are page-mode MESSAGEs or inside IM sessions; presence is subscribed to, in both directions; every other request is answered.
 */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { allowMethods } from './allowed-methods.ts';
import { canonicalAor, sipUriIn } from './aor.ts';
import { type HeaderField, Headers } from './headers.ts';
import { sourceAsDestination } from './home/own-contact.ts';
import { presenceEvent } from './home/presence-package.ts';
import { benotify, isNeverAnswered } from './methods.ts';
import { tagOf } from './name-addr.ts';
import { printImOffer, sdpContent } from './session/im-offer.ts';
import { sdpType } from './session/sdp.ts';
import { timerExtension } from './session/session-timer.ts';
import type { FinalResponse, IncomingRequest, ResponseParts, SipEndpoint } from './sip-endpoint.ts';
import { assertedIdentity, fromField, type Speaker } from './speaker.ts';
import type { Destination, Source } from './transport.ts';
import { acceptEncoding, acceptLanguage, uasRefusal } from './uas-refusal.ts';

export interface NextHopOptions {
  readonly endpoint: Pick<SipEndpoint, 'request' | 'localAddress'>;
  /** Where requests for this user go; asked for each. */
  destination(userAor: string): Destination | undefined;
  /** Whether users of this domain live behind it. */
  readonly isLocalDomain: (domain: string) => boolean;
  /**
   * Whether this element may speak for the users of a domain without digest; the refusal says why not, for the log. Never
   * rejects.
   *
   * @param domain - As the From says; '' when it says none.
   */
  trust(source: Source, domain: string): Promise<Result<void, string>>;
  /** A request was refused because its sender is not trusted. */
  onUntrusted(source: Source, reason: string): void;
  /** Media types of MESSAGE, as Accept lists them. */
  readonly accepts: string;
  readonly token: (bits: number) => string;
  onOutgoing(request: { readonly aor: string } & Pick<IncomingRequest, 'request' | 'respond'>): void;
  /** An INVITE, or a request inside a dialog. @returns False when it is none of an IM session; else it must be answered. */
  onSession(incoming: IncomingRequest, aor: string): boolean;
  /** A SUBSCRIBE of one of our users, in a dialog or outside. It must be answered. */
  onSubscribe(incoming: IncomingRequest, watcherAor: string): void;
  /** A NOTIFY about one of our users. It must be answered. */
  onNotify(incoming: IncomingRequest): void;
}

export interface RequestForUser {
  readonly method: string;
  /** `sip:contact@partner`. */
  readonly from: string;
  /** `sip:user@domain`. */
  readonly to: string;
  readonly headers: readonly HeaderField[];
  readonly body: Buffer;
  readonly speaker?: Speaker | undefined;
}

export interface NextHop {
  /** Answers in the end, unless the method is one that is never answered. */
  handle(incoming: IncomingRequest): void;
  deliver(request: RequestForUser): Promise<FinalResponse>;
}

export function nextHop(options: NextHopOptions): NextHop {
  return {
    handle: (incoming) => void admit(incoming, options),
    async deliver(request) {
      const destination = options.destination(request.to);
      if (destination === undefined) return { ok: false, why: 'transport', detail: 'there is no next hop' };
      return options.endpoint.request(outgoing(request, options.token), destination);
    },
  };
}

async function admit(incoming: IncomingRequest, options: NextHopOptions): Promise<void> {
  const { source, request } = incoming;
  const trusted = await options.trust(source, sipUriIn(request.headers.get('From'))?.host ?? '');
  if (trusted.ok) return receive(incoming, options);
  options.onUntrusted(source, trusted.error);
  incoming.respond(403, { reason: 'Not A Trusted Peer' });
}

const isNotification = (method: string): boolean => method === 'NOTIFY' || method === benotify;

function receive(incoming: IncomingRequest, options: NextHopOptions): void {
  const { request } = incoming;
  // We ask for NOTIFY alone; a hop may have the other for us all the same.
  if (isNotification(request.method)) return options.onNotify(incoming);
  if (isNeverAnswered(request.method)) return;
  if (request.method === 'OPTIONS') return void tellCapabilities(incoming, options);
  const { method, headers } = request;
  const isInDialog = headers.read('To', tagOf) !== undefined;
  const isOfSession = method === 'INVITE' || (isInDialog && method !== 'SUBSCRIBE');
  const refusal = isOfSession ? undefined : uasRefusal(request);
  if (refusal !== undefined) return incoming.respond(refusal.status, refusal.more);
  const aor = senderOf(headers, options);
  if (!aor.ok) return incoming.respond(aor.error.status, aor.error.more);
  // Beside those of subscriptions there are no other dialogs here [RFC 3261 §12.2.2].
  if (isOfSession) return options.onSession(incoming, aor.value) ? undefined : incoming.respond(481);
  if (method === 'SUBSCRIBE') return options.onSubscribe(incoming, aor.value);
  options.onOutgoing({ aor: aor.value, request, respond: (status, more) => incoming.respond(status, more) });
}

interface Answer {
  readonly status: number;
  readonly more?: ResponseParts;
}

/** What is understood, and the description of an IM session as an INVITE would get it [RFC 3261 §11.2]. */
async function tellCapabilities(incoming: IncomingRequest, { endpoint, accepts }: NextHopOptions): Promise<void> {
  const { request, source } = incoming;
  const wanted = request.headers.getAll('Accept');
  const isWanted = wanted.length === 0 || wanted.some((type) => type === '*/*' || type.startsWith(sdpType));
  const address = await endpoint.localAddress(sourceAsDestination(source));
  const headers: HeaderField[] = [
    allowMethods,
    ['Accept', `${accepts}, ${sdpType}`],
    acceptEncoding,
    acceptLanguage,
    ['Supported', timerExtension],
    ['Allow-Events', presenceEvent],
  ];
  if (!isWanted || !address.ok) return incoming.respond(200, { headers });
  incoming.respond(200, { headers: [...headers, sdpContent], body: printImOffer(address.value) });
}

function senderOf(headers: Headers, { isLocalDomain }: NextHopOptions): Result<string, Answer> {
  const from = sipUriIn(headers.get('From'));
  if (from?.user === undefined) return refuse({ status: 400, more: { reason: 'From Is No SIP User' } });
  if (isLocalDomain(from.host)) return ok(canonicalAor(from));
  return refuse({ status: 403, more: { reason: 'From Is Not In A Domain Served Here' } });
}

function outgoing({ method, from, to, headers, body, speaker }: RequestForUser, token: NextHopOptions['token']) {
  const fields: HeaderField[] = [
    fromField(from, token(64), speaker),
    ['To', `<${to}>`],
    ['Call-ID', token(128)],
    ['CSeq', `1 ${method}`],
    assertedIdentity(from, speaker),
  ];
  return { method, requestUri: to, headers: Headers.of([...fields, ...headers]), body };
}
