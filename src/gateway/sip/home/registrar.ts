/**
 * What a REGISTER does to the bindings of its user [RFC 3261 §10.3 steps 6 to 8], as a pure function. Who may register
 * for whom has been decided before.
 */
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import { parseCSeq } from '../c-seq.ts';
import type { HeaderField, Headers } from '../headers.ts';
import type { SipRequest } from '../message.ts';
import { type NameAddr, parseNameAddr, printNameAddr } from '../name-addr.ts';
import { parseSipUri, printSipUri, type SipUri } from '../sip-uri.ts';
import type { Source } from '../transport.ts';
import { withRoom } from './expiring-table.ts';
import { expirySeconds, type Intervals } from './expiry.ts';
import type { Binding } from './location.ts';

/** Seconds. 3600: RFC 3261 §10.2. 60 keeps refreshes rare enough; 7200 bounds how long a dead device stays. Source: own choice. */
const registrationIntervals: Intervals = { min: 60, default: 3600, max: 7200 };

/** Devices of one user. When one more registers, the one that expires first makes room. Source: own choice. */
export const maxBindings = 10;
/** Characters of one Contact: a 200 with all of them still is one datagram. Source: own choice; clients write 300 at most. */
export const maxContactLength = 1024;
/** Characters of a User-Agent that are kept, for administrators. Source: own choice; pidgin-sipe writes 60. */
export const maxUserAgentLength = 128;

export interface RegisterRefusal {
  readonly status: 400 | 423 | 500;
  readonly reason?: string | undefined;
  readonly headers?: readonly HeaderField[] | undefined;
}

export interface Registration {
  /** What the user is bound to afterwards. */
  readonly bindings: readonly Binding[];
  /** Headers of the 200. */
  readonly headers: readonly HeaderField[];
}

export interface RegisterEvent {
  readonly request: SipRequest;
  readonly source: Source;
  /** Milliseconds on the clock's monotonic scale. */
  readonly now: number;
  readonly wallTime: Date;
  /** Whether it comes from one of the TrustedSipPeers. */
  readonly isTrusted: boolean;
}

export function register(current: readonly Binding[], event: RegisterEvent): Result<Registration, RegisterRefusal> {
  const { headers } = event.request;
  const cSeq = parseCSeq(headers.get('CSeq') ?? '');
  if (!cSeq.ok) return badRequest(cSeq.error);
  const order = { callId: headers.get('Call-ID') ?? '', cSeq: cSeq.value.number };
  const contacts = headers.getAll('Contact');
  const updated = contacts.includes('*')
    ? removeAll(current, headers, order)
    : addContacts(contacts, { ...event, current, order });
  return updated.ok ? ok(registration(updated.value, event)) : updated;
}

interface Order {
  readonly callId: string;
  readonly cSeq: number;
}

/** Out-of-order requests of one client are told by Call-ID and CSeq; another Call-ID is another client or a restart. */
const isLate = (binding: Binding, { callId, cSeq }: Order): boolean =>
  binding.callId === callId && cSeq <= binding.cSeq;

type Update = Result<readonly Binding[], RegisterRefusal>;

function removeAll(current: readonly Binding[], headers: Headers, order: Order): Update {
  if (headers.getAll('Contact').length > 1) return badRequest('"*" stands beside another Contact');
  if (headers.get('Expires')?.trim() !== '0') return badRequest('"*" without Expires: 0');
  return current.some((binding) => isLate(binding, order)) ? late() : ok([]);
}

interface Addition extends RegisterEvent {
  /** The bindings before this request. */
  readonly current: readonly Binding[];
  readonly order: Order;
}

function addContacts(contacts: readonly string[], addition: Addition): Update {
  if (contacts.length > maxBindings) return badRequest(`more than ${maxBindings} Contacts`);
  let bindings = addition.current;
  for (const contact of contacts) {
    const updated = addContact(bindings, contact, addition);
    if (!updated.ok) return updated;
    bindings = updated.value;
  }
  return ok(bindings);
}

