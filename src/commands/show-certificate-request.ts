/** Show-CertificateRequest: what a request asks for, read from the request itself. */
import type { CertificateRequest } from '../certificates/certificate-request.ts';
import { printPem } from '../certificates/pem.ts';
import { CodedError } from '../primitives/errors.ts';
import { readKeptRequest, readRequestBytes, requestContents } from './certificate/request-contents.ts';
import { type CmdletContext, defineCmdlet } from './host/cmdlet.ts';
import { optional, path, wholeNumber } from './host/parameters.ts';

export default defineCmdlet({
  name: 'Show-CertificateRequest',
  synopsis: 'Decodes a certificate request: of the store, or in a file.',
  parameters: {
    RequestId: optional(wholeNumber(1, 1_000_000), 'Number of the request.', { position: 0, pipeline: 'both' }),
    Path: optional(path, 'A request file in place of a number; - reads standard input.'),
  },
  examples: [
    { command: 'show-certificaterequest 1', shows: 'What the first request asks for.' },
    { command: 'show-certificaterequest -Path edge.csr', shows: 'A file, ours or of another tool.' },
    { command: 'show-certificaterequest 1 -OutputFormat pem', shows: 'The request again, to send it once more.' },
  ],
  output: {
    kind: 'CertificateRequestContents',
    table: ['Subject', 'SubjectAlternativeNames', 'KeyAlgorithm', 'SignatureValid'],
  },
  formats: ['pem'],

  async run({ RequestId, Path }, context) {
    const request = await readRequest(RequestId, Path, context);
    if (context.format === 'pem') return context.writeText(printPem('CERTIFICATE REQUEST', request.der));
    context.write(requestContents(request));
  },
});

async function readRequest(
  requestId: number | undefined,
  file: string | undefined,
  context: CmdletContext,
): Promise<CertificateRequest> {
  if (file !== undefined && requestId === undefined) return readRequestBytes(await context.readInput(file), file);
  if (requestId !== undefined && file === undefined) return readKeptRequest(requestId, context);
  throw new CodedError('MandatoryParameterMissing', 'Give the number of a request, or -Path.', {
    fix: 'xgw request-certificate -List',
  });
}
