/** Show-CertificateRequest: what a request asks for, read from the request itself. */
import { createHash } from 'node:crypto';

import { type CertificateRequest, readCertificateRequestFile } from '../certificates/certificate-request.ts';
import { printDistinguishedName } from '../certificates/distinguished-name.ts';
import { printGeneralName } from '../certificates/general-name.ts';
import { describeKey } from '../certificates/key-pair.ts';
import { purposeName, signatureName } from '../certificates/object-identifiers.ts';
import { printPem } from '../certificates/pem.ts';
import { requestOrThrow } from '../operations/request-certificate.ts';
import { CodedError } from '../primitives/errors.ts';
import { openKeyStore } from '../store/key-store.ts';
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
    context.write(contentsOf(request));
  },
});

async function readRequest(
  requestId: number | undefined,
  file: string | undefined,
  context: CmdletContext,
): Promise<CertificateRequest> {
  if ((requestId === undefined) === (file === undefined))
    throw new CodedError('MandatoryParameterMissing', 'Give the number of a request, or -Path.', {
      fix: 'xgw request-certificate -List',
    });
  const bytes = file === undefined ? kept(requestId ?? 0, context) : await context.readInput(file);
  const request = readCertificateRequestFile(bytes);
  if (request.ok) return request.value;
  throw new CodedError('CertificateUnreadable', `${file ?? `request ${requestId}`} is no certificate request.`, {
    reason: request.error,
    target: file,
  });
}

function kept(requestId: number, context: CmdletContext): Buffer {
  const record = requestOrThrow(context.store.read(), requestId);
  const der = openKeyStore(context.store.folder).readRequest(record.publicKeySha256);
  if (der !== undefined) return der;
  throw new CodedError('FileNotFound', `The file of request ${requestId} is gone.`, { target: String(requestId) });
}

const contentsOf = ({ subject, extensions, publicKey, spki, ...request }: CertificateRequest) => ({
  Subject: printDistinguishedName(subject),
  SubjectAlternativeNames: extensions.subjectAlternativeNames.map(printGeneralName),
  KeyUsage: [...(extensions.keyUsage ?? [])],
  ExtendedKeyUsage: (extensions.extendedKeyUsage ?? []).map(purposeName),
  Template: extensions.templateName ?? null,
  KeyAlgorithm: describeKey(publicKey),
  SignatureAlgorithm: signatureName(request.signatureAlgorithm),
  SignatureValid: request.isSignatureValid,
  PublicKeySha256: createHash('sha256').update(spki).digest('hex'),
});