function addContact(bindings: readonly Binding[], text: string, addition: Addition): Update {
  const { request, source, now, order, current, isTrusted } = addition;
  if (text.length > maxContactLength) return badRequest(`a Contact is longer than ${maxContactLength}`);
  const address = parseNameAddr(text);
  if (!address.ok) return badRequest(`Contact: ${address.error}`);
  const uri = parseSipUri(address.value.uri);
  if (!uri.ok) return badRequest(`Contact: ${uri.error}`);

  const requested = address.value.parameters.get('expires') ?? request.headers.get('Expires');
  const seconds = expirySeconds(requested, registrationIntervals);
  if (!seconds.ok) return refuse({ status: 423, headers: [['Min-Expires', String(seconds.error)]] });

  const contact = storedContact(address.value, uri.value, source);
  const isSame = (binding: Binding): boolean => sameContact(binding.contact.uri, contact.uri);
  if (current.some((binding) => isSame(binding) && isLate(binding, order))) return late();
  const others = bindings.filter((binding) => !isSame(binding));
  if (seconds.value === 0) return ok(others);
  const destination = destinationOf(uri.value, source);
  const since = current.find(isSame)?.since ?? addition.wallTime;
  const userAgent = request.headers.get('User-Agent')?.slice(0, maxUserAgentLength);
  const about = { contact, destination, since, userAgent, isTrusted };
  return ok([...withRoom(others, maxBindings), { ...about, ...order, expiresAt: now + seconds.value * 1000 }]);
}

/** `;proxy=replace` asks for the address the registrar sees instead of the client's own [MS-SIPRE; pidgin-sipe 1.25]. */
function storedContact(address: NameAddr, uri: SipUri, source: Source): NameAddr {
  const isReplaced = address.parameters.get('proxy')?.toLowerCase() === 'replace';
  const drop = (parameters: NameAddr['parameters'], names: readonly string[]): NameAddr['parameters'] =>
    new Map([...parameters].filter(([name]) => !names.includes(name)));
  if (!isReplaced) return { uri: printSipUri(uri), parameters: drop(address.parameters, ['expires']) };
  const host = source.address.includes(':') ? `[${source.address}]` : source.address;
  const seen = { ...uri, host, port: source.port, parameters: drop(uri.parameters, ['maddr']) };
  return { uri: printSipUri(seen), parameters: drop(address.parameters, ['expires', 'proxy']) };
}

/**
 * Requests go to the host the REGISTER came from and to no other, so that no registration can aim the server at somebody
 * else. The Contact's port counts when its host is that host: a client may send from one port and listen on another. Otherwise
 * the client is behind NAT, and only the port it sent from leads back.
 */
function destinationOf(uri: SipUri, source: Source): Binding['destination'] {
  const { transport, address, port, connectionId } = source;
  const isDirect = uri.host.replace(/^\[|\]$/g, '') === address;
  const speaksSame = (uri.parameters.get('transport')?.toLowerCase() ?? transport) === transport;
  const listening = uri.port ?? (transport === 'tls' ? 5061 : 5060);
  return { transport, host: address, port: isDirect && speaksSame ? listening : port, connectionId };
}

/** The parts of URI comparison that tell devices apart: user, host, port, transport [RFC 3261 §19.1.4]. */
function sameContact(left: string, right: string): boolean {
  const [one, other] = [parseSipUri(left), parseSipUri(right)];
  return one.ok && other.ok && contactKey(one.value) === contactKey(other.value);
}

const contactKey = (uri: SipUri): string =>
  [uri.scheme, uri.user, uri.host, uri.port, uri.parameters.get('transport')?.toLowerCase()].join(' ');

function registration(bindings: readonly Binding[], { now, request, wallTime }: RegisterEvent): Registration {
  const left = ({ expiresAt }: Binding): number => Math.ceil((expiresAt - now) / 1000);
  const contacts = bindings.map((binding): HeaderField => {
    const parameters = new Map([...binding.contact.parameters, ['expires', String(left(binding))]]);
    return ['Contact', printNameAddr({ ...binding.contact, parameters })];
  });
  // pidgin-sipe takes the registration for ended when the header is missing.
  const own = bindings.findLast(({ callId }) => callId === request.headers.get('Call-ID'));
  const expires: HeaderField = ['Expires', String(own === undefined ? 0 : left(own))];
  return { bindings, headers: [...contacts, expires, ['Date', wallTime.toUTCString()]] };
}

const badRequest = (reason: string): Result<never, RegisterRefusal> => refuse({ status: 400, reason });
const late = (): Result<never, RegisterRefusal> => refuse({ status: 500, reason: 'CSeq Out Of Order' });
