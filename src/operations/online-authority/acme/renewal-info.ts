/**
 * Renewal information (RFC 9773): when an ACME server would like a certificate to be renewed, which moves when it has to revoke;
 * and the name by which the successor's order says what it replaces.
 */
import { type Certificate, readCertificate } from '../../../certificates/certificate.ts';
import { readPem } from '../../../certificates/pem.ts';
import type { Clock } from '../../../primitives/clock.ts';
import { ok, type Result, refuse } from '../../../primitives/result.ts';
import type { exchange } from '../https-exchange.ts';
import type { RenewalAdvice } from '../online-authority.ts';
import { readRetryAfter } from '../retry-after.ts';
import { readDirectory } from './acme-directory.ts';
import { objectOf, parseJsonObject, textOf } from './acme-json.ts';
import { unusableAnswer } from './acme-refusal.ts';
import type { AcmeServer } from './acme-session.ts';

export interface AdvicePorts {
  readonly exchange: typeof exchange;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Bytes. */
const maxBytes = 65_536;
/** Milliseconds. */
const deadlineMs = 30_000;

/** Key identifier of the issuer and serial number, base64url. [RFC 9773 §4.1] @returns undefined where the issuer is not named so. */
export function renewalIdentifier({ extensions, serialNumber }: Certificate): string | undefined {
  const issuer = extensions.authorityKeyIdentifier;
  if (issuer === undefined) return undefined;
  return `${issuer.toString('base64url')}.${Buffer.from(serialNumber, 'hex').toString('base64url')}`;
}

/** Of the first certificate of a chain. @param chain - PEM. */
export function identifierOfChain(chain: string | undefined): string | undefined {
  const blocks = readPem(chain ?? '');
  const leaf = readCertificate((blocks.ok ? blocks.value[0]?.der : undefined) ?? Buffer.alloc(0));
  return leaf.ok ? renewalIdentifier(leaf.value) : undefined;
}

/**
 * Asked without an account. [RFC 9773 §4.1]
 *
 * @returns undefined where the server has no such resource.
 * @throws CodedError what `exchange` throws, `AuthorityAnswerUnusable`
 */
export async function askAdvice(
  certificate: Certificate,
  { directoryUrl, roots }: AcmeServer,
  { exchange: ask, clock, signal }: AdvicePorts,
): Promise<RenewalAdvice | undefined> {
  const get = async (url: URL) => await ask({ url, method: 'GET', roots, maxBytes, deadlineMs, signal });
  const directory = readDirectory((await get(directoryUrl)).body);
  if (!directory.ok) throw unusableAnswer(directoryUrl, directory.error);
  const identifier = renewalIdentifier(certificate);
  const { renewalInfo } = directory.value;
  if (renewalInfo === undefined || identifier === undefined) return undefined;
  const url = new URL(`${renewalInfo.href.replace(/\/$/, '')}/${identifier}`);
  const answer = await get(url);
  const window = answer.status === 200 ? readWindow(answer.body) : refuse(`it answers ${answer.status}`);
  if (!window.ok) throw unusableAnswer(url, window.error);
  return { ...window.value, askAgainMs: readRetryAfter(answer.headers['retry-after'], clock.wallTime()) };
}

/** [RFC 9773 §4.2] */
function readWindow(body: Buffer): Result<Pick<RenewalAdvice, 'from' | 'until'>, string> {
  const read = parseJsonObject(body);
  if (!read.ok) return read;
  const window = objectOf(read.value, 'suggestedWindow');
  const [from, until] = [timeOf(textOf(window, 'start')), timeOf(textOf(window, 'end'))];
  if (from === undefined || until === undefined || until <= from) return refuse('it suggests no window of time');
  return ok({ from, until });
}

/** [RFC 3339 §5.6] */
function timeOf(text: string | undefined): Date | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i.test(text))
    return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
