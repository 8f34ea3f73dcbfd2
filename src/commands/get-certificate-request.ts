/** Get-CertificateRequest: the requests of this store and what became of them. */

import { requestObject, requestOrThrow } from '../operations/certificates/certificate-requests.ts';
import { CodedError } from '../primitives/errors.ts';
import { listRequests, requestStatuses } from './certificate/pending-requests.ts';
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
    Status: optional(
      oneOf(requestStatuses, 'RequestStatus'),
      'Only requests in this state. Orphaned: interrupted before it was noted; only the key store has it.',
      {
        defaultText: 'all but Cleared',
      },
    ),
  },
  examples: [
    { command: 'get-certificaterequest', shows: 'All requests that were not given up.' },
    { command: 'get-certificaterequest -Status Pending', shows: 'Those that wait for their certificate.' },
    { command: 'get-certificaterequest 1 | xgw show-certificaterequest -', shows: 'One of them, decoded.' },
  ],
  output: certificateRequestOutput,

  async run({ RequestId, Status }, context) {
    if (RequestId !== undefined) {
      const request = requestOrThrow(context.store.read(), RequestId);
      if (Status !== undefined && request.status !== Status)
        throw new CodedError('ObjectNotFound', `Request ${RequestId} is ${request.status}, not ${Status}.`, {
          fix: 'xgw get-certificaterequest',
          target: String(RequestId),
        });
      return context.write(requestObject(request));
    }
    listRequests(Status, context);
  },
});
