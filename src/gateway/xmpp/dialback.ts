/** The four elements of Server Dialback, XEP-0220: `db:result` and `db:verify`, as request and as answer. */
import { type DomainName, parseDomainName } from '../../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { printDomainpart } from './jid.ts';
import { namespaces } from './namespaces.ts';
import { printStanzaError, readStanzaError, type StanzaErrorCondition, stanzaError } from './stanza-error.ts';
import { type Element, element, textOf } from './xml/element.ts';

/** A stream's authenticated unit: our domain and theirs. Stanzas pass only between the two. */
export interface DomainPair {
  readonly local: DomainName;
  readonly remote: DomainName;
}

export const samePair = (left: DomainPair, right: DomainPair): boolean =>
  left.local === right.local && left.remote === right.remote;

/** What became of a key. The condition says why it could not be verified. */
export type DialbackOutcome =
  | { readonly type: 'valid' }
  | { readonly type: 'invalid' }
  | { readonly type: 'error'; readonly condition: StanzaErrorCondition; readonly text?: string };

export interface DialbackElement {
  readonly name: 'result' | 'verify';
  readonly from: DomainName;
  readonly to: DomainName;
  /** The stream that the key belongs to; on `verify` only. */
  readonly id: string;
  /** Absent in a request. */
  readonly outcome?: DialbackOutcome;
  readonly key: string;
}

export const isDialback = (candidate: Element): boolean => candidate.namespace === namespaces.dialback;

/** Reads a dialback element; refuses other names and addresses that are no domains. */
export function readDialback(read: Element): Result<DialbackElement, string> {
  const { name } = read;
  if (name !== 'result' && name !== 'verify') return refuse(`There is no dialback element ${name}.`);
  const from = parseDomainName(read.attributes['from'] ?? '');
  if (!from.ok) return refuse(`from: ${from.error}`);
  const to = parseDomainName(read.attributes['to'] ?? '');
  if (!to.ok) return refuse(`to: ${to.error}`);
  const outcome = readOutcome(read);
  const addressed = {
    name,
    from: from.value,
    to: to.value,
    id: read.attributes['id'] ?? '',
    key: textOf(read),
  } as const;
  return ok(outcome === undefined ? addressed : { ...addressed, outcome });
}

function readOutcome(read: Element): DialbackOutcome | undefined {
  const { type } = read.attributes as Readonly<Record<string, string | undefined>>;
  if (type === undefined) return undefined;
  if (type === 'valid' || type === 'invalid') return { type };
  return { ...readStanzaError(read), type: 'error' };
}

export const printResultRequest = ({ local, remote }: DomainPair, key: string): Element =>
  element('result', namespaces.dialback, { from: printDomainpart(local), to: printDomainpart(remote) }, key);

export const printVerifyRequest = ({ local, remote }: DomainPair, id: string, key: string): Element =>
  element('verify', namespaces.dialback, { from: printDomainpart(local), to: printDomainpart(remote), id }, key);

/** The answer to a request: addresses exchanged, id kept on `verify`. */
export function printDialbackAnswer(request: DialbackElement, outcome: DialbackOutcome): Element {
  const id = request.name === 'verify' ? request.id : undefined;
  const error = outcome.type === 'error' ? [printStanzaError(stanzaError(outcome.condition, outcome.text))] : [];
  return element(
    request.name,
    namespaces.dialback,
    { from: printDomainpart(request.to), to: printDomainpart(request.from), id, type: outcome.type },
    ...error,
  );
}
