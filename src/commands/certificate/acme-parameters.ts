/** How Request-Certificate is told of an ACME server: parameters, and what of them goes into the store. */
import { resolve } from 'node:path';

import { acmeChallenges, type CertificateRenewal } from '../../config/certificate-renewal.ts';
import type { RequestPlan } from '../../operations/certificates/request-certificate.ts';
import { refuseUnprovable } from '../../operations/online-authority/acme/provable-names.ts';
import type { AuthorityPorts } from '../../operations/online-authority/authority-for.ts';
import { CodedError } from '../../primitives/errors.ts';
import { ok, refuse } from '../../primitives/result.ts';
import type { CmdletContext, Values, ValueType } from '../host/cmdlet.ts';
import { listOf, oneOf, optional, path, textUpTo, wholeNumber } from '../host/parameters.ts';

const mailAddress: ValueType<string> = {
  name: 'MailAddress',
  kind: 'value',
  refusal: () => 'InvalidValue',
  // A comma would begin another address, a question mark header fields. [RFC 8555 §7.3]
  parse: (given) =>
    /^[^\s@,?%<>"]{1,64}@[^\s@,?%<>"]{1,190}$/.test(given) && /^[!-~]+$/.test(given)
      ? ok(given)
      : refuse(`"${given}" is not a mail address such as hostmaster@contoso.com.`),
};

const port = wholeNumber(1, 65_535);

export const acmeParameters = {
  AcmeChallenge: optional(
    oneOf(acmeChallenges, 'AcmeChallenge'),
    'How an acme: server is shown that a name is ours. http-01 and tls-alpn-01 need each name to lead to this machine; a domain whose web server is elsewhere needs dns-01, and so does a wildcard.',
    { defaultText: 'http-01' },
  ),
  AcmeHttpPort: optional(
    port,
    'Port that answers http-01. The authority asks port 80; another one needs a forwarding.',
    {
      defaultText: '80',
    },
  ),
  AcmeTlsPort: optional(
    port,
    'Port that answers tls-alpn-01. The authority asks port 443; another one needs a forwarding.',
    { defaultText: '443' },
  ),
  AcmeDnsHook: optional(
    path,
    'Program that adds and removes the TXT records of dns-01, told by XGW_ACME_ACTION (add, remove), XGW_ACME_DOMAIN, XGW_ACME_RECORD, XGW_ACME_TOKEN and XGW_ACME_VALUE. Without it the records are shown, and Enter is waited for.',
  ),
  AcmeEabKeyId: optional(textUpTo(256), 'Key id of your account with an authority that issues to customers only.'),
  AcmeEabHmacKeyFile: optional(path, 'File with the HMAC key for it, base64url; only you may read it.'),
  AcmeRootsPath: optional(path, 'PEM file with the only roots under which an acme: server is believed.', {
    defaultText: 'the roots of the system',
  }),
  AcmeContact: optional(listOf(mailAddress), 'Mail addresses that the authority may write to.'),
};

type AcmeWanted = Values<typeof acmeParameters>;

/** Files are named in full, since the gateway runs in another folder. @throws CodedError `ParameterConflict` */
export function acmeSettingsOf(authority: string, wanted: AcmeWanted): Partial<CertificateRenewal> {
  // The caller has further parameters of the same cmdlet.
  const own = Object.entries(wanted).filter(([name]) => name in acmeParameters);
  const given = own.flatMap(([name, value]) => (value === undefined ? [] : [`-${name}`]));
  if (!authority.startsWith('acme:') && given.length > 0)
    throw new CodedError('ParameterConflict', `${authority} is no ACME server.`, {
      reason: `${given.join(', ')} ${given.length === 1 ? 'goes' : 'go'} with -CA acme:<directory URL>`,
      fix: 'xgw get-help request-certificate -Parameter CA',
    });
  const { AcmeChallenge, AcmeHttpPort, AcmeTlsPort, AcmeDnsHook, AcmeEabKeyId, AcmeEabHmacKeyFile } = wanted;
  if (AcmeDnsHook !== undefined && AcmeChallenge !== 'dns-01')
    throw new CodedError('ParameterConflict', '-AcmeDnsHook goes with -AcmeChallenge dns-01.', {
      fix: 'xgw get-help request-certificate -Parameter AcmeChallenge',
    });
  const acme = withoutUndefined({
    challenge: AcmeChallenge,
    httpPort: AcmeHttpPort,
    tlsPort: AcmeTlsPort,
    dnsHook: AcmeDnsHook === undefined ? undefined : resolve(AcmeDnsHook),
    eabKeyId: AcmeEabKeyId,
    eabHmacKeyFile: AcmeEabHmacKeyFile === undefined ? undefined : resolve(AcmeEabHmacKeyFile),
    contact: wanted.AcmeContact,
  });
  return {
    ...(wanted.AcmeRootsPath === undefined ? {} : { rootsPath: resolve(wanted.AcmeRootsPath) }),
    ...(Object.keys(acme).length === 0 ? {} : { acme }),
  };
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

const withoutUndefined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;

/** Said before anything is made. @throws CodedError `ParameterConflict` for a name that the challenge cannot prove */
export function checkProvable(renewal: CertificateRenewal, { certificate }: RequestPlan, context: CmdletContext): void {
  if (!renewal.authority.startsWith('acme:')) return;
  const { challenge = 'http-01', dnsHook } = renewal.acme ?? {};
  const names = certificate.names.flatMap(({ name }) => (name.kind === 'dns' ? [name.name] : []));
  refuseUnprovable(challenge, names);
  if (challenge === 'dns-01' && dnsHook === undefined)
    context.warn(
      'Without -AcmeDnsHook the certificate cannot be renewed by itself: somebody has to change DNS each time.',
    );
}

/** What asking an authority needs of the one who typed the cmdlet. */
export const authorityPorts = (context: CmdletContext): AuthorityPorts => ({
  now: context.now,
  store: context.store,
  warn: context.warn,
  person: context.interactive
    ? {
        say: context.say,
        async wait(question) {
          await context.ask({ message: question });
        },
      }
    : undefined,
});
