/** The live streams of the running gateway: found by the domain at the other end, shown as objects, ended on an operator's word. */

import type { Configuration } from '../config/configuration.ts';
import type { StreamSummary } from '../gateway/xmpp/s2s-event.ts';
import { CodedError } from '../primitives/errors.ts';
import { partnerDomainOrThrow } from './federated-partners.ts';
import { askGateway } from './service/ask-gateway.ts';
import type { Disconnection } from './service/gateway-control.ts';
import { hostPort } from './service/service-object.ts';
import { wildcard } from './wildcard.ts';

/** A stream as it crosses the control channel: its times are ISO 8601. */
export type XmppSession = {
  readonly [Field in keyof StreamSummary]: StreamSummary[Field] extends Date ? string : StreamSummary[Field];
};

/** `Both`: stanzas go both ways on it, whoever opened it. */
export const directions = ['Inbound', 'Outbound', 'Both'] as const;
export type Direction = (typeof directions)[number];

export interface SessionSelection {
  /** A domain or a pattern of domains at the other end. */
  readonly domain?: string | undefined;
  readonly id?: string | undefined;
  readonly direction?: Direction | undefined;
}

/** Oldest first. @throws CodedError `ServiceNotRunning` */
export async function xmppSessions(
  storeFolder: string,
  selection: SessionSelection = {},
): Promise<readonly XmppSession[]> {
  return selectSessions(await askGateway<readonly XmppSession[]>(storeFolder, 'sessions'), selection);
}

export function selectSessions(
  sessions: readonly XmppSession[],
  { domain, id, direction }: SessionSelection,
): readonly XmppSession[] {
  const fits = domain === undefined ? undefined : wildcard(domain);
  return sessions
    .filter(
      (session) =>
        (fits === undefined || remoteDomains(session).some(fits)) &&
        (id === undefined || session.id === id.toLowerCase()) &&
        (direction === undefined || directionOf(session) === direction),
    )
    .toSorted((left, right) => left.since.localeCompare(right.since));
}

/** One connection may carry several domains of a partner. A stranger's has none: it fits `*` all the same. */
const remoteDomains = ({ remoteDomain, authenticated }: XmppSession): readonly string[] => [
  ...new Set<string>([remoteDomain ?? '', ...authenticated]),
];

/** A partner without streams is no failure: they are opened when there is something to send. @throws CodedError `ObjectNotFound` for an id that no stream has, and for a domain that is no partner's either. */
export function refuseUnknown(
  found: readonly XmppSession[],
  { domain, id }: SessionSelection,
  configuration: Configuration,
): void {
  if (found.length > 0) return;
  if (id !== undefined) {
    throw new CodedError('ObjectNotFound', `there is no stream with the id ${id}.`, {
      reason: 'it has ended, or it is the id of another gateway',
      fix: 'xgw get-xmppsession',
      target: id,
    });
  }
  if (domain !== undefined) partnerDomainOrThrow(configuration, domain);
}

/** Closes each with its closing tag. What waits for a stream goes out on the next one. @returns The ids that were there. */
export async function disconnectSessions(storeFolder: string, order: Disconnection): Promise<readonly string[]> {
  return await askGateway(storeFolder, 'disconnect-sessions', { parameter: order });
}

const securityOf = ({ tls, method, certificate }: XmppSession) => ({
  Tls: tls?.protocol ?? null,
  Cipher: tls?.cipher ?? null,
  Auth: method ?? null,
  Certificate: certificate ?? null,
});

/** The object that cmdlets emit. */
export const sessionObject = (session: XmppSession) => ({
  Id: session.id,
  Local: session.localDomain ?? null,
  Remote: session.remoteDomain ?? null,
  Direction: directionOf(session),
  State: capital(session.state),
  Since: session.since,
  ...securityOf(session),
  Domains: session.authenticated,
  Bidi: session.bidirectional,
  StreamManagement: session.streamManagement ?? false,
  Unacknowledged: session.unacknowledged ?? null,
  InMessages: session.stanzasIn,
  OutMessages: session.stanzasOut,
  Queue: session.queued,
  LastActivity: session.lastActivity,
  OpenedBy: session.direction === 'inbound' ? 'Partner' : 'Gateway',
  Address: hostPort(session.peerAddress, session.peerPort),
  Partner: session.partner ?? null,
});

const directionOf = ({ direction, bidirectional }: XmppSession): string =>
  bidirectional ? 'Both' : capital(direction);

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
