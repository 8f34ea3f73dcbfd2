/** SASL EXTERNAL between servers, RFC 6120 §6 and XEP-0178: the certificate authenticates, the authorization identity names the domain. */
import { type DomainName, parseDomainName } from '../../primitives/domain-name.ts';
import { ok, type Result, refuse } from '../../primitives/result.ts';
import { printDomainpart } from './jid.ts';
import { namespaces } from './namespaces.ts';
import { childElements, type Element, element, textOf } from './xml/element.ts';

export const external = 'EXTERNAL';

/** The SASL failures that we send [RFC 6120 §6.5]. */
export type SaslFailure =
  | 'aborted'
  | 'encryption-required'
  | 'incorrect-encoding'
  | 'invalid-authzid'
  | 'invalid-mechanism'
  | 'malformed-request'
  | 'not-authorized';

/** `<auth/>` with the domain as authorization identity, which older servers want to see [XEP-0178 §3]. */
export const printAuth = (domain: DomainName): Element =>
  element(
    'auth',
    namespaces.sasl,
    { mechanism: external },
    Buffer.from(printDomainpart(domain), 'utf8').toString('base64'),
  );

export const saslSuccess: Element = element('success', namespaces.sasl);
/** Asks for the initial response that the peer left out [RFC 6120 §6.4.2]. */
export const emptyChallenge: Element = element('challenge', namespaces.sasl);

export function printSaslFailure(failure: SaslFailure, text?: string): Element {
  const texts = text === undefined ? [] : [element('text', namespaces.sasl, { 'xml:lang': 'en' }, text)];
  return element('failure', namespaces.sasl, {}, element(failure, namespaces.sasl), ...texts);
}

/** The condition and the text of the peer's `<failure/>`, as one phrase. */
export function readSaslFailure(failure: Element): string {
  const inside = childElements(failure);
  const condition = inside.find((child) => child.name !== 'text')?.name ?? 'no condition';
  const text = textOf(inside.find((child) => child.name === 'text'));
  return text === '' ? condition : `${condition}: ${text}`;
}

export const isSasl = (candidate: Element, name: string): boolean =>
  candidate.namespace === namespaces.sasl && candidate.name === name;

/**
 * Whether a response claims the domain that the stream claims. `=` and an empty response claim what the certificate says,
 * which was compared with the stream's `from` before EXTERNAL was offered.
 */
export function checkAuthorizationIdentity(response: string, expected: DomainName): Result<void, SaslFailure> {
  const encoded = response.replaceAll(/[ \t\r\n]/g, '');
  if (encoded === '=' || encoded === '') return ok(undefined);
  const decoded = Buffer.from(encoded, 'base64');
  if (decoded.toString('base64').replace(/=+$/, '') !== encoded.replace(/=+$/, '')) return refuse('incorrect-encoding');
  const claimed = parseDomainName(decoded.toString('utf8'));
  return claimed.ok && claimed.value === expected ? ok(undefined) : refuse('invalid-authzid');
}
