/** Request-Certificate: a key and a request for an authority, or a certificate of the local test CA at once; and the requests there are. */

import { newCertificateRequest, newRequestParameters } from './certificate/new-certificate-request.ts';
import { clearChosen, listRequest } from './certificate/pending-requests.ts';
import { requestSetOf } from './certificate/request-sets.ts';
import { retrieveCertificate } from './certificate/retrieve-certificate.ts';
import { certificateRequestOutput } from './get-certificate-request.ts';
import type { CmdletContext, CmdletDefinition, Values } from './host/cmdlet.ts';
import { optional, path, switchType, text, wholeNumber } from './host/parameters.ts';
import { reported, reportFile } from './reports/report-file.ts';

const parameters = {
  New: optional(switchType, 'Makes a request. It is what happens without -List, -Retrieve and -Clear.'),
  List: optional(switchType, 'Shows the requests.'),
  Retrieve: optional(switchType, 'Imports what an authority returned; -Path names the file.'),
  Clear: optional(switchType, 'Gives up a request; its private key goes to the trash folder of the key store.'),
  RequestId: optional(wholeNumber(1, 1_000_000), 'Number of a request, for -List, -Retrieve and -Clear.', {
    pipeline: 'property',
  }),
  PublicKeySha256: optional(text, 'Key of an orphaned request, for -Clear: one that was interrupted has no number.', {
    pipeline: 'property',
  }),
  Path: optional(path, 'The returned certificate, for -Retrieve.'),
  Report: optional(reportFile, 'File for a report; it ends in .html, .md or .json.'),
  ...newRequestParameters,
};

const requestCertificate: CmdletDefinition<typeof parameters> = {
  name: 'Request-Certificate',
  aliases: ['Request-CsCertificate', 'rqcert'],
  synopsis: 'Makes a private key and a request for a certificate, or lists and clears the requests there are.',
  description:
    'The names on the certificate come from the configuration: the access edge, sip.<domain>, and each XMPP domain itself, since partners compare the certificate with the domain and not with the host. The private key stays in the store; the request goes to the authority, and what the authority returns goes to import-certificate.',
  parameters,
  examples: [
    {
      command:
        'request-certificate -New -Type ExternalEdge -Output edge.csr -FriendlyName "XMPP external" -AllSipDomain -Organization Contoso -Country TW',
      shows: 'A request file for a public authority. Without any parameter, on a terminal, a wizard asks.',
    },
    {
      command: 'request-certificate -New -Type ExternalEdge -Output - -WhatIf',
      shows: 'Subject and names; makes no key.',
    },
    {
      command: 'request-certificate -New -Type ExternalEdge -CA local',
      shows: 'A certificate for a lab, in use at once.',
    },
    {
      command:
        'request-certificate -CA acme:https://acme-v02.api.letsencrypt.org/directory -AcmeContact hostmaster@contoso.com',
      shows:
        'A certificate of a public authority by ACME, which is shown the names on port 80. It is renewed by itself.',
    },
    {
      command:
        'request-certificate -CA acme:https://acme.contoso.com/directory -AcmeChallenge dns-01 -AcmeDnsHook /etc/xgw/dns-hook -AcmeRootsPath root.pem -WhatIf',
      shows: 'What would be asked of a private authority, with the names proven by records in DNS; asks nobody.',
    },
    { command: 'request-certificate -List', shows: 'The requests that wait for their certificate.' },
    {
      command: 'request-certificate -Retrieve -RequestId 1 -Path edge.p7b',
      shows: 'Imports what the authority returned for a request.',
    },
    { command: 'request-certificate -Clear -RequestId 1', shows: 'Gives one up.' },
  ],
  impact: 'Low',
  output: certificateRequestOutput,

  async run(values, context) {
    const isBare = Object.values(values).every((value) => value === undefined);
    if (isBare && context.interactive) {
      const { certificateWizard } = await import('./wizards/certificate-wizard.ts');
      return await certificateWizard(requestCertificate, context);
    }
    await reported(values.Report, context, async (recording) => await perform(values, recording));
  },
};

export default requestCertificate;

async function perform(values: Values<typeof parameters>, context: CmdletContext): Promise<void> {
  const { RequestId, PublicKeySha256, Path, ...wanted } = values;
  switch (requestSetOf(values)) {
    case 'List':
      return listRequest(RequestId, context);
    case 'Retrieve':
      return await retrieveCertificate({ requestId: RequestId, path: Path }, context);
    case 'Clear':
      return await clearChosen(RequestId, PublicKeySha256, context);
    case 'New':
      return await newCertificateRequest(wanted, context);
  }
}
