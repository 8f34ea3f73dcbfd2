/** The questions about what stands in the certificate: subject, host, domains, further names. */

import { planSubject, type SubjectFields } from '../../certificates/subject.ts';
import { certificateName } from '../certificate/certificate-values.ts';
import { filledIn, type Localize } from '../host/localized-text.ts';
import { domainName, listOf } from '../host/parameters.ts';
import { phrases } from '../host/phrases.ts';
import { itemsOf, newDomainAnswer, xmppDomainsOf } from './certificate-command.ts';
import type { CertificateFacts } from './certificate-facts.ts';
import { refusing } from './refusing.ts';
import type { WizardPage, WizardQuestion } from './step-driver.ts';

interface Field {
  readonly parameter: string;
  readonly field: keyof SubjectFields;
  readonly example: string;
}

export const subjectField = (
  { lastSubject }: CertificateFacts,
  { parameter, field, example }: Field,
): WizardQuestion => ({
  parameter,
  message: `${parameter === 'OU' ? 'Organizational unit' : parameter}; nothing for none`,
  help: `Stands in the subject. Example: ${example}`,
  initial: () => lastSubject[parameter] ?? '',
  refuse(answer) {
    const planned = planSubject({ [field]: answer });
    return planned.ok ? undefined : `-${parameter} ${planned.error.reason} Example: ${example}`;
  },
});

export const edgeName = ({ accessEdgeFqdn, sipDomains }: CertificateFacts): WizardQuestion => ({
  parameter: 'ComputerFqdn',
  message: 'Host that the certificate is for',
  help: 'The name that your SRV records point at: the subject of the certificate.',
  initial: () => accessEdgeFqdn ?? (sipDomains[0] === undefined ? '' : `sip.${sipDomains[0]}`),
  refuse: refusing(domainName, 'sip.contoso.com'),
});

export const domainPage = ({ sipDomains }: CertificateFacts, localize: Localize): WizardPage => ({
  title: 'SIP Domain Setting on Subject Alternative Names',
  questions: [
    {
      parameter: newDomainAnswer,
      message: 'There is no SIP domain yet. One to create with new-sipdomain; nothing for none',
      help: 'A SIP domain is what your users have behind the @, and what XMPP partners look for in the certificate.',
      applies: () => sipDomains.length === 0,
      initial: () => '',
      refuse: refusing(domainName, 'contoso.com', true),
    },
    {
      parameter: 'AllSipDomain',
      message: 'Add sip.<domain> for your SIP domains',
      help: 'SIP clients look for sip.<domain>. XMPP partners do not need it.',
      choices: [
        { value: 'all', meaning: filledIn(localize(phrases.allDomains), { domains: sipDomains.join(', ') }) },
        { value: 'default', meaning: filledIn(localize(phrases.defaultDomain), { domain: sipDomains[0] ?? '' }) },
        { value: 'some', meaning: 'Some of them.' },
      ],
      applies: ({ Type }) => sipDomains.length > 0 && Type !== 'InternalEdge',
      initial: () => 'all',
    },
    {
      parameter: 'SipDomain',
      message: 'SIP domains, separated by commas',
      help: filledIn(localize(phrases.yours), { domains: sipDomains.join(', ') }),
      applies: ({ AllSipDomain, Type }) => AllSipDomain === 'some' && sipDomains.length > 0 && Type !== 'InternalEdge',
      initial: () => sipDomains.join(','),
      refuse(answer) {
        const parsed = listOf(domainName).parse(answer);
        const stranger = parsed.ok ? parsed.value.find((domain) => !sipDomains.includes(domain)) : undefined;
        if (stranger !== undefined) return `${stranger} is not one of your SIP domains. Example: ${sipDomains[0]}`;
        return refusing(listOf(domainName), sipDomains[0] ?? 'contoso.com')(answer);
      },
    },
  ],
});

export const additionalNames = (facts: CertificateFacts): WizardQuestion => ({
  parameter: 'DomainName',
  message: 'XMPP domains and further names, separated by commas',
  help: 'Your XMPP domains are filled in: partners compare the certificate with them, and not with the host.',
  edits: true,
  initial: (answers) => xmppDomainsOf(answers, facts).join(', '),
  refuse: refusing(listOf(certificateName), 'chat.contoso.com,conference.contoso.com', true),
  note(answer, answers) {
    const names = itemsOf(answer);
    const wild = names.filter((name) => name.startsWith('*.'));
    const dropped = xmppDomainsOf(answers, facts).filter((domain) => !names.includes(domain));
    const notes = [
      ...(wild.length === 0 ? [] : [`${wild.join(', ')}: a wildcard reaches one level only, and Lync takes none.`]),
      ...(dropped.length === 0 ? [] : [`Without ${dropped.join(', ')} XMPP partners refuse the certificate there.`]),
    ];
    return notes.length === 0 ? undefined : notes.join(' ');
  },
});
