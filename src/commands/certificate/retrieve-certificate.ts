/** -Retrieve: what an authority returned for a request, matched to it and imported; an authority on the network is asked again. */
import { readCertificateBundle } from '../../certificates/certificate-bundle.ts';
import type { CertificateRequestRecord } from '../../config/configuration.ts';
import { requestOrThrow } from '../../operations/certificates/certificate-requests.ts';
import { CodedError } from '../../primitives/errors.ts';
import type { Cmdlet, CmdletContext } from '../host/cmdlet.ts';
import importCertificate from '../import-certificate.ts';
import { completeOnline } from './online-request.ts';

export interface Retrieval {
  /** Undefined: the one that fits the certificate. */
  readonly requestId: number | undefined;
  readonly path: string | undefined;
}

/** @throws CodedError `MandatoryParameterMissing`, `ObjectNotFound`, `KeyMismatch`, and what the import throws */
export async function retrieveCertificate({ requestId, path }: Retrieval, context: CmdletContext): Promise<void> {
  const request = requestId === undefined ? undefined : requestOrThrow(context.store.read(), requestId);
  if (path === undefined && request?.status === 'Pending' && request.renewal !== undefined)
    return await completeOnline(request, request.renewal, context);
  if (path === undefined) throw fileMissing(request);
  if (request !== undefined) await refuseOther(request, await context.readInput(path), path);
  await (importCertificate as Cmdlet).run({ Path: path }, context);
}

const fileMissing = (request: CertificateRequestRecord | undefined): CodedError =>
  new CodedError('MandatoryParameterMissing', '-Retrieve needs -Path, the file that the authority returned.', {
    reason: 'the request was sent by hand, so the answer comes by hand',
    fix: `xgw request-certificate -Retrieve ${request === undefined ? '' : `-RequestId ${request.requestId} `}-Path edge.p7b`,
    target: 'Path',
  });

/** What cannot be read here is left to the import, which says why. */
async function refuseOther(request: CertificateRequestRecord, bytes: Buffer, path: string): Promise<void> {
  const { requestId, publicKeySha256 } = request;
  const bundle = await readCertificateBundle(bytes);
  if (!bundle.ok) return;
  const keys = bundle.value.certificates.map((certificate) => certificate.publicKeySha256.toString('hex'));
  if (keys.includes(publicKeySha256)) return;
  throw new CodedError('KeyMismatch', `${path} does not answer request ${requestId}.`, {
    reason: `the request is for the public key ${publicKeySha256}, the file has ${keys.join(', ') || 'no certificate'}`,
    fix: ['xgw get-certificaterequest', `xgw show-certificaterequest ${requestId}`],
    target: path,
  });
}
