/** Pages 2 to 11 of the certificate wizard, in the order of the deployment wizard that administrators know. */

import { rsaKeySize } from '../certificate/certificate-values.ts';
import { english, type Localize } from '../host/localized-text.ts';
import { textUpTo } from '../host/parameters.ts';
import { phrases } from '../host/phrases.ts';
import type { CertificateFacts } from './certificate-facts.ts';
import { additionalNames, domainPage, edgeName, subjectField } from './certificate-name-questions.ts';
import { refusing } from './refusing.ts';
import type { Answers, WizardPage, WizardQuestion } from './step-driver.ts';

/** Of the twelve: the tasks come before these, the summary after. */
export const pageCount = 12;

/** @param names - The names that a request with these answers would carry, each with its reason, or why there are none. */
export const certificatePages = (
  facts: CertificateFacts,
  names: (answers: Answers) => readonly string[],
  localize: Localize = english,
): readonly WizardPage[] => [
  usagePage,
  whenPage,
  filePage(facts),
  templatePage,
  securityPage(facts),
  {
    title: 'Organization Information',
    questions: [
      subjectField(facts, { parameter: 'Organization', field: 'organization', example: 'Contoso, Ltd.' }),
      subjectField(facts, {
        parameter: 'OU',
        field: 'organizationalUnit',
        example: 'IT; public authorities leave it out',
      }),
    ],
  },
  {
    title: 'Geographical Information',
    questions: [
      subjectField(facts, { parameter: 'Country', field: 'country', example: 'TW' }),
      subjectField(facts, { parameter: 'State', field: 'state', example: 'Bavaria' }),
      subjectField(facts, { parameter: 'City', field: 'city', example: 'Taipei' }),
    ],
  },
  { title: 'Subject Name and Subject Alternative Names', intro: names, questions: [edgeName(facts)] },
  domainPage(facts, localize),
  {
    title: 'Configure Additional Subject Alternative Names',
    intro: (answers) => [localize(phrases.namesThatBelong), ...names(without('DomainName', answers))],
    questions: [additionalNames(facts)],
  },
];

const without = (parameter: string, answers: Answers): Answers =>
  Object.fromEntries(Object.entries(answers).filter(([name]) => name !== parameter));

export const usageChoices = [
  { value: 'ExternalEdge', meaning: 'External Edge: what XMPP partners and SIP clients see.' },
  { value: 'InternalEdge', meaning: 'Internal Edge: what your own servers see.' },
  { value: 'XmppServer', meaning: 'XMPP only: partners see this one in place of the External Edge certificate.' },
];

const usagePage: WizardPage = {
  title: 'Certificate Request',
  questions: [
    {
      parameter: 'Type',
      message: 'What the certificate is for',
      help: 'The external edge certificate serves XMPP too, unless there is one for XMPP alone.',
      choices: usageChoices,
      initial: () => 'ExternalEdge',
    },
  ],
};

const isOffline = ({ CA }: Answers): boolean => CA !== 'local';

const whenPage: WizardPage = {
  title: 'Delayed or Immediate Requests',
  questions: [
    {
      parameter: 'CA',
      message: 'Send the request',
      help: 'A public authority gets the request as a file. The local test CA is for labs: partners do not trust it.',
      choices: [
        { value: 'later', meaning: 'Prepare the request now, but send it later.' },
        { value: 'local', meaning: 'Sign at once with the LOCAL TEST CA of this store.' },
      ],
      initial: () => 'later',
    },
  ],
};

const fileNames = new Map([
  ['InternalEdge', './cert_internal_edge.csr'],
  ['XmppServer', './cert_xmpp.csr'],
]);

