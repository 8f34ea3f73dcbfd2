/**
 * A server that sends us elsewhere, RFC 6120 §4.9.3.19. It is believed only when its certificate speaks for the domain: in
 * clear anybody on the path could send us anywhere. Followed once, and only to carry stanzas; whoever answers there must
 * prove the same domain, and live where servers may live.
 */
import { isIP } from 'node:net';

import { parseDomainName } from '../../primitives/domain-name.ts';
import { namespaces } from './namespaces.ts';
import {
  failDial,
  type OtherHost,
  type OutboundContext,
  type OutboundState,
  type OutboundStep,
} from './outbound-state.ts';
import { childOf, type Element, textOf } from './xml/element.ts';

const maxPort = 65_535;

/** `host`, `host:port`, `[v6]`, `[v6]:port`; nothing for anything else. */
export function parseOtherHost(text: string): OtherHost | undefined {
  const match = /^\s*(?:\[([0-9a-f:.]{2,45})\]|([^\s:[\]]{1,255}))(?::(\d{1,5}))?\s*$/i.exec(text);
  if (match === null) return undefined;
  const [, literal, name, digits] = match;
  const host = literal === undefined ? nameOrIpv4(name ?? '') : isIP(literal) === 6 ? literal : undefined;
  const port = digits === undefined ? undefined : Number(digits);
  if (host === undefined || port === 0 || (port ?? 0) > maxPort) return undefined;
  return { host, ...(port !== undefined && { port }) };
}

function nameOrIpv4(text: string): string | undefined {
  if (isIP(text) === 4) return text;
  const name = parseDomainName(text);
  return name.ok ? name.value : undefined;
}

/** The server ended a stream that is not established yet with this error. */
export function sentElsewhere(state: OutboundState, error: Element, context: OutboundContext): OutboundStep {
  const said = 'The server sends us to another host (see-other-host)';
  const refused = (why: string): OutboundStep =>
    failDial(state, 'stream', `${said}; not followed, ${why}.`, { code: 'redirect-refused' });
  if (state.purpose.type !== 'stanzas') return refused('since no key is verified elsewhere');
  const security = context.securityFor(state.pair.remote);
  if (security === undefined || !state.encrypted) return refused('since it said so in clear');
  if (!context.verdictFor(state.pair.remote, security).ok)
    return refused(`since its certificate does not speak for ${state.pair.remote}`);
  const otherHost = parseOtherHost(textOf(childOf(error, 'see-other-host', namespaces.streamErrors)));
  if (otherHost === undefined) return refused('since it names none');
  return failDial(state, 'stream', `${said}, ${otherHost.host}.`, { code: 'redirected', otherHost });
}
