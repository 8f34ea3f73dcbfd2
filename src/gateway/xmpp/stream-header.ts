/** The start tag of a stream, RFC 6120 §4.7: who opens it to whom, under which id. */
import { type DomainName, parseDomainName } from '../../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { printDomainpart } from './jid.ts';
import { namespaces } from './namespaces.ts';
import type { StreamError } from './stream-error.ts';
import type { Element } from './xml/element.ts';
import { escapeAttribute } from './xml/xml-writer.ts';

export interface StreamHeader {
  readonly from?: DomainName;
  readonly to?: DomainName;
  readonly id?: string;
  /** Whether the sender speaks XMPP 1.0, and so negotiates by features. Servers before RFC 3920 do not. */
  readonly hasFeatures: boolean;
}

/** Characters of a stream id; ours have 32. Source: none; a bound on what we keep and send back in dialback. */
const maxIdLength = 256;

/** Reads the peer's header. Missing addresses are not refused here: which of them must be there depends on the role. */
export function parseStreamHeader(root: Element, contentNamespace: string): Result<StreamHeader, StreamError> {
  if (root.name !== 'stream' || root.namespace !== namespaces.streams)
    return refuse({ condition: 'invalid-namespace', text: 'This is not an XMPP stream.' });
  if (contentNamespace !== namespaces.server)
    return refuse({
      condition: 'invalid-namespace',
      text: 'Only streams between servers (jabber:server) are served here.',
    });
  const { from, to, id, version } = root.attributes as Readonly<Record<string, string | undefined>>;
  const fromDomain = optionalDomain('from', from);
  const toDomain = optionalDomain('to', to);
  if (!fromDomain.ok || !toDomain.ok)
    return refuse({ condition: 'improper-addressing', text: 'The to or from of the stream is not a domain name.' });
  if (!isUsableId(id)) return refuse({ condition: 'bad-format', text: 'The stream id is too long or has spaces.' });
  const hasFeatures = Number.parseInt(version ?? '0', 10) >= 1;
  // COMPAT(Prosody 0.12): an initiating server, which gives no id, sends an empty one.
  return ok({ ...(id !== undefined && id !== '' && { id }), ...fromDomain.value, ...toDomain.value, hasFeatures });
}

/** A space would make two dialback claims look alike to the key. */
const isUsableId = (id: string | undefined): boolean =>
  id === undefined || (id.length <= maxIdLength && !/\s/.test(id));

function optionalDomain(name: 'from' | 'to', text: string | undefined): Result<Partial<StreamHeader>, string> {
  if (text === undefined || text === '') return ok({});
  const domain = parseDomainName(text);
  return domain.ok ? ok({ [name]: domain.value }) : domain;
}

/** Our header. The dialback prefix is always bound, since it also says that we know dialback [XEP-0220 §2.1]. */
export function printStreamHeader({ from, to, id }: Omit<StreamHeader, 'hasFeatures'>): string {
  const attributes = { from: from && printDomainpart(from), to: to && printDomainpart(to), id };
  const printed = Object.entries(attributes)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([name, value]) => ` ${name}="${escapeAttribute(value)}"`);
  return (
    `<?xml version="1.0"?><stream:stream xmlns="${namespaces.server}" xmlns:stream="${namespaces.streams}"` +
    ` xmlns:db="${namespaces.dialback}"${printed.join('')} version="1.0" xml:lang="en">`
  );
}

export const streamEnd = '</stream:stream>';

/** Why a connection ends whose peer owes the closing tag. */
export const noStreamEnd = 'the peer did not close';