const filePage = (facts: CertificateFacts): WizardPage => ({
  title: 'Certificate Request File',
  questions: [
    {
      parameter: 'Output',
      message: 'File for the request',
      help: 'The file goes to the authority. It holds no secret; the private key stays in the store.',
      applies: isOffline,
      initial: ({ Type = '' }) => fileNames.get(Type) ?? './cert_external_edge.csr',
      refuse(answer) {
        if (answer === '') return 'A file is needed, such as ./cert_external_edge.csr.';
        return facts.folderExists(answer)
          ? undefined
          : `There is no folder for ${answer}. Example: ./cert_external_edge.csr`;
      },
      note: (answer) =>
        /\.(?:cer|crt|pfx|p12|p7b)$/i.test(answer) ? `${answer} will be a request, not a certificate.` : undefined,
    },
    {
      parameter: 'Force',
      message: 'That file exists',
      help: 'Going back lets you name another file.',
      choices: [{ value: 'overwrite', meaning: 'The file that is there is lost.' }],
      applies: (answers) =>
        isOffline(answers) && answers['Output'] !== undefined && facts.fileExists(answers['Output']),
      initial: () => '<',
    },
  ],
});

const templatePage: WizardPage = {
  title: 'Specify Alternate Certificate Template',
  questions: [
    {
      parameter: 'Template',
      message: 'Certificate template of a Windows authority; nothing for none',
      help: 'Only Windows authorities look at it. Their template for servers is WebServer.',
      applies: isOffline,
      initial: () => '',
      refuse: refusing(textUpTo(64), 'WebServer', true),
    },
  ],
};

const isRsa = ({ KeyAlg = 'RSA' }: Answers): boolean => KeyAlg === 'RSA';
const friendlyNames = new Map([
  ['InternalEdge', 'XMPP internal edge'],
  ['XmppServer', 'XMPP'],
]);

const securityPage = ({ pending, fileExists }: CertificateFacts): WizardPage => ({
  title: 'Name and Security',
  questions: [
    {
      parameter: 'FriendlyName',
      message: 'Friendly name',
      help: 'What you call the certificate. It does not stand in it.',
      initial: ({ Type = '' }) => friendlyNames.get(Type) ?? 'XMPP external edge',
      refuse(answer, answers) {
        const same = pending.find(({ friendlyName }) => friendlyName.toLowerCase() === answer.toLowerCase());
        if (same !== undefined && isOffline(answers))
          return `Request ${same.requestId} of that name waits for its certificate. Example: ${answer} 2`;
        return refusing(textUpTo(256), 'XMPP external edge')(answer);
      },
    },
    {
      parameter: 'KeyAlg',
      message: 'Kind of the key',
      help: 'RSA works with every partner. Elliptic curves are faster, and old partners do not know them.',
      choices: [
        { value: 'RSA', meaning: 'Works with every partner.' },
        { value: 'ECDSA_P256' },
        { value: 'ECDSA_P384' },
      ],
      initial: () => 'RSA',
    },
    {
      parameter: 'KeySize',
      message: 'Bit length',
      help: '2048 is what authorities ask for; 4096 takes some seconds to make.',
      applies: isRsa,
      initial: () => '2048',
      refuse: refusing(rsaKeySize, '2048'),
    },
    {
      parameter: 'PrivateKeyExportable',
      message: "Mark the certificate's private key as exportable",
      help: 'Needed when a second gateway gets the same certificate.',
      choices: [
        { value: 'true', meaning: 'export-certificate may give the key away.' },
        { value: 'false', meaning: 'It stays in this store.' },
      ],
      initial: () => 'true',
    },
    ...encryptionQuestions(fileExists),
  ],
});

const encryptionQuestions = (fileExists: CertificateFacts['fileExists']): readonly WizardQuestion[] => [
  {
    parameter: 'EncryptKey',
    message: 'Encrypt the private key in the store',
    help: 'The service needs the passphrase at every start. Without it the key is protected by the mode of its file.',
    choices: [
      { value: 'no', meaning: 'The service starts by itself.' },
      { value: 'yes', meaning: 'The service needs the passphrase at every start.' },
    ],
    initial: () => 'no',
  },
  {
    parameter: 'KeyPassphraseFile',
    message: 'File with the passphrase; nothing to type it when the key is made',
    help: 'The file may be the one that the service reads at its start.',
    applies: ({ EncryptKey }) => EncryptKey === 'yes',
    initial: () => '',
    refuse: (answer) =>
      answer === '' || fileExists(answer) ? undefined : `There is no file ${answer}. Example: /etc/xgw/key-pass`,
  },
];
