/** Remove-CertificateRequest: gives a request up. Its record stays; its key goes to the trash folder of the key store. */

import { clearPending } from './certificate/pending-requests.ts';
import { certificateRequestOutput } from './get-certificate-request.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { mandatory, wholeNumber } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Remove-CertificateRequest',
  synopsis: 'Gives a certificate request up.',
  description: 'The same as request-certificate -Clear. A key that a certificate of the store needs stays where it is.',
  parameters: {
    RequestId: mandatory(wholeNumber(1, 1_000_000), 'Number of the request.', { position: 0, pipeline: 'both' }),
  },
  examples: [
    { command: 'remove-certificaterequest 1', shows: 'Its certificate can no longer be imported.' },
    {
      command: 'get-certificaterequest -Status Pending | xgw remove-certificaterequest -Confirm:false',
      shows: 'All that wait.',
    },
  ],
  impact: 'High',
  output: certificateRequestOutput,

  run: async ({ RequestId }, context) => await clearPending(RequestId, context),
});
