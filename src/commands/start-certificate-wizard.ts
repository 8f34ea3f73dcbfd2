/** Start-CertificateWizard: the deployment wizard's certificate pages, on a terminal. */
import { certificateRequestOutput } from './get-certificate-request.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import requestCertificate from './request-certificate.ts';
import { certificateWizard } from './wizards/certificate-wizard.ts';

export default defineCmdlet({
  name: 'Start-CertificateWizard',
  synopsis: 'Asks for everything a certificate needs, step by step, and shows the command line that does the same.',
  description:
    'Requests that wait for their certificate come first. Esc, or <, goes back; Ctrl-C ends, and nothing is changed. The wizard performs exactly the command line that it shows; with -WhatIf no key is made. It needs a terminal.',
  parameters: {},
  examples: [
    { command: 'start-certificatewizard', shows: 'The wizard.' },
    { command: 'start-certificatewizard -WhatIf', shows: 'The same; makes no key and no file.' },
  ],
  impact: 'Low',
  output: certificateRequestOutput,

  run: async (_values, context) => await certificateWizard(requestCertificate, context),
});
