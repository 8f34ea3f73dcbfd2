/** Request-Certificate: a key and a request for an authority, or a certificate of the local test CA at once; and the requests there are. */

import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { optional, switchType, wholeNumber } from './host/parameters.ts';
import { newCertificateRequest, newRequestParameters } from './settings/new-certificate-request.ts';
import { clearPending, listRequests } from './settings/pending-requests.ts';

export default defineCmdlet({
  name: 'Request-Certificate',
  aliases: ['Request-CsCertificate', 'rqcert'],
  synopsis: 'Makes a private key and a request for a certificate, or lists and clears the requests there are.',
  description:
    'The names on the certificate come from the configuration: the access edge, sip.<domain>, and each XMPP domain itself, since partners compare the certificate with the domain and not with the host. The private key stays in the store; the request goes to the authority, and what the authority returns goes to import-certificate.',
  parameters: {
    New: optional(switchType, 'Makes a request. It is what happens without -List and -Clear.'),
    List: optional(switchType, 'Shows the requests.'),
    Clear: optional(switchType, 'Gives up a request; its private key goes to the trash folder of the key store.'),
    RequestId: optional(wholeNumber(1, 1_000_000), 'Number of a request, for -List and -Clear.', {
      pipeline: 'property',
    }),
    ...newRequestParameters,
  },
  examples: [
    {
      command:
        'request-certificate -New -Type ExternalEdge -Output edge.csr -FriendlyName "XMPP external" -AllSipDomain -Organization Contoso -Country TW',
      shows: 'A request file for a public authority.',
    },
    {
      command: 'request-certificate -New -Type ExternalEdge -Output - -WhatIf',
      shows: 'Subject and names; makes no key.',
    },
    {
      command: 'request-certificate -New -Type ExternalEdge -CA local',
      shows: 'A certificate for a lab, in use at once.',
    },
    { command: 'request-certificate -List', shows: 'The requests that wait for their certificate.' },
    { command: 'request-certificate -Clear -RequestId 1', shows: 'Gives one up.' },
  ],
  impact: 'Low',
  output: {
    kind: 'CertificateRequest',
    table: ['RequestId', 'Status', 'Type', 'FriendlyName', 'Subject', 'Created'],
  },

  async run({ New, List, Clear, RequestId, ...wanted }, context) {
    const chosen = [New, List, Clear].filter((given) => given === true).length;
    if (chosen > 1)
      throw new CodedError('ParameterConflict', '-New, -List and -Clear exclude each other.', {
        fix: 'xgw get-help request-certificate',
      });
    if (List === true) return listRequests(RequestId, context);
    if (Clear === true) return await clearPending(RequestId, context);
    await newCertificateRequest(wanted, context);
  },
});
