/** The command lines that do what the answers of the certificate wizard say. The wizard performs exactly them, and shows them. */
import { parseCertificateName } from '../../certificates/subject-alternative-name.ts';
import type { CertificateFacts } from './certificate-facts.ts';
import type { Answers } from './step-driver.ts';

/** Parameters whose answer is their value; an empty answer leaves them out. */
const plain = ['Template', 'FriendlyName'] as const;
const subject = ['Organization', 'OU', 'Country', 'State', 'City', 'ComputerFqdn'] as const;

/** The answer that is a parameter of New-SipDomain, and not of the request. */
export const newDomainAnswer = 'Identity';

/** @param answers - Those that count. @returns What is typed after `xgw request-certificate`. */
export function requestTokens(answers: Answers, facts: Pick<CertificateFacts, 'sipDomains'>): readonly string[] {
  const given = (names: readonly string[]): string[] =>
    names.flatMap((name) => (answers[name] === undefined || answers[name] === '' ? [] : [`-${name}`, answers[name]]));
  return [
    '-New',
    ...given(['Type']),
    ...(answers['CA'] === 'local' ? ['-CA', 'local'] : given(['Output'])),
    ...given(plain),
    // The default kind of key goes without saying.
    ...(answers['KeyAlg'] === 'RSA' ? given(['KeySize']) : given(['KeyAlg'])),
    ...given(['PrivateKeyExportable']),
    ...(answers['EncryptKey'] === 'yes' ? ['-EncryptKey', ...given(['KeyPassphraseFile'])] : []),
    ...given(subject),
    ...nameTokens(answers, domainsOf(answers, facts)),
    ...(answers['Force'] === 'overwrite' ? ['-Force'] : []),
  ];
}

/** The SIP domains there will be, the default one first. */
export function domainsOf(answers: Answers, { sipDomains }: Pick<CertificateFacts, 'sipDomains'>): readonly string[] {
  const created = answers[newDomainAnswer] ?? '';
  return sipDomains.length === 0 && created !== '' ? itemsOf(created) : sipDomains;
}

/** The domains that XMPP partners look for in this certificate. Nobody outside sees the internal edge. */
export const xmppDomainsOf = (answers: Answers, facts: Pick<CertificateFacts, 'sipDomains'>): readonly string[] =>
  answers['Type'] === 'InternalEdge' ? [] : domainsOf(answers, facts);

/** XMPP domains are there without being asked for, so that one which was taken out of the list has to be refused by name. */
function nameTokens(answers: Answers, domains: readonly string[]): readonly string[] {
  const [byDefault] = domains;
  const expected = xmppDomainsOf(answers, { sipDomains: domains });
  const names = itemsOf(answers['DomainName'] ?? expected.join(','));
  const isComplete = expected.every((domain) => names.includes(domain));
  const extra = isComplete ? names.filter((name) => !expected.includes(name)) : names;
  const chosen =
    answers['AllSipDomain'] === 'default' && !isComplete ? [byDefault ?? ''] : itemsOf(answers['SipDomain']);
  return [
    ...(isComplete ? [] : ['-NoDefaultSan']),
    ...(answers['AllSipDomain'] === 'all' ? ['-AllSipDomain'] : listed('SipDomain', chosen)),
    ...listed('DomainName', extra),
  ];
}

const listed = (name: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : [`-${name}`, items.join(',')];

/** Lists are typed with spaces; a command line has none in them. Doubles are dropped. */
export function itemsOf(answer: string | undefined): readonly string[] {
  const items = (answer ?? '').split(/[\s,]+/).filter((item) => item !== '');
  const names = items.map((item) => {
    const parsed = parseCertificateName(item);
    return parsed.ok ? parsed.value : item;
  });
  return [...new Set(names)];
}
