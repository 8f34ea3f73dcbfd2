/** Why a name could not be proven, as the authority puts it and as it looks from here, and what an administrator looks at next. */
import type { AcmeChallenge } from '../../../config/certificate-renewal.ts';
import { CodedError } from '../../../primitives/errors.ts';
import { visibleText } from '../../../primitives/visible-text.ts';
import type { AcmeAuthorization } from './acme-objects.ts';
import type { Presented } from './challenge-solver.ts';
import { printProblem } from './problem-document.ts';

/** Names that are told in one message. */
const maxNames = 10;

/** @param failed - At least one. */
export function challengeFailed(
  failed: readonly AcmeAuthorization[],
  type: AcmeChallenge,
  presented: Presented,
): CodedError {
  const domains = failed.map(({ domain }) => domain);
  const reasons = failed.slice(0, maxNames).map((each) => reasonOf(each, type, presented));
  const more = failed.length - reasons.length;
  const shown = domains.slice(0, maxNames).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return new CodedError('AuthorityChallengeFailed', `The authority could not verify ${shown} by ${type}.`, {
    reason: reasons.join('; '),
    fix: fixesOf(failed[0], type),
    target: domains[0],
  });
}

function reasonOf(authorization: AcmeAuthorization, type: AcmeChallenge, presented: Presented): string {
  const { domain, status } = authorization;
  const error = problemOf(authorization, type);
  const said = error === undefined ? `its authorization is ${status}` : printProblem(error);
  const seen = presented.wasAskedFor(domain);
  if (seen === undefined) return `${domain}: ${said}`;
  return `${domain}: ${said} (${seen ? 'a request for it was answered here' : 'no request for it has arrived here'})`;
}

const problemOf = ({ challenges }: AcmeAuthorization, type: AcmeChallenge) =>
  challenges.find((challenge) => challenge.type === type)?.error ??
  challenges.find(({ error }) => error !== undefined)?.error;

/** What the authority looks at, looked at from here. */
const looks: Readonly<Record<AcmeChallenge, (domain: string) => string>> = {
  'http-01': (domain) => `curl -v http://${domain}/.well-known/acme-challenge/`,
  'tls-alpn-01': (domain) => `openssl s_client -connect ${domain}:443 -servername ${domain} -alpn acme-tls/1`,
  'dns-01': (domain) => `dig +short TXT _acme-challenge.${domain}`,
};

function fixesOf(failed: AcmeAuthorization | undefined, type: AcmeChallenge): readonly string[] {
  if (failed === undefined) return [];
  const { domain } = failed;
  if (problemOf(failed, type)?.type === 'caa') return [`dig +short CAA ${domain}`];
  if (type === 'dns-01') return [looks[type](domain)];
  return [
    `dig +short ${domain} A ${domain} AAAA`,
    looks[type](domain),
    'xgw get-help request-certificate -Parameter AcmeChallenge',
  ];
}

export function notOffered(
  { domain, challenges, status }: AcmeAuthorization,
  type: AcmeChallenge,
  url: URL,
): CodedError {
  const offered = challenges.map((challenge) => visibleText(challenge.type)).join(', ');
  return new CodedError('AuthorityRefused', `${url.host} does not take ${type} as a proof for ${domain}.`, {
    reason: offered === '' ? `it offers none, the authorization is ${status}` : `it offers ${offered}`,
    fix: 'xgw get-help request-certificate -Parameter AcmeChallenge',
    target: domain,
  });
}
