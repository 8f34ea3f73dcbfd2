/** What an EST server's "no" means to an administrator: its status, its own words, and what to do. [RFC 7030 §4.2.3] */
import { CodedError } from '../../../primitives/errors.ts';
import { visibleText } from '../../../primitives/visible-text.ts';
import type { HttpsAnswer } from '../https-exchange.ts';
import type { EstServer } from './est-exchange.ts';

/** Characters of a server's words that are shown. */
const maxWords = 300;

export function refusalOf(answer: HttpsAnswer, { url, credentials }: EstServer): CodedError {
  const { status, headers } = answer;
  const refused = (reason: string, fix: string): CodedError =>
    new CodedError('AuthorityRefused', `${url.host} does not issue the certificate.`, {
      reason: `${reason}${wordsOf(answer)}`,
      fix,
      target: url.href,
    });
  if (status === 401) {
    const challenge = visibleText(headers['www-authenticate'] ?? 'nothing that it names').slice(0, maxWords);
    return credentials === undefined
      ? refused(`it wants to know who asks, by ${challenge}`, 'xgw get-help request-certificate -Parameter EstUserName')
      : refused(
          `it does not take the user name and password, and asks for ${challenge}`,
          'xgw get-help AuthorityRefused',
        );
  }
  if (status >= 300 && status < 400)
    return refused(
      `it sends us to ${visibleText(headers.location ?? 'nowhere').slice(0, maxWords)}, which is another server (${status})`,
      'xgw get-help AuthorityRefused',
    );
  if (status < 500) return refused(`it answers ${status}`, `curl -v ${url.origin}/.well-known/est/cacerts`);
  return new CodedError('AuthorityUnreachable', `${url.host} cannot answer now.`, {
    reason: `it answers ${status}${wordsOf(answer)}`,
    fix: `curl -v ${url.origin}/.well-known/est/cacerts`,
    target: url.href,
  });
}

/** Without another type the body is text for people. */
function wordsOf({ headers, body }: HttpsAnswer): string {
  const type = headers['content-type'] ?? 'text/plain';
  if (!/^text\/plain/i.test(type)) return '';
  const words = body.toString('utf8').replaceAll(/\s+/g, ' ').trim().slice(0, maxWords);
  return words === '' ? '' : `: "${visibleText(words)}"`;
}
