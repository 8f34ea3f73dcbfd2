/** One Via element: the hop that sent the request and wants its response [RFC 3261 §18.2.1, §20.42; RFC 3581]. */
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { unbracketed } from './address.ts';
import { type Parameters, parseParameters, printParameters } from './parameters.ts';
import { cutBefore } from './scan.ts';
import { parseHostPort } from './sip-uri.ts';

export interface Via {
  /** As written: `UDP`, `tcp`, `TLS`. */
  readonly transport: string;
  /** Sent-by: lower case; IPv6 in brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  readonly parameters: Parameters;
}

/** Branches that are unique by themselves start with this, and have more after it [RFC 3261 §8.1.1.7]. */
export const magicCookie = 'z9hG4bK';

/** Protocol, any version, transport and sent-by. No two parts that follow each other can match the same character. */
const sentProtocol = /^SIP\s*\/\s*[\w\-.!%*+`'~]+\s*\/\s*([\w\-.!%*+`'~]+)\s+(\S.*)$/is;

/** White space may stand around every separator; the protocol version is not judged here. */
export function parseVia(text: string): Result<Via, string> {
  const [place, rawParameters] = cutBefore(text, ';');
  const match = sentProtocol.exec(place.trim());
  if (match === null) return refuse('Via is not SIP/2.0, a transport and a host.');
  const [, transport = '', rawSentBy = ''] = match;
  const sentBy = parseHostPort(withoutBlanksAtColons(rawSentBy));
  if (!sentBy.ok) return refuse(`Via: ${sentBy.error}`);
  const parameters = parseParameters(rawParameters);
  return parameters.ok ? ok({ transport, ...sentBy.value, parameters: parameters.value }) : parameters;
}

/** Blanks may stand around the colon of a port, and nowhere else; any other stays, so that the host is refused. */
function withoutBlanksAtColons(text: string): string {
  if (!/\s/.test(text)) return text;
  const parts = text.split(':').map((part) => part.trim());
  return parts.join(':');
}

export function printVia(via: Via): string {
  const port = via.port === undefined ? '' : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${via.host}${port}${printParameters(via.parameters)}`;
}

/** The branch when it follows RFC 3261; undefined for RFC 2543 peers, who send another one or none [RFC 3261 §17.2.3]. */
export function uniqueBranch(via: Via): string | undefined {
  const branch = via.parameters.get('branch');
  if (branch === undefined || branch.length <= magicCookie.length) return undefined;
  return branch.toLowerCase().startsWith(magicCookie.toLowerCase()) ? branch : undefined;
}

/**
 * Notes where the request really came from. `received` is always written when the address differs from the sent-by,
 * and `rport` is filled in when the peer asked for it [RFC 3261 §18.2.1, RFC 3581 §4].
 */
export function markReceived(via: Via, address: string, port: number): Via {
  const parameters = new Map(via.parameters);
  const wantsPort = parameters.has('rport');
  if (wantsPort) parameters.set('rport', String(port));
  // A peer may not decide what we believe: an own `received` of its is overwritten or removed.
  parameters.delete('received');
  if (wantsPort || unbracketed(via.host) !== address) parameters.set('received', address);
  return { ...via, parameters };
}
