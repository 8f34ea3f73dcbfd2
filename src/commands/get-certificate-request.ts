/** Get-CertificateRequest: the requests of this store and what became of them. */

import { requestObject, requestOrThrow } from '../operations/request-certificate.ts';
import { CodedError } from '../primitives/errors.ts';
import { defineCmdlet } from './host/cmdlet.ts';
import { oneOf, optional, wholeNumber } from './host/parameters.ts';

export const certificateRequestOutput = {
  kind: 'CertificateRequest',
  table: ['RequestId', 'Status', 'Type', 'FriendlyName', 'Subject', 'Created'],
} as const;

export default defineCmdlet({
  name: 'Get-CertificateRequest',
  synopsis: 'Shows the certificate requests of this store.',
  parameters: {
    RequestId: optional(wholeNumber(1, 1_000_000), 'Number of a request.', { position: 0, pipeline: 'both' }),
    Status: optional(oneOf(['Pending', 'Completed', 'Cleared'], 'RequestStatus'), 'Only requests in this state.', {
      defaultText: 'all but Cleared',
    }),
  },
  examples: [
    { command: 'get-certificaterequest', shows: 'All requests that were not given up.' },
    { command: 'get-certificaterequest -Status Pending', shows: 'Those that wait for their certificate.' },
    { command: 'get-certificaterequest 1 | xgw show-certificaterequest', shows: 'One of them, decoded.' },
  ],
  output: certificateRequestOutput,

  async run({ RequestId, Status }, context) {
    const configuration = context.store.read();
    if (RequestId !== undefined) {
      const request = requestOrThrow(configuration, RequestId);
      if (Status !== undefined && request.status !== Status)
        throw new CodedError('ObjectNotFound', `Request ${RequestId} is ${request.status}, not ${Status}.`, {
          fix: 'xgw get-certificaterequest',
          target: String(RequestId),
        });
      return context.write(requestObject(request));
    }
    const isWanted = (status: string): boolean => (Status === undefined ? status !== 'Cleared' : status === Status);
    for (const request of Object.values(configuration.certificateRequests))
      if (isWanted(request.status)) context.write(requestObject(request));
  },
});
